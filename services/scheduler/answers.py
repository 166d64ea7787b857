"""What the gateway asks about batches."""

from __future__ import annotations

from uuid import UUID

from services.scheduler import events
from services.scheduler.changes import differences, find_batch, tell, write_down
from services.scheduler.events import BatchEvent
from services.scheduler.intake import check_number, concurrency_of, new_video
from services.scheduler.service import Scheduler
from services.scheduler.show import show_batch, show_details, show_row
from services.scheduler.state import OVER, BatchState
from services.scheduler.tables import BatchContents, BatchJobs, BatchVideos, Exports, QueueUsers
from services.scheduler.tables.batches import SORTS
from shared.batches import BatchStatus
from shared.bus import answers
from shared.errors import Conflict, Invalid
from shared.library import VideoBatches
from shared.messages import (
    CancelBatch,
    CreateBatch,
    DeleteBatch,
    DeleteSource,
    DeleteVideo,
    Estimates,
    FindBatches,
    GetBatch,
    GetEstimates,
    ListBatches,
    PauseBatch,
    RenderAgain,
    Request,
    ResumeBatch,
    RetryFailed,
    StartBatch,
)
from shared.views import BatchDetails, BatchJob, BatchPage, BatchStarted


@answers(CreateBatch)
async def create_batch(request: CreateBatch, at: Scheduler) -> BatchDetails:
    """Write down a batch; the same request again gets the same batch."""
    limits = at.settings.tiers[request.tier]
    check_number(len(request.videos), request.tier, limits)

    async def make() -> BatchDetails:
        now = await BatchJobs.now()
        concurrency = concurrency_of(request.concurrency, limits)
        await QueueUsers.known(request.user_id, request.tier.value, limits.weight, concurrency)
        wanted = limits.default_priority if request.priority is None else request.priority
        batch = BatchState(
            id=request.batch_id,
            user_id=request.user_id,
            name=request.name,
            description=request.description,
            settings=request.settings,
            start_when_uploaded=request.start_when_uploaded,
            priority=max(0, min(wanted, limits.default_priority)),
            created_at=now,
            updated_at=now,
            videos=tuple(new_video(video, number, now) for number, video in enumerate(request.videos, 1)),
        )
        await BatchJobs.add(batch)
        tell(at.outbox, at.bus, differences(None, batch))
        write_down(at.outbox, None, batch)
        return show_details(batch)

    return await at.outbox.once(request, make)


@answers(StartBatch)
async def start_batch(request: StartBatch, at: Scheduler) -> BatchStarted:
    """Put a batch into the queue; asking again with the same request id changes nothing."""
    event = events.Start(job_id=request.request_id, arrived=frozenset(request.arrived))
    batch = await at.change(request.batch_id, event, request.user_id)
    return BatchStarted(job_id=request.request_id, batch_job=show_batch(batch))


@answers(PauseBatch)
async def pause_batch(request: PauseBatch, at: Scheduler) -> BatchJob:
    """Start no more videos of a batch."""
    return show_batch(await at.change(request.batch_id, events.Pause(), request.user_id))


@answers(ResumeBatch)
async def resume_batch(request: ResumeBatch, at: Scheduler) -> BatchJob:
    """Go on with a paused batch."""
    return show_batch(await at.change(request.batch_id, events.Resume(), request.user_id))


@answers(CancelBatch)
async def cancel_batch(request: CancelBatch, at: Scheduler) -> BatchJob:
    """End a batch for good; its workers hear of it at once."""
    shared = await BatchVideos.used_elsewhere(request.batch_id)
    return show_batch(await at.change(request.batch_id, events.Cancel(shared_sources=shared), request.user_id))


@answers(RetryFailed)
async def retry_failed(request: RetryFailed, at: Scheduler) -> BatchJob:
    """Put failed videos back into the queue."""
    event = events.Retry(video_ids=None if request.video_ids is None else frozenset(request.video_ids))
    return await _once(request, request.batch_id, request.user_id, event, at)


@answers(RenderAgain)
async def render_again(request: RenderAgain, at: Scheduler) -> BatchJob:
    """Put a completed video back into the queue, with settings or cuts of its own."""
    event = events.RenderAgain(
        video_id=request.video_id, settings=request.settings, edits=request.edits, version=request.version
    )
    return await _once(request, request.batch_id, request.user_id, event, at)


@answers(DeleteBatch)
async def delete_batch(request: DeleteBatch, at: Scheduler) -> BatchJob:
    """Take a batch away and have its files removed."""

    async def make() -> BatchJob:
        shared = await BatchVideos.used_elsewhere(request.batch_id)
        batch = await at.change(request.batch_id, events.Delete(shared_sources=shared), request.user_id)
        await Exports.end_those_of(request.batch_id)
        await BatchVideos.hand_over(request.batch_id)
        return show_batch(batch)

    return await at.outbox.once(request, make)


@answers(GetBatch)
async def get_batch(query: GetBatch, at: Scheduler) -> BatchDetails:
    """A batch with its videos."""
    return await at.outlooks.details(show_details(await find_batch(query.batch_id, query.user_id)))


@answers(GetEstimates)
async def get_estimates(query: GetEstimates, at: Scheduler) -> Estimates:
    """When everything that a user has under way will be done."""
    return Estimates(batches=tuple((await at.outlooks.of(query.user_id)).batches.values()))


@answers(ListBatches)
async def list_batches(query: ListBatches, at: Scheduler) -> BatchPage:
    """A page of a user's batches."""
    if query.sort.lstrip("-") not in SORTS:
        raise Invalid(f"Batches cannot be sorted by {query.sort!r}; choose one of {', '.join(sorted(SORTS))}.")
    if not 1 <= query.limit <= 100 or query.offset < 0:
        raise Invalid("limit must be between 1 and 100, and offset 0 or more.")
    rows, counts = await BatchJobs.page(query.user_id, query.status, query.limit, query.offset, query.sort)
    by_status = {BatchStatus(status): number for status, number in counts.items()}
    total = sum(by_status.values()) if query.status is None else by_status.get(query.status, 0)
    jobs = await at.outlooks.jobs(show_row(row) for row in rows)
    return BatchPage(batch_jobs=jobs, total=total, by_status=by_status)


@answers(DeleteVideo)
async def delete_video(request: DeleteVideo, at: Scheduler) -> VideoBatches:
    """Have a video removed that no unfinished batch needs."""

    async def make() -> VideoBatches:
        batches = await BatchContents.batches_of(request.user_id, (request.video_id,))
        needed = [batch for batch in batches if batch.batch_status not in OVER]
        if needed:
            raise Conflict(
                f"The video is in the batch {needed[0].batch_name!r}, which has not ended; remove it there, or cancel the batch."
            )
        await at.outbox.add(DeleteSource(user_id=request.user_id, video_id=request.video_id))
        return VideoBatches(batches=tuple(batches))

    return await at.outbox.once(request, make)


@answers(FindBatches)
async def find_batches(query: FindBatches, at: Scheduler) -> VideoBatches:
    """The batches that videos are in."""
    return VideoBatches(batches=tuple(await BatchContents.batches_of(query.user_id, query.video_ids)))


async def _once(
    request: Request[BatchJob], batch_id: UUID, user_id: UUID, event: BatchEvent, at: Scheduler
) -> BatchJob:
    async def make() -> BatchJob:
        return show_batch(await at.change(batch_id, event, user_id))

    return await at.outbox.once(request, make)
