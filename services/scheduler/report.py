"""The report of a batch that has ended: what it gave, what failed, and what to do about that. Pure."""

from __future__ import annotations

from services.scheduler.state import BatchState, VideoState
from shared.batches import VideoStatus
from shared.errors import Conflict
from shared.reports import BatchReport, VideoReport

RETRY = "Retry it; if it fails again, ask whoever runs this installation."
WHAT_TO_DO = {
    "failed_permanently": "Check that the file plays to its end, export it anew where it was made, and upload that in a new batch.",
    "not_found": "Upload the file again in a new batch.",
    "invalid": "Create a new batch for it with other settings.",
    "too_large": "Export it with a lower bit rate or in parts, and upload it in a new batch.",
    "quota": "Wait for the next month or have your tier changed, then upload it in a new batch.",
    "out_of_time": "Retry it: what was not done gets a new budget of time.",
    "out_of_space": "Retry it when whoever runs this installation has freed some space.",
    "unavailable": RETRY,
    "failed_for_now": RETRY,
    "stopped_its_worker": "Convert the file with another program and upload it in a new batch; it stops whatever works on it.",
}
"""By error code; a code that is not here is tried again."""


def report(batch: BatchState) -> BatchReport:
    """What came of a batch. Raises `Conflict` while it has not ended."""
    if not batch.over:
        raise Conflict(f"This batch is {batch.status}; its report is there when it has ended.")
    videos = tuple(_video(video) for video in batch.videos)
    done = [video for video in videos if video.output_s is not None]
    elapsed = batch.completed_at - batch.started_at if batch.started_at and batch.completed_at else None
    return BatchReport(
        batch_job_id=batch.id,
        name=batch.name,
        status=batch.status,
        started_at=batch.started_at,
        completed_at=batch.completed_at,
        elapsed_s=elapsed.total_seconds() if elapsed else None,
        processing_s=round(sum(video.processing_s or 0.0 for video in done), 3),
        completed_videos=batch.count(VideoStatus.COMPLETED),
        failed_videos=batch.count(VideoStatus.FAILED),
        cancelled_videos=batch.count(VideoStatus.CANCELLED),
        source_s=round(sum(video.source_s or 0.0 for video in done), 3),
        output_s=round(sum(video.output_s or 0.0 for video in done), 3),
        saved_s=round(sum(video.saved_s for video in done), 3),
        warnings=sum(len(video.warnings) for video in videos),
        highlights=sum(video.highlights or 0 for video in videos),
        videos=videos,
    )


def _video(video: VideoState) -> VideoReport:
    result = video.processing_result if video.status is VideoStatus.COMPLETED else None
    return VideoReport(
        video_id=video.video_id,
        position=video.position,
        name=video.name,
        status=video.status,
        source_s=video.duration_seconds if result is None else result.source_s,
        output_s=result.output_s if result is not None else None,
        saved_s=round(max(0.0, result.source_s - result.output_s), 3) if result is not None else 0.0,
        processing_s=processing_s(video),
        attempts=video.attempt,
        error_code=video.error_code,
        error_message=video.error_message,
        what_to_do=_what_to_do(video),
        warnings=result.warnings if result is not None else (),
        highlights=result.highlights if result is not None else None,
    )


def processing_s(video: VideoState) -> float | None:
    """Seconds of work in the run that succeeded: the sum of its steps, else from its beginning to its end."""
    if video.status is not VideoStatus.COMPLETED:
        return None
    if video.processing_result is not None and video.processing_result.steps_s:
        return round(sum(video.processing_result.steps_s.values()), 3)
    if video.started_at is None or video.completed_at is None:
        return None
    return (video.completed_at - video.started_at).total_seconds()


def _what_to_do(video: VideoState) -> str | None:
    if video.error_code is None or not video.finished:
        return None
    if video.status is VideoStatus.COMPLETED:
        return "The earlier result is kept; render the video again with other settings."
    return WHAT_TO_DO.get(video.error_code, RETRY)
