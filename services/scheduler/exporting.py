"""The life of an export, as pure functions: what goes into it, and what each report of the exporter leads to."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.scheduler.state import BatchState, VideoState
from shared.archive_names import archive_names, download_name, pattern_of
from shared.batches import ExportFormat, ExportStatus, VideoStatus
from shared.errors import Conflict, Invalid
from shared.media import StoredObject
from shared.messages import BuildExport, ExportBuilt, ExportItem, ExportOptions, ExtraFile
from shared.views import BatchExport, ExportEstimate, LeftOut

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
    left_out: tuple[LeftOut, ...] = ()
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


def contents(
    batch: BatchState, wanted: ExportFormat, options: ExportOptions
) -> tuple[tuple[ExportItem, ...], tuple[LeftOut, ...]]:
    """What goes into an export of a batch, and which of the videos that it should have are not there, and why.

    Raises `Conflict` when there is nothing to export, `Invalid` when the options cannot be met.
    """
    if not batch.over:
        raise Conflict(f"This batch is {batch.status}; export it when it has ended.")
    pattern_of(options)
    found, left_out = [], []
    for video in _selected(batch, options):
        if (stored := _file_of(video, options)) is None:
            reason = video.error_message or f"This video is {video.status}."
            left_out.append(LeftOut(position=video.position, name=video.name, reason=reason))
            continue
        found.append(
            ExportItem(
                position=video.position,
                name=video.name,
                stored=stored,
                duration_s=video.processing_result.output_s if video.processing_result else video.duration_seconds,
                made_at=video.completed_at,
                extras=_extras(video, options) if wanted is ExportFormat.ZIP else (),
            )
        )
    if not found:
        raise Conflict(
            "None of these videos was completed, so there is nothing to export; retry the failed ones first."
        )
    return tuple(found), tuple(left_out)


def _extras(video: VideoState, options: ExportOptions) -> tuple[ExtraFile, ...]:
    """Of the files beside an output those that are wanted: transcript and subtitles, highlights."""
    if video.status is not VideoStatus.COMPLETED or video.processing_result is None:
        return ()
    found = []
    for stored in video.processing_result.files:
        name = stored.key.rsplit("/", 1)[-1]
        if name.startswith("transcript.") and options.transcripts:
            found.append(ExtraFile(suffix=name.removeprefix("transcript."), stored=stored))
        elif name.startswith("highlights.") and options.highlights:
            found.append(ExtraFile(suffix=name, stored=stored))
    return tuple(found)


def _selected(batch: BatchState, options: ExportOptions) -> list[VideoState]:
    if options.video_ids is None:
        return list(batch.videos)
    chosen = [video for video in batch.videos if video.video_id in options.video_ids]
    if not chosen or len(chosen) < len(set(options.video_ids)):
        raise Invalid("Some of the chosen videos are not in this batch; choose among those that are.")
    return chosen


def _file_of(video: VideoState, options: ExportOptions) -> StoredObject | None:
    """What an export has of a video: its output; of a failed one the original, where that is wanted."""
    if video.status is VideoStatus.COMPLETED:
        return video.output
    return video.source if video.status is VideoStatus.FAILED and options.include_failed else None


def estimate(batch: BatchState, wanted: ExportFormat, options: ExportOptions) -> ExportEstimate:
    """What an export of a batch would be. Raises as `contents` does."""
    items, left_out = contents(batch, wanted, options)
    if wanted is ExportFormat.ZIP:
        files = tuple(name for names in archive_names(items, batch.name, options) for name in names)
    else:
        files = tuple(item.name for item in items)
    stored = [file for item in items for file in (item.stored, *(extra.stored for extra in item.extras))]
    first = items[0].stored.key.rpartition(".")[2]
    suffix = {ExportFormat.ZIP: "zip", ExportFormat.PLAYLIST: "m3u8"}.get(wanted, first if len(first) < 5 else "mp4")
    return ExportEstimate(
        videos=len(items),
        size_bytes=0 if wanted is ExportFormat.PLAYLIST else sum(file.size_bytes for file in stored),
        duration_s=sum(item.duration_s or 0.0 for item in items),
        file_name=download_name(batch.name, suffix),
        files=files,
        left_out=left_out,
    )


def command(batch: BatchState, export: ExportState) -> BuildExport:
    """The command for the next attempt of an export."""
    items, left_out = contents(batch, export.format, export.options)
    return BuildExport(
        user_id=export.user_id,
        batch_id=batch.id,
        batch_name=batch.name,
        export_id=export.id,
        attempt=export.attempt,
        format=export.format,
        options=export.options,
        settings=batch.settings,
        items=items,
        left_out=left_out,
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


def built(export: ExportState, event: ExportBuilt, now: datetime) -> ExportState:
    """The deliverable is in the store."""
    return replace(
        export,
        status=ExportStatus.COMPLETED,
        progress=100,
        deliverable=event.deliverable,
        file_name=event.file_name,
        left_out=event.left_out,
        expires_at=event.expires_at,
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


def cancelled(export: ExportState, now: datetime) -> ExportState:
    """A person does not want it any more. Raises `Conflict` when it has ended."""
    if not export.open:
        raise Conflict(f"This export is {export.status} already; there is nothing to cancel.")
    return replace(
        export, status=ExportStatus.CANCELLED, worker=None, lease_until=None, next_try_at=None, completed_at=now
    )


def anew(export: ExportState, now: datetime) -> ExportState:
    """A person wants it again. Raises `Conflict` when it is under way, or there."""
    past = export.expires_at is not None and export.expires_at <= now
    if export.open or (export.status is ExportStatus.COMPLETED and not past):
        raise Conflict(
            f"This export is {export.status}; only one that failed, was cancelled or has expired is made anew."
        )
    return ExportState(
        id=export.id,
        batch_job_id=export.batch_job_id,
        user_id=export.user_id,
        format=export.format,
        options=export.options,
        attempt=export.attempt,
        revision=export.revision,
        created_at=export.created_at,
        updated_at=export.updated_at,
    )


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
