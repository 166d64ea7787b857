"""The answers of the API: what people and programs are shown of batches, videos, uploads and exports."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from shared.batches import BatchSettings, BatchStatus, ExportFormat, ExportStatus, VideoStatus
from shared.media import MediaFacts, Stage, StoredObject


class ProcessingResult(Struct, frozen=True, kw_only=True):
    """What people want to know of a processed video."""

    source_s: float
    """Seconds of the source."""
    output_s: float
    """Seconds of the output."""
    silence_removed_s: float = 0.0
    cuts: int = 0
    """How many stretches were cut out."""
    steps_s: dict[str, float] = {}
    """Seconds that each step took in the run that succeeded; a step that an earlier run had finished took next to nothing."""
    warnings: tuple[str, ...] = ()
    """What a person should look at, in sentences."""
    facts: MediaFacts | None = None
    """The output as ffprobe sees it."""
    files: tuple[StoredObject, ...] = ()
    """What lies beside the output: `transcript.srt`, `.vtt`, `.txt` and `.json`, and `highlights.json`."""
    language: str | None = None
    """The language that is spoken, as far as it is known."""
    words: int | None = None
    """How many words were written down; null without a transcript."""
    highlights: int | None = None
    """How many highlights were found; null when they were not looked for."""


class BatchVideo(Struct, frozen=True, kw_only=True):
    """One video in one batch."""

    id: UUID
    batch_job_id: UUID
    video_id: UUID
    position: int
    """Place in the batch, from 1."""
    name: str
    size_bytes: int
    duration_s: float | None
    status: VideoStatus
    progress_percentage: int = 0
    current_stage: Stage | None = None
    error_code: str | None = None
    error_message: str | None = None
    retry_count: int = 0
    max_retries: int = 3
    attempt: int = 0
    """How often the video was handed to a worker."""
    settings: BatchSettings | None = None
    """Its own, when it was rendered again with others than the batch's."""
    processing_result: ProcessingResult | None = None
    output: StoredObject | None = None
    output_video_url: str | None = None
    """A signed URL of the output, for as long as it is valid."""
    uploaded_at: datetime | None = None
    next_try_at: datetime | None = None
    """When a video that failed for now is tried again."""
    estimated_time_remaining: int | None = None
    """Seconds until it is done, with the time that it still waits for its turn; null when nothing is known or left."""
    estimated_completion_at: datetime | None = None
    """The same as a time of day."""
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    updated_at: datetime
    revision: int = 0
    """Grows with every change: of two answers or events about the same thing the higher one is newer."""


class BatchJob(Struct, frozen=True, kw_only=True):
    """A batch, without its videos."""

    id: UUID
    user_id: UUID
    name: str
    description: str | None
    settings: BatchSettings
    status: BatchStatus
    priority: int
    total_videos: int
    completed_videos: int
    failed_videos: int
    cancelled_videos: int
    running_videos: int = 0
    """Videos that a worker has now; a paused batch may still have some."""
    progress_percentage: int = 0
    total_duration_seconds: float
    processed_duration_seconds: float
    estimated_time_remaining: int | None = None
    """Seconds; null when nothing is known yet or nothing is left."""
    estimated_completion_at: datetime | None = None
    """The same as a time of day."""
    start_when_uploaded: bool = False
    """Whether it starts by itself once its last upload is complete."""
    error_message: str | None = None
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    updated_at: datetime
    revision: int = 0
    """Grows with every change: of two answers or events about the same thing the higher one is newer."""


class BatchDetails(Struct, frozen=True, kw_only=True):
    """A batch with all its videos, in their order."""

    batch_job: BatchJob
    videos: tuple[BatchVideo, ...]


class BatchPage(Struct, frozen=True, kw_only=True):
    """A page of a user's batches, and how many there are in all."""

    batch_jobs: tuple[BatchJob, ...]
    total: int
    by_status: dict[BatchStatus, int]
    """How many of the user's batches are in each status, whatever the page shows."""


class BatchStarted(Struct, frozen=True, kw_only=True):
    """The answer to a start."""

    job_id: UUID
    batch_job: BatchJob


class LeftOut(Struct, frozen=True, kw_only=True):
    """A video that is not in an export, and why."""

    position: int
    name: str
    reason: str


class ExportEstimate(Struct, frozen=True, kw_only=True):
    """What an export would be, told before it is made."""

    videos: int
    size_bytes: int
    """About, for a merged video that has to be encoded; a ZIP is larger by its directory only."""
    duration_s: float
    """Playing time of all its videos."""
    file_name: str
    files: tuple[str, ...]
    """The names in the archive, in their order; for other formats the videos' own names."""
    left_out: tuple[LeftOut, ...]
    """Videos that were wanted and are not there: failed or cancelled ones."""


class BatchExport(Struct, frozen=True, kw_only=True):
    """An export of a batch."""

    id: UUID
    batch_job_id: UUID
    format: ExportFormat
    status: ExportStatus
    progress: int = 0
    """Percent."""
    operation: str | None = None
    """What is being done now, e.g. `Adding video 5 of 20`."""
    remaining_s: float | None = None
    """Seconds that it will take about, while that can be told."""
    left_out: tuple[LeftOut, ...] = ()
    """Videos whose stored files were missing or damaged, when the export was to be made without such."""
    deliverable: StoredObject | None = None
    file_name: str | None = None
    file_size: int | None = None
    download_url: str | None = None
    expires_at: datetime | None = None
    error_message: str | None = None
    created_at: datetime
    completed_at: datetime | None = None
    revision: int = 0
    """Grows with every change: of two answers or events about the same thing the higher one is newer."""


class ExportPage(Struct, frozen=True, kw_only=True):
    """The exports of a batch, newest first."""

    exports: tuple[BatchExport, ...]


class UserExport(Struct, frozen=True, kw_only=True):
    """An export, and of which batch it is."""

    batch_name: str
    export: BatchExport


class UserExports(Struct, frozen=True, kw_only=True):
    """A user's newest exports, of all batches."""

    exports: tuple[UserExport, ...]


class UploadPlan(Struct, frozen=True, kw_only=True):
    """How the bytes of one video get to the store.

    One PUT of the whole file when `upload_id` is null; else `part_count` parts of `part_size_bytes` each, of which only the
    last may be smaller. Part URLs are asked for when the parts are about to be sent, because each is valid for minutes only.
    """

    video_id: UUID
    name: str
    upload_id: str | None
    url: str
    """Where the file, or its first part, is PUT."""
    headers: dict[str, str]
    """Headers that the PUT must carry as they are."""
    part_size_bytes: int
    part_count: int
    expires_at: datetime
    arrived: bool = False
    """Whether the whole file is here, because the same content was uploaded before: it is completed without being sent."""


class PartUrl(Struct, frozen=True, kw_only=True):
    """Where one part is PUT."""

    number: int
    url: str
    size_bytes: int


class PartUrls(Struct, frozen=True, kw_only=True):
    """Freshly signed URLs for parts."""

    parts: tuple[PartUrl, ...]
    expires_at: datetime


class StoredPart(Struct, frozen=True, kw_only=True):
    """A part that the store has."""

    number: int
    size_bytes: int
    etag: str


class UploadState(Struct, frozen=True, kw_only=True):
    """What the server has of an upload: what a client asks before it goes on after an interruption."""

    plan: UploadPlan
    parts: tuple[StoredPart, ...]
    complete: bool
