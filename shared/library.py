"""What the API shows of the library: videos, where they can be watched, and the batches that they are in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from shared.batches import BatchStatus
from shared.media import MediaFacts, StoredObject


class VideoProxy(Struct, frozen=True, kw_only=True):
    """A copy of a video that every browser plays: small, with the same frames at the same times."""

    status: str
    """`preparing`, `ready` or `failed`."""
    progress: int = 0
    """In percent."""
    size_bytes: int | None = None
    url: str | None = None
    """Where it can be played for 24 hours, once it is ready."""
    error_message: str | None = None


class Video(Struct, frozen=True, kw_only=True):
    """A video of the library."""

    id: UUID
    user_id: UUID
    name: str
    status: str
    """`waiting` for bytes, `uploading`, `checking`, `ready` or `rejected`."""
    size_bytes: int | None
    content_type: str | None
    facts: MediaFacts | None = None
    source: StoredObject | None = None
    thumbnail_url: str | None = None
    playable: bool | None = None
    """Whether browsers play the source as it is; null until it was inspected."""
    proxy: VideoProxy | None = None
    """The copy for browsers, when somebody has asked for one; only in the answer about one video."""
    error_code: str | None = None
    error_message: str | None = None
    created_at: datetime
    uploaded_at: datetime | None = None


class VideoPage(Struct, frozen=True, kw_only=True):
    """A page of a user's videos, and how many there are in all."""

    videos: tuple[Video, ...]
    total: int


class VideoBatch(Struct, frozen=True, kw_only=True):
    """A batch that a video is in."""

    video_id: UUID
    batch_job_id: UUID
    batch_name: str
    batch_status: BatchStatus


class VideoBatches(Struct, frozen=True, kw_only=True):
    """The batches that videos are in, newest first."""

    batches: tuple[VideoBatch, ...]
