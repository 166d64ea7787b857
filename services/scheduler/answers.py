"""What the gateway asks about batches."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from services.scheduler import events
from services.scheduler.changes import NO_SUCH_BATCH, change, differences, tell
from services.scheduler.events import BatchEvent
from services.scheduler.service import Scheduler
from services.scheduler.show import show_batch, show_details, show_row
from services.scheduler.state import BatchState, VideoState
from services.scheduler.tables import BatchContents, BatchJobs, BatchVideos, QueueUsers
from services.scheduler.tables.batches import SORTS
from shared.batches import BatchStatus, Tier
from shared.bus import answers
from shared.errors import Conflict, Invalid, NotFound, QuotaExceeded
from shared.messages import (
    AddVideos,
    CancelBatch,
    CreateBatch,
    DeleteBatch,
    FindBatches,
    GetBatch,
    ListBatches,
    NewVideo,
    PauseBatch,
    Request,
    ResumeBatch,
    RetryFailed,
    StartBatch,
)
from shared.views import BatchDetails, BatchJob, BatchPage, BatchStarted, VideoBatches


@answers(CreateBatch)
async def create_batch(request: CreateBatch, at: Scheduler) -> BatchDetails:
    """Write down a batch; the same request again gets the same batch."""
    limits = at.settings.tiers[request.tier]
    _check_number(len(request.videos), request.tier, at)

    async def make() -> BatchDetails:
        now = await BatchJobs.now()
        await QueueUsers.known(request.user_id, request.tier.value, limits.weight, limits.concurrency)
        wanted = limits.default_priority if request.priority is None else request.priority
        batch = BatchState(
            id=request.batch_id,
            user_id=request.user_id,
            name=request.name,
            description=request.description,
            settings=request.settings,
            priority=max(0, min(wanted, limits.default_priority)),
            created_at=now,
            updated_at=now,
            videos=tuple(_new_video(video, number, at_time=now) for number, video in enumerate(request.videos, 1)),
        )
        await BatchJobs.add(batch)
        tell(at.outbox, at.bus, differences(None, batch))
        return show_details(batch)

    return await at.outbox.once(request, make)


@answers(AddVideos)
async def add_videos(request: AddVideos, at: Scheduler) -> BatchJob:
    """Add videos to a batch that was not started; one that is in it already is not added twice."""

    async def make() -> BatchJob:
        old = await _owned(request.batch_id, request.user_id)
        if old.status is not BatchStatus.PENDING:
            raise Conflict(f"This batch is {old.status}; videos can only be added before the start.")
        now = await BatchJobs.now()
        present = {video.video_id for video in old.videos}
        new = [video for video in request.videos if video.video_id not in present]
        tier = await QueueUsers.tier_of(request.user_id)
        _check_number(len(old.videos) + len(new), tier, at)
        added = tuple(_new_video(video, number, at_time=now) for number, video in enumerate(new, len(old.videos) + 1))
        batch = replace(old, videos=old.videos + added)
        saved = await BatchJobs.store(old, batch, now)
        tell(at.outbox, at.bus, differences(old, saved))
        return show_batch(saved)

    return await at.outbox.once(request, make)


@answers(StartBatch)
async def start_batch(request: StartBatch, at: Scheduler) -> BatchStarted:
    """Put a batch into the queue; asking again with the same request id changes nothing."""
    event = events.Start(job_id=request.request_id, arrived=frozenset(request.arrived))
    batch = await _change(at, request.batch_id, request.user_id, event)
    return BatchStarted(job_id=request.request_id, batch_job=show_batch(batch))


@answers(PauseBatch)
async def pause_batch(request: PauseBatch, at: Scheduler) -> BatchJob:
    """Start no more videos of a batch."""
    return show_batch(await _change(at, request.batch_id, request.user_id, events.Pause()))


@answers(ResumeBatch)
async def resume_batch(request: ResumeBatch, at: Scheduler) -> BatchJob:
    """Go on with a paused batch."""
    return show_batch(await _change(at, request.batch_id, request.user_id, events.Resume()))


@answers(CancelBatch)
async def cancel_batch(request: CancelBatch, at: Scheduler) -> BatchJob:
    """End a batch for good; its workers hear of it at once."""
    shared = await BatchVideos.used_elsewhere(request.batch_id)
    return show_batch(await _change(at, request.batch_id, request.user_id, events.Cancel(shared_sources=shared)))


@answers(RetryFailed)
async def retry_failed(request: RetryFailed, at: Scheduler) -> BatchJob:
    """Put failed videos back into the queue."""
    event = events.Retry(video_ids=None if request.video_ids is None else frozenset(request.video_ids))
    return await _once(request, request.batch_id, request.user_id, event, at)


@answers(DeleteBatch)
async def delete_batch(request: DeleteBatch, at: Scheduler) -> BatchJob:
    """Take a batch away and have its files removed."""
    shared = await BatchVideos.used_elsewhere(request.batch_id)
    return await _once(request, request.batch_id, request.user_id, events.Delete(shared_sources=shared), at)


@answers(GetBatch)
async def get_batch(query: GetBatch, at: Scheduler) -> BatchDetails:
    """A batch with its videos."""
    batch = await BatchJobs.load(query.batch_id, user_id=query.user_id)
    if batch is None:
        raise NotFound(NO_SUCH_BATCH)
    return show_details(batch)


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
    return BatchPage(batch_jobs=tuple(show_row(row) for row in rows), total=total, by_status=by_status)


@answers(FindBatches)
async def find_batches(query: FindBatches, at: Scheduler) -> VideoBatches:
    """The batches that videos are in."""
    return VideoBatches(batches=tuple(await BatchContents.batches_of(query.user_id, query.video_ids)))


async def _change(at: Scheduler, batch_id: UUID, user_id: UUID, event: BatchEvent) -> BatchState:
    batch = await change(at.outbox, at.bus, batch_id, event, user_id)
    at.dispatcher.wake()
    return batch


async def _once(
    request: Request[BatchJob], batch_id: UUID, user_id: UUID, event: BatchEvent, at: Scheduler
) -> BatchJob:
    async def make() -> BatchJob:
        return show_batch(await _change(at, batch_id, user_id, event))

    return await at.outbox.once(request, make)


async def _owned(batch_id: UUID, user_id: UUID) -> BatchState:
    batch = await BatchJobs.load(batch_id, user_id=user_id, lock=True)
    if batch is None:
        raise NotFound(NO_SUCH_BATCH)
    return batch


def _check_number(videos: int, tier: Tier, at: Scheduler) -> None:
    most = at.settings.tiers[tier].videos_per_batch
    if videos < 1:
        raise Invalid("A batch needs at least one video.")
    if videos > most:
        raise QuotaExceeded(f"A batch of the tier {tier} has at most {most} videos; this one would have {videos}.")


def _new_video(video: NewVideo, position: int, *, at_time: datetime) -> VideoState:
    ready = video.facts is not None and video.source is not None
    return VideoState(
        id=video.batch_video_id,
        video_id=video.video_id,
        position=position,
        name=video.name,
        size_bytes=video.size_bytes or 0,
        duration_seconds=video.facts.duration_s if video.facts else None,
        own_upload=video.own_upload,
        source=video.source,
        facts=video.facts,
        uploaded_at=at_time if ready else None,
        created_at=at_time,
        updated_at=at_time,
    )
