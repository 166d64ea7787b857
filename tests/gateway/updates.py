"""Updates about one batch, as the other services send them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from services.gateway.examples import BATCH_EXPORT, BATCH_JOB, BATCH_VIDEO
from shared.batches import BatchStatus, ExportStatus, VideoStatus
from shared.media import Stage
from shared.messages import (
    BatchChanged,
    ExportChanged,
    ExportProgressed,
    UploadProgressed,
    VideoChanged,
    VideoProgressed,
)
from shared.views import BatchJob, BatchVideo

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Story:
    """One user's batch with one video and one export."""

    def __init__(self, user_id: UUID | None = None) -> None:
        self.user_id = user_id or uuid.uuid4()
        self.batch_id, self.video_id, self.export_id = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()

    def _about(self, about_id: UUID, revision: int) -> dict[str, Any]:
        return {
            "user_id": self.user_id,
            "batch_id": self.batch_id,
            "about_id": about_id,
            "revision": revision,
            "at": NOW,
        }

    def job(self, status: BatchStatus = BatchStatus.PROCESSING, **fields: Any) -> BatchJob:
        """The batch as an answer shows it."""
        return msgspec.structs.replace(BATCH_JOB, id=self.batch_id, user_id=self.user_id, status=status, **fields)

    def video(self, status: VideoStatus = VideoStatus.PROCESSING, **fields: Any) -> BatchVideo:
        """The video as an answer shows it."""
        return msgspec.structs.replace(
            BATCH_VIDEO, batch_job_id=self.batch_id, video_id=self.video_id, status=status, **fields
        )

    def batch_changed(self, status: BatchStatus, revision: int) -> BatchChanged:
        """The batch is in this status."""
        return BatchChanged(**self._about(self.batch_id, revision), batch_job=self.job(status, revision=revision))

    def video_changed(
        self, status: VideoStatus, revision: int, *, attempt: int = 1, run_token: UUID | None = None
    ) -> VideoChanged:
        """The video is in this status."""
        video = self.video(status, attempt=attempt, revision=revision, progress_percentage=0)
        return VideoChanged(**self._about(self.video_id, revision), video=video, run_token=run_token)

    def export_changed(self, status: ExportStatus, revision: int) -> ExportChanged:
        """The export is in this status."""
        export = msgspec.structs.replace(
            BATCH_EXPORT, id=self.export_id, batch_job_id=self.batch_id, status=status, revision=revision
        )
        return ExportChanged(**self._about(self.export_id, revision), export=export)

    def progressed(self, percent: int, *, run_token: UUID, attempt: int = 1, revision: int = 0) -> VideoProgressed:
        """The run got this far."""
        return VideoProgressed(
            **self._about(self.video_id, revision or percent),
            attempt=attempt,
            run_token=run_token,
            stage=Stage.EXPORTING,
            stage_percentage=percent,
            progress_percentage=percent,
        )

    def uploaded(self, received: int, total: int | None) -> UploadProgressed:
        """So many bytes have arrived."""
        return UploadProgressed(**self._about(self.video_id, received), bytes_received=received, bytes_total=total)

    def export_progressed(self, percent: int, run_token: UUID) -> ExportProgressed:
        """The export got this far."""
        about = self._about(self.export_id, percent)
        return ExportProgressed(**about, run_token=run_token, progress=percent, operation="Adding video 1 of 1")
