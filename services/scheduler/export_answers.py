"""What the gateway asks about exports."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.scheduler import exporting
from services.scheduler.changes import NO_SUCH_BATCH, tell
from services.scheduler.exporting import ExportState
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchJobs, Exports
from shared.bus import answers
from shared.errors import NotFound
from shared.messages import ExportChanged, GetExport, ListExports, ListUserExports, RequestExport
from shared.views import BatchExport, ExportPage, UserExport, UserExports


@answers(RequestExport)
async def request_export(request: RequestExport, at: Scheduler) -> BatchExport:
    """Write down an export and hand it to the exporter. Raises `Conflict` when there is nothing to export yet."""
    exporting.check_format(request.format)

    async def make() -> BatchExport:
        batch = await BatchJobs.load(request.batch_id, user_id=request.user_id)
        if batch is None:
            raise NotFound(NO_SUCH_BATCH)
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


@answers(GetExport)
async def get_export(query: GetExport, at: Scheduler) -> BatchExport:
    """One export of a batch."""
    await _check_owner(query.batch_id, query.user_id)
    export = await Exports.load(query.export_id)
    if export is None or export.batch_job_id != query.batch_id:
        raise NotFound("There is no such export of this batch.")
    return exporting.show(export, await BatchJobs.now())


@answers(ListExports)
async def list_exports(query: ListExports, at: Scheduler) -> ExportPage:
    """The exports of a batch, newest first."""
    await _check_owner(query.batch_id, query.user_id)
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
    tell(
        at.outbox,
        at.bus,
        [
            ExportChanged(
                user_id=saved.user_id,
                batch_id=saved.batch_job_id,
                about_id=saved.id,
                revision=saved.revision,
                at=now,
                export=exporting.show(saved, now),
            )
        ],
    )
    return saved


async def _check_owner(batch_id: UUID, user_id: UUID) -> None:
    if await BatchJobs.load(batch_id, user_id=user_id) is None:
        raise NotFound(NO_SUCH_BATCH)
