"""What people do to a batch, and in which states it can be done. Pure; refusals raise `Conflict` with a sentence for people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from services.scheduler import events
from services.scheduler.events import Step
from services.scheduler.rendering import not_any_more
from services.scheduler.state import BatchState, VideoState
from shared.batches import BatchStatus, VideoStatus
from shared.errors import Conflict
from shared.messages import Command, DeleteRun, DeleteSource


def start(batch: BatchState, event: events.Start, now: datetime) -> Step:
    """Begin, once every upload is in the store."""
    if batch.start_id == event.job_id:
        return Step(batch=batch)
    if batch.status is not BatchStatus.PENDING:
        raise Conflict(f"This batch is {batch.status}; only a batch that was never started can be started.")
    if all(video.finished for video in batch.videos):
        raise Conflict("No video of this batch can be processed: add videos first, or see why each was refused.")
    missing = [
        video for video in batch.videos if not (video.finished or video.uploaded_at or video.video_id in event.arrived)
    ]
    if missing:
        names = ", ".join(video.name for video in missing[:3]) + (" …" if len(missing) > 3 else "")
        raise Conflict(
            f"{len(missing)} of {len(batch.videos)} videos are not uploaded yet ({names}); finish their uploads first."
        )
    return Step(batch=replace(batch, status=BatchStatus.PROCESSING, start_id=event.job_id, started_at=now))


def pause(batch: BatchState, event: events.Pause, now: datetime) -> Step:
    """Start no more videos."""
    if batch.status is BatchStatus.PAUSED:
        return Step(batch=batch)
    if batch.status is not BatchStatus.PROCESSING:
        raise Conflict(f"This batch is {batch.status}; only a batch that is processing can be paused.")
    return Step(batch=replace(batch, status=BatchStatus.PAUSED))


def resume(batch: BatchState, event: events.Resume, now: datetime) -> Step:
    """Go on where it stopped."""
    if batch.status is BatchStatus.PROCESSING:
        return Step(batch=batch)
    if batch.status is not BatchStatus.PAUSED:
        raise Conflict(f"This batch is {batch.status}; only a paused batch can be resumed.")
    return Step(batch=replace(batch, status=BatchStatus.PROCESSING))


def cancel(batch: BatchState, event: events.Cancel, now: datetime) -> Step:
    """End all of it and clean up what nobody needs."""
    if batch.status is BatchStatus.CANCELLED:
        return Step(batch=batch)
    if batch.over:
        raise Conflict(f"This batch is {batch.status} already; there is nothing left to cancel.")
    ended = [video for video in batch.videos if not video.finished]
    videos = tuple(video if video.finished else _cancelled(video, now) for video in batch.videos)
    # An upload that was made for this batch and gave nothing is of no use to anybody.
    unneeded = [video for video in videos if video.status is not VideoStatus.COMPLETED]
    # Where videos were only being rendered again, the batch ends as it had ended before.
    anew = bool(ended) and all(video.kept is not None for video in ended)
    after = replace(batch, videos=videos)
    return Step(
        batch=after if anew else replace(after, status=BatchStatus.CANCELLED, completed_at=now),
        commands=(*_delete_runs(ended), *delete_sources(batch, unneeded, event.shared_sources)),
        stopped=tuple(video.run_token for video in ended if video.run_token is not None),
    )


def _cancelled(video: VideoState, now: datetime) -> VideoState:
    if video.kept is not None:
        return not_any_more(video)
    return replace(
        video,
        status=VideoStatus.CANCELLED,
        # What no worker ever began is not charged to the user.
        charged=video.charged and video.started_at is not None,
        run_token=None,
        lease_until=None,
        next_try_at=None,
        completed_at=now,
    )


def retry(batch: BatchState, event: events.Retry, now: datetime) -> Step:
    """Put failed videos back into the queue, with three more tries each."""
    if batch.status is BatchStatus.CANCELLED:
        raise Conflict("This batch was cancelled; create a new one for its videos.")
    if batch.status is BatchStatus.PENDING:
        raise Conflict("This batch was not started yet; there is nothing to retry.")
    wanted = {
        video.id
        for video in batch.videos
        if video.status is VideoStatus.FAILED
        and video.uploaded_at is not None
        and (event.video_ids is None or video.video_id in event.video_ids)
    }
    if not wanted:
        raise Conflict("There is no failed video to retry; a file that was refused has to be uploaded again.")
    videos = tuple(_tried_again(video) if video.id in wanted else video for video in batch.videos)
    status = BatchStatus.PROCESSING if batch.over else batch.status
    return Step(batch=replace(batch, status=status, error_message=None, completed_at=None, spent_s=0.0, videos=videos))


def _tried_again(video: VideoState) -> VideoState:
    count = video.retry_count + 1
    return replace(
        video,
        status=VideoStatus.PENDING,
        retry_count=count,
        max_retries=count + 3,
        lost_leases=0,
        charged=False,
        run_token=None,
        lease_until=None,
        next_try_at=None,
        progress_percentage=0,
        current_stage=None,
        error_code=None,
        error_message=None,
        completed_at=None,
    )


def delete(batch: BatchState, event: events.Delete, now: datetime) -> Step:
    """Take the batch away with its files."""
    if batch.deleted_at is not None:
        return Step(batch=batch)
    if not batch.over:
        raise Conflict(f"This batch is {batch.status}; cancel it first, then delete it.")
    return Step(
        batch=replace(batch, deleted_at=now),
        commands=(*_delete_runs(batch.videos), *delete_sources(batch, batch.videos, event.shared_sources)),
    )


def _delete_runs(videos: Iterable[VideoState]) -> Iterable[Command]:
    return (
        DeleteRun(batch_video_id=video.id, keep_run=video.kept.run_token if video.kept else None)
        for video in videos
        if video.attempt > 0
    )


def delete_sources(batch: BatchState, videos: Iterable[VideoState], shared: frozenset[UUID]) -> Iterable[Command]:
    """Orders to delete uploads that were made for this batch and that no other batch uses."""
    return (
        DeleteSource(user_id=batch.user_id, video_id=video.video_id)
        for video in videos
        if video.own_upload and video.video_id not in shared
    )
