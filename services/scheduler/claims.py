"""Claims and leases: who may work on what, asked by workers over NATS."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.scheduler import events, exporting
from services.scheduler.export_answers import store_export
from services.scheduler.service import Scheduler
from services.scheduler.state import BatchState, VideoState
from services.scheduler.tables import BatchJobs, BatchVideos, Exports
from shared.batches import ExportStatus, VideoStatus
from shared.bus import answers
from shared.errors import NotFound
from shared.messages import Claim, ClaimRun, Renewal, RenewLease


@answers(ClaimRun)
async def claim_run(request: ClaimRun, at: Scheduler) -> Claim:
    """Grant work to the worker that asks, fence off whoever had it before, or say why it is not wanted."""
    async with at.outbox.change():
        batch_id = await BatchVideos.batch_of(request.work_id)
        if batch_id is None:
            return await _claim_export(request, at)
        event = events.Claimed(
            id=request.work_id,
            attempt=request.attempt,
            run_token=request.request_id,
            worker=request.worker,
            lease=timedelta(seconds=at.settings.lease_s),
        )
        try:
            video = _find(await at.change(batch_id, event), request.work_id)
        except NotFound:
            return Claim(verdict="cancelled")
        if (verdict := _refusal(video, request.attempt)) is not None:
            return Claim(verdict=verdict)
        return _granted(video.run_token, request, at)


@answers(RenewLease)
async def renew_lease(query: RenewLease, at: Scheduler) -> Renewal:
    """Extend a lease, or tell the worker that nobody waits for it any more."""
    row = await BatchVideos.renew(query.work_id, query.run_token, at.settings.lease_s)
    if row is not None:
        if query.stage is not None and query.stage != row["current_stage"]:
            event = events.StageReached(id=query.work_id, run_token=query.run_token, stage=query.stage)
            await at.change(row["batch_job_id"], event)
        return Renewal(verdict="go_on")
    if await Exports.renew(query.work_id, query.run_token, at.settings.lease_s):
        return Renewal(verdict="go_on")
    return Renewal(verdict="cancelled" if await _was_cancelled(query.work_id) else "superseded")


async def _claim_export(request: ClaimRun, at: Scheduler) -> Claim:
    export = await Exports.load(request.work_id, lock=True)
    if export is None or export.status is ExportStatus.CANCELLED:
        return Claim(verdict="cancelled")
    if export.status is ExportStatus.COMPLETED:
        return Claim(verdict="done")
    if export.status is not ExportStatus.PROCESSING or export.attempt != request.attempt:
        return Claim(verdict="superseded")
    lease = timedelta(seconds=at.settings.lease_s)
    now = await BatchJobs.now()
    new = exporting.claimed(export, request.request_id, request.worker, lease, now)
    await store_export(at, export, new, now)
    return _granted(new.run_token, request, at)


async def _was_cancelled(work_id: UUID) -> bool:
    batch_id = await BatchVideos.batch_of(work_id)
    if batch_id is None:
        export = await Exports.load(work_id)
        return export is None or export.status is ExportStatus.CANCELLED
    batch = await BatchJobs.load(batch_id)
    return batch is None or _find(batch, work_id).status is VideoStatus.CANCELLED


def _refusal(video: VideoState, attempt: int) -> str | None:
    if video.status is VideoStatus.CANCELLED:
        return "cancelled"
    if video.status is VideoStatus.COMPLETED and video.attempt == attempt:
        return "done"
    if not video.running or video.attempt != attempt:
        return "superseded"
    return None


def _granted(token: UUID | None, request: ClaimRun, at: Scheduler) -> Claim:
    if token != request.request_id:
        return Claim(verdict="superseded")
    return Claim(verdict="granted", run_token=token, lease_s=at.settings.lease_s)


def _find(batch: BatchState, video: UUID) -> VideoState:
    return next(candidate for candidate in batch.videos if candidate.id == video)
