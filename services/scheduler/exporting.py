"""The life of an export, as pure functions: what goes into it, and what each report of the exporter leads to."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.scheduler.state import BatchState, VideoState
from shared.batches import ExportFormat, ExportStatus, VideoStatus
from shared.errors import Conflict, Invalid
from shared.media import StoredObject
from shared.messages import BuildExport, ExportItem, ExportOptions
from shared.views import BatchExport

MOST_RETRIES = 3
MOST_LOST_LEASES = 5


class ExportState(Struct, frozen=True, kw_only=True):
    """A row of exports."""

    id: UUID
    batch_job_id: UUID
    user_id: UUID
    format: ExportFormat
    options: ExportOptions
    status: ExportStatus = ExportStatus.PENDING
    progress: int = 0
    error_message: str | None = None
    attempt: int = 0
    retry_count: int = 0
    lost_leases: int = 0
    run_token: UUID | None = None
    worker: str | None = None
    lease_until: datetime | None = None
    next_try_at: datetime | None = None
    deliverable: StoredObject | None = None
    file_name: str | None = None
    revision: int = 0
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    expires_at: datetime | None = None
    updated_at: datetime

    @property
    def open(self) -> bool:
        """Whether somebody still has to work on it."""
        return self.status in (ExportStatus.PENDING, ExportStatus.PROCESSING)


def items(batch: BatchState, options: ExportOptions) -> tuple[ExportItem, ...]:
    """What goes into an export of a batch. Raises `Conflict` when there is nothing to export."""
    if not batch.over:
        raise Conflict(f"This batch is {batch.status}; export it when it has ended.")
    found = []
    for video in batch.videos:
        failed = video.status is VideoStatus.FAILED and options.include_failed
        stored = video.output if video.status is VideoStatus.COMPLETED else video.source if failed else None
        if stored is not None:
            length = video.processing_result.output_s if video.processing_result else video.duration_seconds
            found.append(
                ExportItem(
                    position=video.position,
                    name=video.name,
                    stored=stored,
                    duration_s=length,
                    beside=_beside(video, options),
                )
            )
    if not found:
        raise Conflict(
            "No video of this batch was completed, so there is nothing to export; retry the failed ones first."
        )
    return tuple(found)


def _beside(video: VideoState, options: ExportOptions) -> tuple[StoredObject, ...]:
    """Of the files beside an output those that are wanted."""
    if video.status is not VideoStatus.COMPLETED or video.processing_result is None:
        return ()
    wanted = {"transcript": options.transcripts, "highlights": options.highlights}
    return tuple(
        file
        for file in video.processing_result.files
        if wanted.get(file.key.rsplit("/", 1)[-1].partition(".")[0], False)
    )


def check_format(wanted: ExportFormat) -> None:
    """Refuse what the exporter cannot build. Raises `Invalid`."""
    if wanted is not ExportFormat.ZIP:
        raise Invalid(f"Exports as {wanted} are not available in this version; choose zip.")


def command(batch: BatchState, export: ExportState) -> BuildExport:
    """The command for the next attempt of an export."""
    return BuildExport(
        user_id=export.user_id,
        batch_id=batch.id,
        batch_name=batch.name,
        export_id=export.id,
        attempt=export.attempt,
        format=export.format,
        options=export.options,
        items=items(batch, export.options),
    )


def dispatched(export: ExportState) -> ExportState:
    """Handed to the exporter."""
    return replace(export, status=ExportStatus.PROCESSING, attempt=export.attempt + 1, run_token=None, next_try_at=None)


def claimed(export: ExportState, token: UUID, worker: str, lease: timedelta, now: datetime) -> ExportState:
    """An exporter begins; one that had it before is fenced off, and that counts as a lost lease."""
    if export.run_token == token:
        return export
    if export.run_token is not None:
        export = lost(export, now)
        if not export.open:
            return export
    return replace(
        export,
        status=ExportStatus.PROCESSING,
        run_token=token,
        worker=worker,
        lease_until=now + lease,
        started_at=export.started_at or now,
    )


def lost(export: ExportState, now: datetime) -> ExportState:
    """Its exporter was not heard of any more: it waits again, unless that has happened too often."""
    export = replace(export, lost_leases=export.lost_leases + 1, run_token=None, worker=None, lease_until=None)
    if export.lost_leases >= MOST_LOST_LEASES:
        return given_up(
            export, "Building this export stopped its worker again and again; export fewer videos at once.", now
        )
    return replace(export, status=ExportStatus.PENDING)


def built(
    export: ExportState, deliverable: StoredObject, file_name: str, expires: datetime, now: datetime
) -> ExportState:
    """The deliverable is in the store."""
    return replace(
        export,
        status=ExportStatus.COMPLETED,
        progress=100,
        deliverable=deliverable,
        file_name=file_name,
        expires_at=expires,
        completed_at=now,
        worker=None,
        lease_until=None,
        error_message=None,
    )


def failed(export: ExportState, reason: str, backoff: timedelta, now: datetime, *, permanent: bool) -> ExportState:
    """Try again later when that may help, else give up."""
    export = replace(export, run_token=None, worker=None, lease_until=None, lost_leases=0)
    if permanent or export.retry_count >= MOST_RETRIES:
        return given_up(export, reason, now)
    return replace(
        export,
        status=ExportStatus.PENDING,
        retry_count=export.retry_count + 1,
        next_try_at=now + backoff,
        error_message=reason,
    )


def given_up(export: ExportState, reason: str, now: datetime) -> ExportState:
    """It failed for good; a person may ask for a new one."""
    return replace(export, status=ExportStatus.FAILED, error_message=reason, completed_at=now)


def show(export: ExportState, now: datetime) -> BatchExport:
    """An export as people see it; one past its time is expired, whether it was swept already or not."""
    expired = export.status is ExportStatus.COMPLETED and export.expires_at is not None and export.expires_at <= now
    shared = {name: getattr(export, name) for name in BatchExport.__struct_fields__ if hasattr(export, name)}
    stored = None if expired else export.deliverable
    return BatchExport(
        **{
            **shared,
            "status": ExportStatus.EXPIRED if expired else export.status,
            "deliverable": stored,
            "file_size": stored.size_bytes if stored else None,
        }
    )
