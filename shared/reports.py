"""What people are told of work as a whole: the report of a batch, what was used of a month; who works, who waits, what failed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from shared.batches import BatchStatus, Tier, VideoStatus
from shared.media import Stage
from shared.tiers import Limits


class VideoReport(Struct, frozen=True, kw_only=True):
    """What came of one video."""

    video_id: UUID
    position: int
    name: str
    status: VideoStatus
    source_s: float | None
    """Seconds before."""
    output_s: float | None
    """Seconds after; null when there is no output."""
    saved_s: float
    """Seconds that nobody has to watch any more."""
    processing_s: float | None
    """Seconds of work in the run that succeeded."""
    attempts: int
    """How often it was handed to a worker."""
    error_code: str | None
    error_message: str | None
    what_to_do: str | None
    """What to do about the failure."""
    warnings: tuple[str, ...]
    """What a person should look at, in sentences."""
    highlights: int | None = None
    """How many were found; null when they were not looked for."""


class BatchReport(Struct, frozen=True, kw_only=True):
    """What came of a batch that has ended."""

    batch_job_id: UUID
    name: str
    status: BatchStatus
    started_at: datetime | None
    completed_at: datetime | None
    elapsed_s: float | None
    """Seconds from the start to the end, with all waiting."""
    processing_s: float
    """Seconds of work in the runs that succeeded, all videos together."""
    completed_videos: int
    failed_videos: int
    cancelled_videos: int
    source_s: float
    """Seconds before, of the videos that were completed."""
    output_s: float
    """Seconds after."""
    saved_s: float
    warnings: int
    """How many there are, over all videos."""
    highlights: int = 0
    """How many were found, over all videos."""
    videos: tuple[VideoReport, ...]


class Usage(Struct, frozen=True, kw_only=True):
    """What an account has used of what its tier allows."""

    tier: Tier
    month: date
    """The first day of the month (UTC) that the minutes belong to."""
    resets_at: datetime
    """When the next month begins."""
    minutes_used: float
    """Minutes of media that were processed."""
    minutes_held: float
    """Minutes of media that are held for videos that wait or run."""
    minutes_limit: int
    minutes_left: float
    open_batches: int
    """Batches that are processing or paused."""
    running_videos: int
    concurrency: int
    """Videos that are processed at the same time: the tier's number, or fewer when the account wants that."""
    limits: Limits


class WorkShown(Struct, frozen=True, kw_only=True):
    """A video or an export in a worker's hands."""

    id: UUID
    """Of the video in its batch, or of the export."""
    kind: str
    """`video` or `export`."""
    batch_job_id: UUID
    user_id: UUID
    name: str
    """Of the video, or of the export's batch."""
    stage: Stage | None
    attempt: int
    since: datetime | None
    """When work on it began first."""
    lease_until: datetime | None


class WorkerShown(Struct, frozen=True, kw_only=True):
    """A worker, and what it works on."""

    worker: str
    service: str
    slots: int | None
    """How much it can do at once; null for one that does not say, 0 when it is about to end."""
    alive: bool
    """Whether it was heard of within the last seconds, or keeps a lease."""
    started_at: datetime | None
    running: tuple[WorkShown, ...]


class Workers(Struct, frozen=True, kw_only=True):
    """Everybody who works, and what waits for them."""

    workers: tuple[WorkerShown, ...]
    waiting_videos: int
    waiting_users: int


class QueuedUser(Struct, frozen=True, kw_only=True):
    """Somebody whose videos wait for a worker."""

    user_id: UUID
    tier: Tier
    waiting: int
    """Videos that a worker may have now."""
    running: int
    concurrency: int
    """How many run at once at most; who has as many running is passed over until one ends."""
    batch_job_id: UUID
    """Of the video that goes next."""
    batch_name: str
    video_name: str
    priority: int
    waiting_since: datetime
    """Since when that video could have begun."""


class PriorityCount(Struct, frozen=True, kw_only=True):
    """How many videos wait with a priority."""

    priority: int
    videos: int


class QueueShown(Struct, frozen=True, kw_only=True):
    """What waits, and for whom."""

    waiting_videos: int
    waiting_users: int
    retries: int
    """Videos that failed for now and wait for the time of their next try."""
    exports: int
    """Exports that wait for a worker."""
    running: int
    """Videos that workers have."""
    slots: int
    """Videos that all living workers can have at once."""
    priorities: tuple[PriorityCount, ...]
    """The highest first."""
    users: tuple[QueuedUser, ...]
    """In the order of their turns, those at their own limit last; at most 100."""


class FailedVideo(Struct, frozen=True, kw_only=True):
    """A video that failed, with its reason."""

    id: UUID
    """Of the video in its batch."""
    batch_job_id: UUID
    batch_name: str
    user_id: UUID
    name: str
    size_bytes: int
    failed_at: datetime
    error_code: str
    error_message: str | None
    attempts: int
    """How often it was handed to a worker."""


class FailurePage(Struct, frozen=True, kw_only=True):
    """Videos that failed and were not tried again since, the last first."""

    failures: tuple[FailedVideo, ...]
    next_after: str | None
    """What to ask with for those before; null at the end."""
