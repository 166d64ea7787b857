"""What watchers are sent: one struct for each kind of event, told apart by its `type`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.clock import seconds_until
from shared.media import Stage
from shared.messages import (
    BatchChanged,
    BatchEstimate,
    BatchUpdate,
    ExportChanged,
    ExportProgressed,
    NoticesChanged,
    Update,
    UploadProgressed,
    VideoChanged,
    VideoProgressed,
)
from shared.notices import Notice
from shared.views import BatchExport, BatchJob, BatchVideo


class ProgressEvent(Struct, frozen=True, kw_only=True, tag_field="type", tag="progress"):
    """A video got further. Has no event id: the newest replaces all earlier ones of the same video."""

    batch_id: UUID
    video_id: UUID
    progress: int
    """Percent of the whole work on the video."""
    current_stage: Stage
    stage_percentage: int
    attempt: int
    estimated_time_remaining: int | None = None
    """Seconds until the whole batch is done; null while that is not known."""
    video_time_remaining: int | None = None
    """Seconds until this video is done."""


class UploadEvent(Struct, frozen=True, kw_only=True, tag_field="type", tag="upload"):
    """Bytes of a video arrived. Has no event id."""

    batch_id: UUID
    video_id: UUID
    bytes_received: int
    bytes_total: int | None


class ExportProgressEvent(Struct, frozen=True, kw_only=True, tag_field="type", tag="export_progress"):
    """An export got further. Has no event id."""

    batch_id: UUID
    export_id: UUID
    progress: int
    operation: str
    remaining_s: float | None = None


class BatchEvent(BatchJob, frozen=True, kw_only=True, tag_field="type", tag="batch"):
    """The state of a batch changed."""


class VideoEvent(BatchVideo, frozen=True, kw_only=True, tag_field="type", tag="video"):
    """The state of a video of a batch changed."""


class ExportEvent(BatchExport, frozen=True, kw_only=True, tag_field="type", tag="export"):
    """The state of an export changed."""


class NoticesEvent(Struct, frozen=True, kw_only=True, tag_field="type", tag="notices"):
    """There is a new notice, or some were read."""

    unread: int
    notice: Notice | None = None
    """The new one; null when only their number changed."""


LiveEvent = ProgressEvent | UploadEvent | ExportProgressEvent
StateEvent = BatchEvent | VideoEvent | ExportEvent


class BatchSnapshot(Struct, frozen=True, kw_only=True, tag_field="type", tag="snapshot"):
    """How everything about a batch stands; comes first, and whenever a watcher has missed something."""

    batch_job: BatchJob
    videos: tuple[BatchVideo, ...]
    exports: tuple[BatchExport, ...]
    live: tuple[LiveEvent, ...]
    """The last event of each upload, video and export that is under way."""


class UserSnapshot(Struct, frozen=True, kw_only=True, tag_field="type", tag="snapshot"):
    """How a user's newest batches stand; comes first, and whenever a watcher has missed something."""

    batch_jobs: tuple[BatchJob, ...]
    live: tuple[LiveEvent, ...]


BatchStream = BatchSnapshot | LiveEvent | StateEvent
UserStream = UserSnapshot | LiveEvent | StateEvent | NoticesEvent

UPDATES: dict[tuple[str, str], type[Update]] = {
    (kind.stream, kind.kind): kind
    for kind in (
        UploadProgressed,
        VideoProgressed,
        ExportProgressed,
        BatchChanged,
        VideoChanged,
        ExportChanged,
        NoticesChanged,
    )
}
"""The updates that become events, by stream and kind as in their subjects."""


def live_event(update: BatchUpdate, estimate: BatchEstimate | None = None) -> LiveEvent:
    """The event that tells of a live update, and what is expected of its batch."""
    match update:
        case VideoProgressed():
            return ProgressEvent(
                batch_id=update.batch_id,
                video_id=update.about_id,
                progress=update.progress_percentage,
                current_stage=update.stage,
                stage_percentage=update.stage_percentage,
                attempt=update.attempt,
                estimated_time_remaining=_left(estimate.completion_at) if estimate else None,
                video_time_remaining=_left(estimate.videos.get(update.about_id)) if estimate else None,
            )
        case UploadProgressed():
            return UploadEvent(
                batch_id=update.batch_id,
                video_id=update.about_id,
                bytes_received=update.bytes_received,
                bytes_total=update.bytes_total,
            )
        case ExportProgressed():
            return ExportProgressEvent(
                batch_id=update.batch_id,
                export_id=update.about_id,
                progress=update.progress,
                operation=update.operation,
                remaining_s=update.remaining_s,
            )
        case _:
            raise TypeError(f"{type(update).__name__} is not a live update")


def state_event(view: BatchJob | BatchVideo | BatchExport) -> StateEvent:
    """The event that tells of a state."""
    fields = msgspec.structs.asdict(view)
    match view:
        case BatchJob():
            return BatchEvent(**fields)
        case BatchVideo():
            return VideoEvent(**fields)
        case BatchExport():
            return ExportEvent(**fields)


def _left(end: datetime | None) -> int | None:
    return None if end is None else seconds_until(end)
