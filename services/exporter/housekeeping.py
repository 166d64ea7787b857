"""Removes what has expired, and files in the store that belong to no deliverable."""

from __future__ import annotations

import asyncio

from services.exporter.building import PREFIX
from services.exporter.service import Exporter
from services.exporter.tables import Deliverable
from shared.logs import logger
from shared.storage.objects import JOINT

log = logger(__name__)

AT_ONCE = 500
"""Keys looked up in one query."""


async def tidy_for_ever(at: Exporter) -> None:
    """Tidy up at the start, because a process that was killed may have left something, and then again and again."""
    while True:
        try:
            await asyncio.to_thread(at.scratch.sweep)
            await expire(at)
            await remove_orphans(at)
            await remove_unfinished(at)
            await at.outbox.forget_answers()
        except Exception:
            log.exception("housekeeping failed; it is tried again")
        await asyncio.sleep(at.settings.deliverable_sweep_s)


async def expire(at: Exporter) -> int:
    """Remove deliverables that nobody asked for in time; returns how many."""
    keys = await Deliverable.expire()
    for key in keys:
        await at.store.delete(key)
    return len(keys)


async def remove_orphans(at: Exporter) -> int:
    """Remove files without a row; returns how many.

    The files are listed before the rows are read, and a file's row is written before the file: what is then unknown belonged
    to a run that another one fenced off, or to a deliverable whose row was deleted first.
    """
    removed = 0
    keys = [stored.key async for stored in at.store.list(PREFIX)]
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        unknown = set(await Deliverable.unknown([_deliverable_of(key) for key in some]))
        for key in some:
            if _deliverable_of(key) in unknown:
                log.info("removing a file that belongs to no deliverable", key=key)
                await at.store.delete(key)
                removed += 1
    return removed


async def remove_unfinished(at: Exporter) -> int:
    """Drop what killed processes had begun to assemble in parts; returns how many. A store may charge for it for ever."""
    uploads = [upload async for upload in at.store.list_multiparts(PREFIX)]
    unknown = set(await Deliverable.unknown([_deliverable_of(upload.key) for upload in uploads]))
    left = [upload for upload in uploads if _deliverable_of(upload.key) in unknown]
    for upload in left:
        log.info("dropping the parts of a deliverable that nobody builds", key=upload.key)
        await at.store.abort_multipart(upload.key, upload.upload_id)
    return len(left)


def _deliverable_of(key: str) -> str:
    """The key of the deliverable that an object is, or is made for."""
    return key.partition(JOINT)[0]
