"""Gets an export its deliverable: one that is there already, or a new one that is built exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from uuid import UUID

from services.exporter import metrics
from services.exporter.archive import zip_of
from services.exporter.merging import merged
from services.exporter.playlist import playlist_of
from services.exporter.presence import present
from services.exporter.product import Product, Unusable
from services.exporter.progress import Tally, telling
from services.exporter.service import Exporter
from services.exporter.tables import Built, Deliverable
from shared import tracing
from shared.batches import ExportFormat
from shared.claims import Run
from shared.database import patiently
from shared.errors import NotFound, PermanentFailure, TransientFailure
from shared.logs import logger
from shared.media import StoredObject
from shared.messages import BuildExport, ExportBuilt, ExportItem
from shared.views import LeftOut

log = logger(__name__)

LOOK_AGAIN_S = 0.5
PREFIX = "deliverables/"


async def deliver(command: BuildExport, run: Run, at: Exporter) -> None:
    """Have the deliverable in the store and say so.

    Raises `PermanentFailure` when this export can never succeed, another `DailiesError` when it may the next time.
    """
    async with telling(at.bus, command, run.token, "Preparing the export") as tally:
        items: list[ExportItem] = []
        left_out: list[LeftOut] = []
        for item in sorted(command.items, key=lambda item: item.position):
            try:
                items.append(await present(item, at.store, tally))
            except Unusable as unusable:
                _leave_out(unusable, command, left_out)
        while True:
            if not items:
                raise PermanentFailure("No video of this export is in the store any more; process them again.")
            product = await _product(command, items, left_out, at, tally)
            try:
                await _have(product, left_out, command, run, tally, at)
                return
            except Unusable as unusable:
                _leave_out(unusable, command, left_out)
                items = [item for item in items if item.position != unusable.item.position]


def _leave_out(unusable: Unusable, command: BuildExport, left_out: list[LeftOut]) -> None:
    """Go on without a video, if that is wanted."""
    if not command.options.skip_damaged:
        raise unusable
    log.warning("a video is left out of an export", position=unusable.item.position, reason=unusable.left_out.reason)
    metrics.left_out.inc()
    left_out.append(unusable.left_out)


async def _product(
    command: BuildExport, items: Sequence[ExportItem], left_out: Sequence[LeftOut], at: Exporter, tally: Tally
) -> Product:
    match command.format:
        case ExportFormat.ZIP:
            return zip_of(command, items, left_out, at.store, tally)
        case ExportFormat.MERGED:
            return merged(command, items, at, tally)
        case ExportFormat.PLAYLIST:
            return await playlist_of(command, items, at)


async def _have(
    product: Product, left_out: Sequence[LeftOut], command: BuildExport, run: Run, tally: Tally, at: Exporter
) -> None:
    """Take the deliverable that is there already, or build it, and say so."""
    store_key = f"{PREFIX}{command.user_id}/{command.export_id}/{run.token}.{product.suffix}"
    patience = timedelta(seconds=at.settings.builder_patience_s)

    def said(built: Built) -> ExportBuilt:
        return ExportBuilt(
            export_id=command.export_id,
            run_token=run.token,
            deliverable=built.stored,
            file_name=product.file_name,
            expires_at=built.expires_at,
            left_out=tuple(left_out),
        )

    async def say(built: Built) -> None:
        async with at.outbox.change():
            await at.outbox.add(said(built))

    while (ready := await _reuse(product, command, at)) is None:
        if await patiently(
            lambda: Deliverable.begin(
                product.content_key, command.user_id, command.export_id, run.token, store_key, patience
            )
        ):
            stored = await _build(product, store_key, run, said, command.format, at)
            metrics.exports.labels(command.format.value, "built", "").inc()
            log.info("an export is stored", size_bytes=stored.size_bytes)
            break
        tally.operation = "Waiting for the same export, which is being built already"
        await asyncio.sleep(LOOK_AGAIN_S)
    else:
        await patiently(partial(say, ready))
        metrics.exports.labels(command.format.value, "reused", "").inc()
        log.info("an export is there already", size_bytes=ready.stored.size_bytes)
    tally.stored = True
    tally.operation = "Ready"


async def _reuse(product: Product, command: BuildExport, at: Exporter) -> Built | None:
    """A deliverable of the same content whose file is still there."""
    known = await patiently(lambda: Deliverable.use(product.content_key, command.export_id, at.keep))
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


async def _build(
    product: Product, store_key: str, run: Run, said: Callable[[Built], ExportBuilt], form: ExportFormat, at: Exporter
) -> StoredObject:
    try:
        async with _signs_of_life(run.token, at.settings.builder_patience_s / 4):
            with metrics.build_seconds.labels(form.value).time(), tracing.span("build export"):
                stored = await product.build(store_key)
        async with at.outbox.change():
            built = await Deliverable.finish(run.token, stored, at.keep)
            if built is None:
                raise TransientFailure("Another worker took this export over; it goes on there.")
            await at.outbox.add(said(built))
        metrics.built_bytes.labels(form.value).inc(stored.size_bytes)
        return stored
    except BaseException:
        await _give_up(run.token, store_key, at)
        raise


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
