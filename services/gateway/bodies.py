"""The bodies that people and programs send, and the answers that only the gateway gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from services.gateway.tables import Theme
from shared.batches import BatchSettings, Tier
from shared.cutting import MOST_EDITS, CutEdit
from shared.library import Video, VideoBatch
from shared.tiers import Limits
from shared.transcripts import Highlight, Transcript
from shared.views import BatchJob, BatchVideo, UploadPlan

MOST_NAMED = 500
"""Ids or part numbers that one request may name."""


class NewFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that is about to be uploaded."""

    name: Annotated[str, Meta(description="the file's name, 1 to 255 characters", min_length=1, max_length=1000)]
    size: Annotated[
        Annotated[int, Meta(ge=1)] | None, Meta(description="the file's size in bytes, at least 1, or null")
    ] = None
    type: Annotated[
        Annotated[str, Meta(max_length=100)] | None, Meta(description="the file's content type, such as 'video/mp4'")
    ] = None
    sha256: Annotated[
        Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None,
        Meta(description="SHA-256 of the file in 64 hex digits, so that what is in the library need not be sent"),
    ] = None


class NewBatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A batch to be created: with the files that will be uploaded, or just how many there will be."""

    name: Annotated[str, Meta(description="a name of 1 to 100 characters", max_length=1000)]
    description: Annotated[
        Annotated[str, Meta(max_length=2000)] | None, Meta(description="a text of up to 2,000 characters, or null")
    ] = None
    settings: Annotated[BatchSettings, Meta(description="an object with the settings for all videos")] = BatchSettings()
    files: Annotated[
        Annotated[tuple[NewFile, ...], Meta(max_length=MOST_NAMED)] | None,
        Meta(description="a list of the files to be uploaded, each with its name and, better, its size and type"),
    ] = None
    video_count: Annotated[
        Annotated[int, Meta(ge=0, le=1_000_000)] | None,
        Meta(description="the number of videos to be uploaded, when no files are given"),
    ] = None
    library_ids: Annotated[
        tuple[UUID, ...],
        Meta(
            description="a list of ids of videos of the library that are in it too, after the files",
            max_length=MOST_NAMED,
        ),
    ] = ()
    priority: Annotated[
        Annotated[int, Meta(ge=0, le=10)] | None,
        Meta(description="a number from 0 to 10, or null for the tier's default"),
    ] = None
    start_when_uploaded: Annotated[bool, Meta(description="true to start it once its last upload is complete")] = False


class BatchCreated(Struct, frozen=True, kw_only=True):
    """A new batch, and where its files are sent."""

    batch_job_id: UUID
    batch_job: BatchJob
    videos: tuple[BatchVideo, ...]
    upload_urls: tuple[str, ...]
    """For each video the URL of its single PUT, or of its first part."""
    uploads: tuple[UploadPlan, ...]
    """For each video the whole plan of its upload."""
    total_size_bytes: int = 0
    estimated_duration_seconds: float = 0.0
    """By the announced sizes; known exactly once each video was inspected."""


class VideosToAdd(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Videos of the library to add to a batch."""

    video_ids: Annotated[
        tuple[UUID, ...], Meta(description="a list of 1 to 500 ids of videos", min_length=1, max_length=MOST_NAMED)
    ]


class BatchChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change about a batch; null leaves a thing as it is."""

    name: Annotated[
        Annotated[str, Meta(max_length=1000)] | None, Meta(description="a name of 1 to 100 characters, or null")
    ] = None
    description: Annotated[
        Annotated[str, Meta(max_length=2000)] | None, Meta(description="a text of up to 2,000 characters, or null")
    ] = None
    priority: Annotated[
        Annotated[int, Meta(ge=0, le=10)] | None, Meta(description="a number from 0 to 10, or null")
    ] = None
    start_when_uploaded: Annotated[
        bool | None, Meta(description="true to start it once its last upload is complete, or null")
    ] = None


class VideoOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The videos of a batch in their new order."""

    video_ids: Annotated[
        tuple[UUID, ...],
        Meta(description="a list of the ids of all videos of the batch, in their new order", max_length=MOST_NAMED),
    ]


