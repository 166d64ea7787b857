"""Looks for what got lost: inspections that nobody finished, uploads that nobody goes on with, objects that belong to nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.uploader import metrics
from services.uploader.handlers import remove_objects
from services.uploader.plans import is_proxy, owner_of, prefix_of
from services.uploader.service import UploaderWorker
from services.uploader.tables import Probes, Proxies, Uploads, Videos
from shared.logs import logger
from shared.messages import MakeProxy, ProbeVideo, VideoRejected
from shared.storage import LocalStore

log = logger(__name__)

SOURCES = "sources/"
PAGE = 500
YOUNG = timedelta(hours=1)
"""An upload in parts that was begun so recently may belong to a request that is still being answered."""


async def every(seconds: float, sweep: Callable[[UploaderWorker], Awaitable[None]], at: UploaderWorker) -> None:
    """Sweep for ever; one that fails is tried again at its next time."""
    while True:
        try:
            await sweep(at)
        except Exception:
            log.exception("a sweep failed")
        await asyncio.sleep(seconds)


async def announce_lost_probes(at: UploaderWorker) -> None:
    """Announce inspections again whose worker went silent, or that nobody took."""
    async with at.outbox.change():
        for video_id in await Probes.due(at.settings.probe_patience_s):
            log.info("an inspection is announced again", video_id=str(video_id))
            await at.outbox.add(ProbeVideo(video_id=video_id))


async def announce_lost_proxies(at: UploaderWorker) -> None:
    """Announce copies for browsers again whose worker went silent, or that nobody took."""
    async with at.outbox.change():
        for video_id in await Proxies.due(at.settings.probe_patience_s):
            log.info("a proxy is announced again", video_id=str(video_id))
            await at.outbox.add(MakeProxy(video_id=video_id))


async def give_up_abandoned_uploads(at: UploaderWorker) -> None:
    """Reject uploads for which nothing arrived for long, and remove what there is of them."""
    async with at.outbox.change():
        given_up = await Uploads.abandoned(at.settings.abandoned_h)
        for upload in given_up:
            reason = f"Nothing arrived for {at.settings.abandoned_h:g} hours; upload the file again."
            if await Videos.reject(upload.video_id, "abandoned", reason):
                await at.outbox.add(VideoRejected(video_id=upload.video_id, code="abandoned", reason=reason))
    for upload in given_up:
        metrics.uploads.labels("abandoned").inc()
        log.info("an upload is abandoned", video_id=str(upload.video_id))
        await remove_objects(upload, at)


async def tidy_store(at: UploaderWorker) -> None:
    """Remove objects and begun uploads whose video is gone or was rejected, and what killed processes left half written."""
    for key in await Proxies.forget_unused(at.settings.proxy_days):
        await at.store.delete(key)
    page: dict[UUID, UUID] = {}
    copies: list[tuple[UUID, str]] = []
    async for stored in at.store.list(SOURCES):
        owner = owner_of(stored.key)
        if owner is not None:
            page[owner[1]] = owner[0]
            if is_proxy(stored.key):
                copies.append((owner[1], stored.key))
        if len(page) >= PAGE:
            await _remove_unowned(page, copies, at)
            page.clear()
            copies.clear()
    await _remove_unowned(page, copies, at)
    begun = [upload async for upload in at.store.list_multiparts(SOURCES)]
    for upload in begun:
        owner = owner_of(upload.key)
        if owner is None or datetime.now(UTC) - upload.created_at < YOUNG:
            continue
        if not await Videos.keeping_objects([owner[1]]):
            await at.store.abort_multipart(upload.key, upload.upload_id)
    if isinstance(at.store, LocalStore):
        await at.store.sweep()
    await asyncio.to_thread(at.scratch.sweep)
    await at.outbox.forget_answers()


async def _remove_unowned(page: dict[UUID, UUID], copies: list[tuple[UUID, str]], at: UploaderWorker) -> None:
    keeping = await Videos.keeping_objects(list(page))
    for video_id in page.keys() - keeping:
        log.info("objects of no video are removed", video_id=str(video_id))
        await at.store.delete_prefix(prefix_of(page[video_id], video_id))
    for key in await Proxies.left_over(copies):
        log.info("a proxy of a worker that ended is removed", key=key)
        await at.store.delete(key)
