"""The one place that decides what comes next: a batch and an event give a new batch and what has to be done.

Pure: no clock, no database, no network. Refusals raise `Conflict` with a sentence for people; late news changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from services.scheduler import arrivals, editing, events, operations, rendering, retaining, runs
from services.scheduler.accounting import account
from services.scheduler.events import BatchEvent, Step
from services.scheduler.state import BatchState
from shared.batches import BatchStatus, VideoStatus


def advance(batch: BatchState, event: BatchEvent, now: datetime) -> Step:
    """The batch after the event, and what the others have to do. Raises `Conflict` when the operation makes no sense now."""
    step = _STEPS[type(event)](batch, event, now)
    after = _timed(_queued(_settled(step.batch, now), now), now)
    after, entries = account(retaining.touched(batch, event, after))
    return replace(step, batch=after, ledger=entries)


def _settled(batch: BatchState, now: datetime) -> BatchState:
    """End a batch whose last video has ended: completed when one completed, failed when all that were wanted failed."""
    if batch.status not in (BatchStatus.PROCESSING, BatchStatus.PAUSED) or not all(
        video.finished for video in batch.videos
    ):
        return batch
    kinds = {video.status for video in batch.videos}
    if VideoStatus.COMPLETED in kinds:
        return replace(batch, status=BatchStatus.COMPLETED, error_message=None, completed_at=now)
    if kinds <= {VideoStatus.CANCELLED}:
        return replace(batch, status=BatchStatus.CANCELLED, completed_at=now)
    reason = "Every video of this batch failed; each says why."
    return replace(batch, status=BatchStatus.FAILED, error_message=reason, completed_at=now)


def _queued(batch: BatchState, now: datetime) -> BatchState:
    """Mark the videos that a worker may have now."""
    return replace(
        batch,
        videos=tuple(
            video if video.queued is batch.may_run(video, now) else replace(video, queued=not video.queued)
            for video in batch.videos
        ),
    )


def _timed(batch: BatchState, now: datetime) -> BatchState:
    """Measure the time in which workers have a video of the batch; waiting and pausing cost nothing."""
    busy = any(video.running for video in batch.videos)
    if busy and batch.busy_since is None:
        return replace(batch, busy_since=now)
    if not busy and batch.busy_since is not None:
        return replace(batch, busy_since=None, spent_s=batch.spent_s + (now - batch.busy_since).total_seconds())
    return batch


_STEPS: dict[type[Any], Callable[[BatchState, Any, datetime], Step]] = {
    events.Start: operations.start,
    events.Pause: operations.pause,
    events.Resume: operations.resume,
    events.Cancel: operations.cancel,
    events.Retry: operations.retry,
    events.RenderAgain: rendering.render_again,
    events.Delete: operations.delete,
    events.Announce: retaining.announce,
    events.Keep: retaining.keep,
    events.Expire: retaining.expire,
    events.Edit: editing.edit,
    events.Add: editing.add,
    events.Remove: editing.remove,
    events.Reorder: editing.reorder,
    events.Uploading: arrivals.uploading,
    events.Uploaded: arrivals.uploaded,
    events.Rejected: arrivals.rejected,
    events.Dispatched: runs.dispatched,
    events.Due: runs.due,
    events.NeverClaimed: runs.never_claimed,
    events.OutOfTime: runs.out_of_time,
    events.Claimed: runs.claimed,
    events.LeaseLost: runs.lease_lost,
    events.StageReached: runs.stage_reached,
    events.Processed: runs.processed,
    events.Failed: runs.failed,
}
