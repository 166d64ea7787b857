"""What the uploader tells of a video that one or several batches wait for. Pure; late news changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from services.scheduler import events
from services.scheduler.events import Step
from services.scheduler.state import BatchState, VideoState
from shared.batches import VideoStatus


def uploading(batch: BatchState, event: events.Uploading, now: datetime) -> Step:
    """The first bytes are here."""

    def change(video: VideoState) -> VideoState:
        if video.status is not VideoStatus.PENDING or video.uploaded_at is not None:
            return video
        return replace(video, status=VideoStatus.UPLOADING, current_stage=None)

    return Step(batch=_with_library_video(batch, event.video_id, change))


def uploaded(batch: BatchState, event: events.Uploaded, now: datetime) -> Step:
    """The file passed inspection: it waits for its turn."""

    def change(video: VideoState) -> VideoState:
        if video.finished or video.uploaded_at is not None:
            return video
        return replace(
            video,
            status=VideoStatus.PENDING,
            uploaded_at=now,
            source=event.source,
            facts=event.facts,
            size_bytes=event.source.size_bytes,
            duration_seconds=event.facts.duration_s,
        )

    return Step(batch=_with_library_video(batch, event.video_id, change))


def rejected(batch: BatchState, event: events.Rejected, now: datetime) -> Step:
    """The file cannot be processed; the others of its batch are not touched."""

    def change(video: VideoState) -> VideoState:
        if video.finished or video.uploaded_at is not None:
            return video
        return replace(
            video,
            status=VideoStatus.FAILED,
            error_code=event.code,
            error_message=event.reason,
            completed_at=now,
        )

    return Step(batch=_with_library_video(batch, event.video_id, change))


def _with_library_video(batch: BatchState, video_id: UUID, change: Callable[[VideoState], VideoState]) -> BatchState:
    return replace(
        batch, videos=tuple(change(video) if video.video_id == video_id else video for video in batch.videos)
    )
