"""What the gateway asks when people edit a batch: its name, its videos, their order; and when they make another like it."""

from __future__ import annotations

import uuid
from datetime import datetime

from services.scheduler import events
from services.scheduler.changes import differences, lock_batch, tell
from services.scheduler.intake import check_number, new_video
from services.scheduler.service import Scheduler
from services.scheduler.show import show_batch, show_details
from services.scheduler.starting import start_by_itself
from services.scheduler.state import BatchState, VideoState
from services.scheduler.tables import BatchJobs, BatchVideos, QueueUsers
from shared.batches import BatchStatus, VideoStatus
from shared.bus import answers
from shared.errors import Conflict, Invalid
from shared.messages import AddVideos, DuplicateBatch, EditBatch, RemoveVideos, ReorderVideos
from shared.views import BatchDetails, BatchJob

NAME_LENGTH = 100
COPY = " (copy)"


@answers(AddVideos)
async def add_videos(request: AddVideos, at: Scheduler) -> BatchJob:
    """Add videos to a batch that was not started; one that is in it already is not added twice."""

    async def make() -> BatchJob:
        now = await BatchJobs.now()
        event = events.Add(videos=tuple(new_video(video, 1, now) for video in request.videos))
        batch = await at.change(request.batch_id, event, request.user_id)
        tier = await QueueUsers.tier_of(request.user_id)
        check_number(len(batch.videos), tier, at.settings.tiers[tier])
        return show_batch(batch)

    return await at.outbox.once(request, make)


@answers(EditBatch)
async def edit_batch(request: EditBatch, at: Scheduler) -> BatchJob:
    """Change name, description or priority, or start it by itself as soon as it can be started."""
    priority = request.priority
    if priority is not None:
        if not 0 <= priority <= 10:
            raise Invalid("priority must be between 0 and 10.")
        tier = await QueueUsers.tier_of(request.user_id)
        priority = min(priority, at.settings.tiers[tier].default_priority)
    event = events.Edit(
        name=request.name,
        description=request.description,
        priority=priority,
        start_when_uploaded=request.start_when_uploaded,
    )
    batch = await at.change(request.batch_id, event, request.user_id)
    if request.start_when_uploaded:
        batch = await start_by_itself(batch.id, at) or batch
    return show_batch(batch)


@answers(RemoveVideos)
async def remove_videos(request: RemoveVideos, at: Scheduler) -> BatchDetails:
    """Take videos out that have not begun, with the uploads that were made for them."""

    async def make() -> BatchDetails:
        shared = await BatchVideos.used_elsewhere(request.batch_id)
        event = events.Remove(video_ids=frozenset(request.video_ids), shared_sources=shared)
        return show_details(await at.change(request.batch_id, event, request.user_id))

    return await at.outbox.once(request, make)


@answers(ReorderVideos)
async def reorder_videos(request: ReorderVideos, at: Scheduler) -> BatchDetails:
    """Put the videos into another order."""
    return show_details(await at.change(request.batch_id, events.Reorder(video_ids=request.video_ids), request.user_id))


@answers(DuplicateBatch)
async def duplicate_batch(request: DuplicateBatch, at: Scheduler) -> BatchDetails:
    """Make a new batch with the same settings and the uploaded videos, which both batches use from now on."""

    async def make() -> BatchDetails:
        old, now = await lock_batch(request.batch_id, request.user_id)
        usable = [video for video in old.videos if _still_there(old, video)]
        if not usable:
            raise Conflict(
                "The videos of this batch are not in the library any more; upload them again in a new batch."
            )
        batch = BatchState(
            id=request.new_batch_id,
            user_id=old.user_id,
            name=old.name[: NAME_LENGTH - len(COPY)] + COPY,
            description=old.description,
            settings=old.settings,
            priority=old.priority,
            created_at=now,
            updated_at=now,
            videos=tuple(_fresh(video, place, now) for place, video in enumerate(usable, 1)),
        )
        await BatchJobs.add(batch)
        tell(at.outbox, at.bus, differences(None, batch))
        return show_details(batch)

    return await at.outbox.once(request, make)


def _still_there(batch: BatchState, video: VideoState) -> bool:
    """Whether the source is in the store: a cancelled batch has removed what it did not finish."""
    removed = batch.status is BatchStatus.CANCELLED and video.status is not VideoStatus.COMPLETED
    return video.uploaded_at is not None and video.source is not None and not removed


def _fresh(video: VideoState, position: int, now: datetime) -> VideoState:
    return VideoState(
        id=uuid.uuid4(),
        video_id=video.video_id,
        position=position,
        name=video.name,
        size_bytes=video.size_bytes,
        duration_seconds=video.duration_seconds,
        own_upload=False,
        source=video.source,
        facts=video.facts,
        uploaded_at=now,
        created_at=now,
        updated_at=now,
    )
