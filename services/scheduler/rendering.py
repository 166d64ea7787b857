"""Rendering a finished video again with other settings: its output stays until a new one is stored. Pure.

A run that gives no new output, for whatever reason, leaves the video completed with the output that it had.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from services.scheduler import events
from services.scheduler.events import Step
from services.scheduler.state import BatchState, Kept, VideoState
from shared.batches import BatchStatus, VideoStatus
from shared.cutting import merged
from shared.errors import Conflict, Invalid, NotFound

CANCELLED = "cancelled"


def render_again(batch: BatchState, event: events.RenderAgain, now: datetime) -> Step:
    """Put a completed video back into the queue, with settings or cuts of its own."""
    if batch.status is BatchStatus.CANCELLED:
        raise Conflict("This batch was cancelled; duplicate it, or create a new one for its videos.")
    video = next((video for video in batch.videos if video.video_id == event.video_id), None)
    if video is None:
        raise NotFound("This batch has no such video; it may have been removed already.")
    if batch.status is BatchStatus.PENDING or video.status is not VideoStatus.COMPLETED:
        raise Conflict(f"{video.name} is {video.status}; only a completed video can be rendered again.")
    if event.version is not None and event.version != video.run_token:
        raise Conflict(f"{video.name} was rendered again meanwhile; load its cuts anew and repeat your changes.")
    settings = video.settings if event.settings is None else event.settings
    edits = video.edits
    if event.edits is not None:
        edits = merged(event.edits, video.facts.duration_s if video.facts else 0.0)
    if (settings or batch.settings, edits) == (video.settings or batch.settings, video.edits):
        what = "settings" if event.edits is None else "cuts"
        raise Invalid(f"{video.name} was rendered with these {what} already; change at least one of them.")
    waiting = replace(
        video,
        status=VideoStatus.PENDING,
        settings=settings,
        edits=edits,
        kept=Kept(
            run_token=video.run_token,
            settings=video.settings,
            edits=video.edits,
            started_at=video.started_at,
            completed_at=video.completed_at,
        ),
        max_retries=video.retry_count + 3,
        lost_leases=0,
        charged=False,
        run_token=None,
        progress_percentage=0,
        error_code=None,
        error_message=None,
        started_at=None,
        completed_at=None,
    )
    status = BatchStatus.PROCESSING if batch.over else batch.status
    spent_s = 0.0 if batch.over else batch.spent_s
    videos = tuple(waiting if other.id == video.id else other for other in batch.videos)
    return Step(
        batch=replace(batch, status=status, error_message=None, completed_at=None, spent_s=spent_s, videos=videos)
    )


def as_before(video: VideoState, code: str, reason: str) -> VideoState:
    """The video with the output that it had, after a run that gave no new one."""
    assert video.kept is not None
    return replace(
        video,
        status=VideoStatus.COMPLETED,
        settings=video.kept.settings,
        edits=video.kept.edits,
        run_token=video.kept.run_token,
        started_at=video.kept.started_at,
        completed_at=video.kept.completed_at,
        kept=None,
        worker=None,
        lease_until=None,
        next_try_at=None,
        lost_leases=0,
        progress_percentage=100,
        current_stage=None,
        error_code=code,
        error_message=f"Rendering it again failed, and the earlier result is kept. {reason}",
    )


def not_any_more(video: VideoState) -> VideoState:
    """The video with the output that it had, because nobody wants a new one any more."""
    # What no worker ever began is not charged to the user.
    charged = video.charged and video.started_at is not None
    before = as_before(video, CANCELLED, "")
    return replace(
        before, charged=charged, error_message="Rendering it again was cancelled, and the earlier result is kept."
    )
