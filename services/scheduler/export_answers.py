"""What the gateway asks about exports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

from services.scheduler import exporting, story
from services.scheduler.changes import find_batch, tell
from services.scheduler.endings import export_ended
from services.scheduler.exporting import ExportState
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchJobs, Exports
from shared.bus import answers
from shared.errors import NotFound
from shared.messages import (
    CancelExport,
    DeleteDeliverable,
    EstimateExport,
    ExportChanged,
    ExportEnded,
    GetExport,
    ListExports,
    ListUserExports,
    RequestExport,
    RetryExport,
    WorkStopped,
)
from shared.views import BatchExport, ExportEstimate, ExportPage, UserExport, UserExports

NO_SUCH_EXPORT = "There is no such export of this batch."


@answers(RequestExport)
async def request_export(request: RequestExport, at: Scheduler) -> BatchExport:
    """Write down an export and hand it to the exporter. Raises `Conflict` when there is nothing to export yet."""

    async def make() -> BatchExport:
        batch = await find_batch(request.batch_id, request.user_id)
        now = await BatchJobs.now()
        new = ExportState(
            id=request.export_id,
            batch_job_id=batch.id,
            user_id=request.user_id,
            format=request.format,
            options=request.options,
            created_at=now,
            updated_at=now,
        )
        sent = exporting.dispatched(new)
        order = exporting.command(batch, sent)
        await Exports.add(new)
        saved = await store_export(at, new, sent, now)
        await at.outbox.add(order)
        return exporting.show(saved, now)

    return await at.outbox.once(request, make)


@answers(EstimateExport)
async def estimate_export(query: EstimateExport, at: Scheduler) -> ExportEstimate:
    """What an export would be."""
    return exporting.estimate(await find_batch(query.batch_id, query.user_id), query.format, query.options)


@answers(CancelExport)
async def cancel_export(request: CancelExport, at: Scheduler) -> BatchExport:
    """Stop an export, wherever it is; what is there of it is removed."""

    async def cancel() -> BatchExport:
        await find_batch(request.batch_id, request.user_id)
        export = await _export(request.batch_id, request.export_id, lock=True)
        now = await BatchJobs.now()
        saved = await store_export(at, export, exporting.cancelled(export, now), now)
        await at.outbox.add(DeleteDeliverable(export_id=export.id))
        if export.run_token is not None:
            tell(at.outbox, at.bus, [WorkStopped(run_token=export.run_token, verdict="cancelled")])
        return exporting.show(saved, now)

    return await at.outbox.once(request, cancel)


@answers(RetryExport)
async def retry_export(request: RetryExport, at: Scheduler) -> BatchExport:
    """Make an export anew, of what the batch has now."""

    async def again() -> BatchExport:
        batch = await find_batch(request.batch_id, request.user_id)
        export = await _export(request.batch_id, request.export_id, lock=True)
        now = await BatchJobs.now()
        sent = exporting.dispatched(exporting.anew(export, now))
        order = exporting.command(batch, sent)
        saved = await store_export(at, export, sent, now)
        await at.outbox.add(order)
        return exporting.show(saved, now)

    return await at.outbox.once(request, again)


@answers(GetExport)
async def get_export(query: GetExport, at: Scheduler) -> BatchExport:
    """One export of a batch."""
    await find_batch(query.batch_id, query.user_id)
    export = await _export(query.batch_id, query.export_id)
    return exporting.show(export, await BatchJobs.now())


@answers(ListExports)
async def list_exports(query: ListExports, at: Scheduler) -> ExportPage:
    """The exports of a batch, newest first."""
    await find_batch(query.batch_id, query.user_id)
    now = await BatchJobs.now()
    return ExportPage(exports=tuple(exporting.show(export, now) for export in await Exports.of_batch(query.batch_id)))


@answers(ListUserExports)
async def list_user_exports(query: ListUserExports, at: Scheduler) -> UserExports:
    """A user's newest exports, of all batches."""
    now = await BatchJobs.now()
    found = await Exports.of_user(query.user_id, query.limit)
    return UserExports(
        exports=tuple(UserExport(batch_name=name, export=exporting.show(export, now)) for name, export in found)
    )


async def store_export(at: Scheduler, old: ExportState, new: ExportState, now: datetime) -> ExportState:
    """Save a changed export, inside a change, and tell whoever watches."""
    if new == old:
        return old
    saved = await Exports.store(new, now)
    if export_ended(old, new):
        event = ExportEnded(
            event_id=uuid5(new.id, str(saved.revision)),
            user_id=new.user_id,
            batch_id=new.batch_job_id,
            batch_name=await BatchJobs.name_of(new.batch_job_id),
            at=now,
            export=exporting.show(saved, now),
        )
        await at.outbox.add(event)
    tell_of(at, [saved], now)

    async def write() -> None:
        story.write_export(old, saved)

    at.outbox.after_commit(write)
    return saved


def tell_of(at: Scheduler, exports: Iterable[ExportState], now: datetime) -> None:
    """Tell whoever watches how exports are now, once the open change is committed."""
    tell(
        at.outbox,
        at.bus,
        [
            ExportChanged(
                user_id=export.user_id,
                batch_id=export.batch_job_id,
                about_id=export.id,
                revision=export.revision,
                at=now,
                export=exporting.show(export, now),
            )
            for export in exports
        ],
    )


async def _export(batch_id: UUID, export_id: UUID, *, lock: bool = False) -> ExportState:
    """An export of a batch. Raises `NotFound`."""
    export = await Exports.load(export_id, lock=lock)
    if export is None or export.batch_job_id != batch_id:
        raise NotFound(NO_SUCH_EXPORT)
    return export
