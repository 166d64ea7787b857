"""Gets an export its deliverable: one that is there already, or a new one that is built exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace

from services.exporter.archive import CONTENT_TYPE, Plan, plan
from services.exporter.assembly import assembled, with_checksums
from services.exporter.progress import Tally, telling
from services.exporter.service import Exporter
from services.exporter.tables import Built, Deliverable
from shared.batches import ExportFormat
from shared.claims import Run
from shared.database import patiently
from shared.errors import NotFound, PermanentFailure, TransientFailure
from shared.logs import logger
from shared.messages import BuildExport, ExportBuilt

log = logger(__name__)

LOOK_AGAIN_S = 0.5
PREFIX = "deliverables/"


async def deliver(command: BuildExport, run: Run, at: Exporter) -> None:
    """Have the deliverable in the store and say so.

    Raises `PermanentFailure` when this export can never succeed, another `DailiesError` when it may the next time.
    """
    if command.format is not ExportFormat.ZIP:
        raise PermanentFailure(f"Exports as {command.format} are not offered yet; choose zip.")
    async with telling(at.bus, command, run.token, "Preparing the export") as tally:
        items = await with_checksums(command.items, at.store, tally)
        planned = plan(replace(command, items=items))
        store_key = f"{PREFIX}{command.user_id}/{command.export_id}/{run.token}.zip"
        patience = timedelta(seconds=at.settings.builder_patience_s)
        while (ready := await _reuse(planned, command, at)) is None:
            if await patiently(
                lambda: Deliverable.begin(
                    planned.content_key, command.user_id, command.export_id, run.token, store_key, patience
                )
            ):
                await _build(planned, store_key, command, run, tally, at)
                return
            tally.operation = "Waiting for the same export, which is being built already"
            await asyncio.sleep(LOOK_AGAIN_S)
        tally.stored = True
        tally.operation = "Ready"
        await patiently(lambda: _say_built(command, run, planned, ready, at))


async def _say_built(command: BuildExport, run: Run, planned: Plan, built: Built, at: Exporter) -> None:
    async with at.outbox.change():
        await at.outbox.add(_built(command, run, planned, built))


async def _reuse(planned: Plan, command: BuildExport, at: Exporter) -> Built | None:
    """A deliverable of the same content whose file is still there."""
    known = await patiently(lambda: Deliverable.use(planned.content_key, command.export_id, at.keep))
    if known is None:
        return None
    try:
        stored = await at.store.stat(known.stored.key)
        if stored.size_bytes == known.stored.size_bytes:
            return known
    except NotFound:
        pass
    log.warning("the file of a deliverable has gone; it is built anew", key=known.stored.key)
    await Deliverable.forget(known.stored.key)
    return None


async def _build(planned: Plan, store_key: str, command: BuildExport, run: Run, tally: Tally, at: Exporter) -> None:
    try:
        async with (
            _signs_of_life(run.token, at.settings.builder_patience_s / 4),
            aclosing(assembled(planned, at.store, tally)) as pieces,
        ):
            stored = await at.store.put_stream(store_key, pieces, CONTENT_TYPE)
        async with at.outbox.change():
            built = await Deliverable.finish(run.token, stored, at.keep)
            if built is None:
                raise TransientFailure("Another worker took this export over; it goes on there.")
            await at.outbox.add(_built(command, run, planned, built))
    except BaseException:
        await _give_up(run.token, store_key, at)
        raise
    tally.stored = True
    tally.operation = "Ready"


async def _give_up(run_token: UUID, store_key: str, at: Exporter) -> None:
    """Leave nothing behind. What cannot be removed now, housekeeping finds later."""
    try:
        await Deliverable.abandon(run_token)
        # After a commit of which only the answer was lost, the file belongs to a deliverable.
        if await Deliverable.unknown([store_key]):
            await at.store.delete(store_key)
    except Exception:
        log.exception("an unfinished deliverable was not removed", key=store_key)


@asynccontextmanager
async def _signs_of_life(run_token: UUID, every_s: float) -> AsyncIterator[None]:
    async def touch_for_ever() -> None:
        while True:
            await asyncio.sleep(every_s)
            try:
                await Deliverable.touch(run_token)
            except Exception:
                log.exception("no sign of life could be given")

    touching = asyncio.create_task(touch_for_ever())
    try:
        yield
    finally:
        touching.cancel()


def _built(command: BuildExport, run: Run, planned: Plan, built: Built) -> ExportBuilt:
    return ExportBuilt(
        export_id=command.export_id,
        run_token=run.token,
        deliverable=built.stored,
        file_name=planned.file_name,
        expires_at=built.expires_at,
    )
