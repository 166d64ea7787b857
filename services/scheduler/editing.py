"""What people change about a batch besides its progress: name, priority, which videos and in what order. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from services.scheduler import events
from services.scheduler.events import Step
from services.scheduler.operations import delete_sources
from services.scheduler.state import BatchState, VideoState
from shared.batches import BatchStatus, VideoStatus
from shared.errors import Conflict, Invalid, NotFound


def edit(batch: BatchState, event: events.Edit, now: datetime) -> Step:
    """Rename, describe, reprioritise, or have it start by itself; None leaves a thing as it is."""
    if event.start_when_uploaded is not None and event.start_when_uploaded != batch.start_when_uploaded:
        _check_not_started(batch, "how it starts can only be changed")
    return Step(
        batch=replace(
            batch,
            name=batch.name if event.name is None else event.name,
            description=batch.description if event.description is None else event.description,
            priority=batch.priority if event.priority is None else event.priority,
            start_when_uploaded=(
                batch.start_when_uploaded if event.start_when_uploaded is None else event.start_when_uploaded
            ),
        )
    )


def add(batch: BatchState, event: events.Add, now: datetime) -> Step:
    """Add videos at the end, each once."""
    _check_not_started(batch, "videos can only be added")
    present = {video.video_id for video in batch.videos}
    new = tuple(video for video in event.videos if video.video_id not in present)
    return Step(batch=replace(batch, videos=_numbered((*batch.videos, *new))))


def remove(batch: BatchState, event: events.Remove, now: datetime) -> Step:
    """Before the start a video is taken out; after it, one that has not begun is cancelled and stays on the list."""
    chosen = [video for video in batch.videos if video.video_id in event.video_ids]
    if len(chosen) != len(event.video_ids):
        raise NotFound("This batch has no such video; it may have been removed already.")
    if batch.over:
        raise Conflict(f"This batch is {batch.status}; its videos stay as they are.")
    begun = [video for video in chosen if video.attempt > 0 or video.status is VideoStatus.COMPLETED]
    if begun:
        raise Conflict(f"{begun[0].name} was begun already and cannot be removed; cancel the batch to stop it.")
    commands = tuple(delete_sources(batch, chosen, event.shared_sources))
    if batch.status is BatchStatus.PENDING:
        left = tuple(video for video in batch.videos if video.video_id not in event.video_ids)
        return Step(batch=replace(batch, videos=_numbered(left)), commands=commands)
    videos = tuple(
        replace(video, status=VideoStatus.CANCELLED, completed_at=now, next_try_at=None)
        if video in chosen and not video.finished
        else video
        for video in batch.videos
    )
    return Step(batch=replace(batch, videos=videos), commands=commands)


def reorder(batch: BatchState, event: events.Reorder, now: datetime) -> Step:
    """Number the videos anew."""
    _check_not_started(batch, "videos can only be put into another order")
    places = {video_id: place for place, video_id in enumerate(event.video_ids)}
    if len(places) != len(event.video_ids) or set(places) != {video.video_id for video in batch.videos}:
        raise Invalid("The order has to name every video of the batch exactly once.")
    return Step(batch=replace(batch, videos=_numbered(sorted(batch.videos, key=lambda video: places[video.video_id]))))


def _check_not_started(batch: BatchState, what: str) -> None:
    if batch.status is not BatchStatus.PENDING:
        raise Conflict(f"This batch is {batch.status}; {what} before the start.")


def _numbered(videos: Iterable[VideoState]) -> tuple[VideoState, ...]:
    return tuple(
        video if video.position == place else replace(video, position=place) for place, video in enumerate(videos, 1)
    )
