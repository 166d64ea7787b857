"""What goes to the API and comes from it, as far as only the client has it like this."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from shared.library import Video, VideoBatch
from shared.views import BatchExport, BatchJob, BatchVideo, UploadPlan


class NewFile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that is about to be uploaded: its name, its size in bytes, its content type, the SHA-256 of its content."""

    name: str
    size: int
    type: str | None = None
    sha256: str | None = None


class BatchCreated(Struct, frozen=True, kw_only=True):
    """A new batch, and how its files are sent: one plan for each, in their order."""

    batch_job_id: UUID
    batch_job: BatchJob
    videos: tuple[BatchVideo, ...]
    uploads: tuple[UploadPlan, ...]


class LibraryVideo(Video, frozen=True, kw_only=True):
    """A video of the library, and the batches it is in."""

    batches: tuple[VideoBatch, ...] = ()


class LibraryPage(Struct, frozen=True, kw_only=True):
    """A page of the library, and how many videos there are in all."""

    videos: tuple[LibraryVideo, ...]
    total: int


class ExportRequested(Struct, frozen=True, kw_only=True):
    """An export that is being made, or one that was there already."""

    export_job_id: UUID
    export: BatchExport


class Me(Struct, frozen=True, kw_only=True):
    """The account that asks."""

    id: UUID
    email: str
    tier: str


class ApiKeyMade(Struct, frozen=True, kw_only=True):
    """A new API key; the key itself is shown this once."""

    id: UUID
    name: str
    key: str
