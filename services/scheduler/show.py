"""Rows and states as the answers that people get."""

from __future__ import annotations

from typing import Any

from services.scheduler.progress import percentage
from services.scheduler.state import BatchState, VideoState
from services.scheduler.tables.columns import from_row
from shared.batches import VideoStatus
from shared.views import BatchDetails, BatchJob, BatchVideo


def show_batch(batch: BatchState) -> BatchJob:
    """A batch without its videos."""
    lengths = {video.id: video.duration_seconds or 0.0 for video in batch.videos}
    return BatchJob(
        id=batch.id,
        user_id=batch.user_id,
        name=batch.name,
        description=batch.description,
        settings=batch.settings,
        status=batch.status,
        priority=batch.priority,
        total_videos=len(batch.videos),
        completed_videos=batch.count(VideoStatus.COMPLETED),
        failed_videos=batch.count(VideoStatus.FAILED),
        cancelled_videos=batch.count(VideoStatus.CANCELLED),
        running_videos=batch.count(VideoStatus.PROCESSING),
        progress_percentage=percentage(batch),
        total_duration_seconds=sum(lengths.values()),
        processed_duration_seconds=sum(
            lengths[video.id] for video in batch.videos if video.status is VideoStatus.COMPLETED
        ),
        start_when_uploaded=batch.start_when_uploaded,
        error_message=batch.error_message,
        created_at=batch.created_at,
        started_at=batch.started_at,
        completed_at=batch.completed_at,
        updated_at=batch.updated_at,
        revision=batch.revision,
    )


def show_row(row: dict[str, Any]) -> BatchJob:
    """A row of batch_jobs, which has the sums of its videos, in a list."""
    return from_row(row, BatchJob, running_videos=row["running"])


def show_video(batch: BatchState, video: VideoState) -> BatchVideo:
    """A video in its batch."""
    shared = {name: getattr(video, name) for name in BatchVideo.__struct_fields__ if hasattr(video, name)}
    return BatchVideo(**shared, batch_job_id=batch.id, duration_s=video.duration_seconds, revision=batch.revision)


def show_details(batch: BatchState) -> BatchDetails:
    """A batch with its videos."""
    return BatchDetails(batch_job=show_batch(batch), videos=tuple(show_video(batch, video) for video in batch.videos))