class VideosToRetry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which failed videos to try again."""

    video_ids: Annotated[
        Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=MOST_NAMED)] | None,
        Meta(description="a list of 1 to 500 ids of failed videos, or null for all"),
    ] = None


class NewRendering(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a completed video is to be rendered again."""

    settings: Annotated[BatchSettings, Meta(description="an object with all settings for this video")]


class NewCuts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person wants kept or cut of a finished video."""

    version: Annotated[UUID, Meta(description="the version of the cuts that were edited, as their answer gave it")]
    edits: Annotated[
        tuple[CutEdit, ...],
        Meta(
            description="a list of up to 2,000 stretches, each to keep or to cut; none for the automatic cuts",
            max_length=MOST_EDITS,
        ),
    ]


class VideoTranscript(Struct, frozen=True, kw_only=True):
    """What is said in a finished video."""

    transcript: Transcript
    downloads: dict[str, str]
    """Signed URLs of the same as files, by kind: srt, vtt, txt and json."""


class RankedHighlight(Struct, frozen=True, kw_only=True):
    """A highlight among all of its batch."""

    rank: int
    """From 1, the best."""
    video_id: UUID
    video_name: str
    highlight: Highlight


class BatchHighlights(Struct, frozen=True, kw_only=True):
    """The best highlights of a batch, and how many there are in all."""

    highlights: tuple[RankedHighlight, ...]
    total: int


class LibraryVideo(Video, frozen=True, kw_only=True):
    """A video of the library, with the batches it is in."""

    batches: tuple[VideoBatch, ...] = ()
    """Newest first."""
    source_url: str | None = None
    """Where the file that was uploaded can be played or downloaded; only in the answer about one video."""


class LibraryPage(Struct, frozen=True, kw_only=True):
    """A page of a user's videos, and how many there are in all."""

    videos: tuple[LibraryVideo, ...]
    total: int


class NewTemplate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings to be kept under a name."""

    name: Annotated[str, Meta(description="a name of 1 to 60 characters", max_length=1000)]
    settings: Annotated[BatchSettings, Meta(description="an object with the settings to keep")]
    is_default: Annotated[bool, Meta(description="true to begin new batches with it")] = False


class TemplateChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different about a template; what is null stays."""

    name: Annotated[
        Annotated[str, Meta(max_length=1000)] | None, Meta(description="a name of 1 to 60 characters, or null")
    ] = None
    settings: Annotated[BatchSettings | None, Meta(description="an object with the settings to keep, or null")] = None
    is_default: Annotated[bool | None, Meta(description="true to begin new batches with it, or null")] = None


class Template(Struct, frozen=True, kw_only=True):
    """Settings kept under a name."""

    id: UUID
    name: str
    settings: BatchSettings
    is_default: bool
    created_at: datetime
    updated_at: datetime


class Templates(Struct, frozen=True, kw_only=True):
    """A user's templates: the default first, then by name."""

    templates: tuple[Template, ...]


class PartNumbers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parts that are about to be sent."""

    numbers: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=10_000)], ...],
        Meta(description="a list of 1 to 500 part numbers from 1 to 10,000", min_length=1, max_length=MOST_NAMED),
    ]


class Credentials(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Email and password of an account."""

    email: Annotated[str, Meta(description="the account's email address", max_length=320)]
    password: Annotated[str, Meta(description="the account's password", max_length=1000)]


class Me(Struct, frozen=True, kw_only=True):
    """The account that asks, and what its tier allows."""

    id: UUID
    email: str
    tier: Tier
    role: str
    created_at: datetime
    limits: Limits
    theme: Theme | None = None
    """How the page is to look; null for an account that never chose."""
