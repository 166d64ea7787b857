"""A batch as the scheduler keeps it: one row of batch_jobs with its rows of batch_videos, as plain data."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from shared.batches import BatchSettings, BatchStatus, VideoStatus
from shared.cutting import CutEdit
from shared.media import MediaFacts, Stage, StoredObject
from shared.views import ProcessingResult

FINISHED = frozenset({VideoStatus.COMPLETED, VideoStatus.FAILED, VideoStatus.CANCELLED})
OVER = frozenset({BatchStatus.COMPLETED, BatchStatus.FAILED, BatchStatus.CANCELLED})


class Kept(Struct, frozen=True, kw_only=True):
    """The run whose output a video has while a new one is being made."""

    run_token: UUID | None
    settings: BatchSettings | None
    edits: tuple[CutEdit, ...] = ()
    started_at: datetime | None
    completed_at: datetime | None


class VideoState(Struct, frozen=True, kw_only=True):
    """A row of batch_videos."""

    id: UUID
    video_id: UUID
    position: int
    name: str
    size_bytes: int = 0
    duration_seconds: float | None = None
    status: VideoStatus = VideoStatus.PENDING
    progress_percentage: int = 0
    current_stage: Stage | None = None
    error_code: str | None = None
    error_message: str | None = None
    retry_count: int = 0
    max_retries: int = 3
    attempt: int = 0
    lost_leases: int = 0
    """Leases lost one after the other without a finished stage in between."""
    run_token: UUID | None = None
    worker: str | None = None
    lease_until: datetime | None = None
    next_try_at: datetime | None = None
    queued: bool = False
    """Whether a worker may have it now: kept true to `BatchState.may_run` by every step."""
    charged: bool = False
    """Whether the fair queue has charged the user for this try; a lost lease is free."""
    held: bool = False
    """Whether minutes of the user's month are held for it."""
    generation: int = 0
    """How often minutes were held for it: once for the start, once for each try that a person asked for."""
    fenced: bool = False
    """Whether an earlier run was fenced off and may have left something in the store."""
    own_upload: bool = True
    settings: BatchSettings | None = None
    """Its own, when it was rendered again with others than the batch's."""
    edits: tuple[CutEdit, ...] = ()
    """What a person wants kept or cut of it."""
    kept: Kept | None = None
    """Of which run its output and result are, while another run makes new ones."""
    source: StoredObject | None = None
    facts: MediaFacts | None = None
    output: StoredObject | None = None
    processing_result: ProcessingResult | None = None
    uploaded_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def finished(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.status in FINISHED

    @property
    def running(self) -> bool:
        """Whether it was handed to a worker."""
        return self.status is VideoStatus.PROCESSING

    @property
    def waiting(self) -> bool:
        """Whether it is uploaded and waits for its turn or its next try."""
        return self.status is VideoStatus.PENDING and self.uploaded_at is not None


class BatchState(Struct, frozen=True, kw_only=True):
    """A row of batch_jobs with its videos in their order."""

    id: UUID
    user_id: UUID
    name: str
    description: str | None = None
    settings: BatchSettings
    status: BatchStatus = BatchStatus.PENDING
    priority: int = 5
    start_id: UUID | None = None
    """The request that started it: the job id that the answer gave."""
    start_when_uploaded: bool = False
    """Whether it is started by itself once the last of its uploads is there."""
    error_message: str | None = None
    revision: int = 0
    busy_since: datetime | None = None
    """Since when at least one video has been with a worker; None while none is."""
    spent_s: float = 0.0
    """Seconds for which at least one video was with a worker, up to `busy_since`."""
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    updated_at: datetime
    delete_at: datetime | None = None
    """When it will be deleted because its time is over, once that was announced."""
    deleted_at: datetime | None = None
    videos: tuple[VideoState, ...] = ()

    @property
    def over(self) -> bool:
        """Whether the batch has ended."""
        return self.status in OVER

    def count(self, status: VideoStatus) -> int:
        """How many videos are in a status."""
        return sum(video.status is status for video in self.videos)

    def may_run(self, video: VideoState, now: datetime) -> bool:
        """Whether a worker may have this video now."""
        due = video.next_try_at is None or video.next_try_at <= now
        return self.status is BatchStatus.PROCESSING and video.waiting and due


def stored_bytes(batch: BatchState) -> int:
    """What the results of a batch take in the store: outputs, and the files beside them."""
    return sum(
        video.output.size_bytes
        + sum(file.size_bytes for file in (video.processing_result.files if video.processing_result else ()))
        for video in batch.videos
        if video.output is not None
    )
