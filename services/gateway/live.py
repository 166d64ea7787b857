"""The last live values of everything that is under way, in memory, and the fences that keep old ones out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

import msgspec
from msgspec import Struct, field

from shared.batches import BatchStatus, ExportStatus, VideoStatus
from shared.media import Stage
from shared.messages import (
    BatchChanged,
    BatchUpdate,
    ExportChanged,
    ExportProgressed,
    UploadProgressed,
    VideoChanged,
    VideoProgressed,
)
from shared.views import BatchDetails, BatchExport, BatchJob, BatchVideo

OVER = frozenset({BatchStatus.COMPLETED, BatchStatus.FAILED, BatchStatus.CANCELLED})
UNDER_WAY = frozenset({ExportStatus.PENDING, ExportStatus.PROCESSING})
SENDING = frozenset({VideoStatus.PENDING, VideoStatus.UPLOADING})

Key = tuple[UUID, str]
"""What an update is about, and its kind."""


class Run(Struct, kw_only=True):
    """What the scheduler last said of the work on one video."""

    attempt: int
    token: UUID | None = None
    """The newest run; None while only the attempt is known."""
    working: bool = True
    stored_percentage: int = 0
    """Progress as the scheduler has it, without what is live."""
    duration_s: float = 0.0
    early: VideoProgressed | None = None
    """Progress of a run of which the scheduler has not told yet; shown as soon as it does."""


class LiveBatch(Struct, kw_only=True):
    """What is remembered of one batch."""

    over: bool = False
    last: dict[Key, BatchUpdate] = field(default_factory=dict)
    """The newest live updates."""
    runs: dict[UUID, Run] = field(default_factory=dict)
    revisions: dict[Key, int] = field(default_factory=dict)
    """The newest states seen."""


class LiveValues:
    """The last values of so many batches, those that moved last."""

    def __init__(self, most_batches: int) -> None:
        self.most_batches = most_batches
        self.batches: OrderedDict[UUID, LiveBatch] = OrderedDict()

    def accept(self, update: BatchUpdate) -> tuple[BatchUpdate, ...]:
        """Take an update in; returns what is news: nothing when it is older than what is known or of a fenced run."""
        batch = self.batches.setdefault(update.batch_id, LiveBatch())
        self.batches.move_to_end(update.batch_id)
        if len(self.batches) > self.most_batches:
            self.batches.popitem(last=False)
        match update:
            case BatchChanged() | VideoChanged() | ExportChanged():
                return _state(batch, update)
            case VideoProgressed():
                return _progress(batch, update)
            case _:
                return (update,) if _is_newer(batch, update) else ()

    def last(self, batch_ids: Iterable[UUID]) -> list[BatchUpdate]:
        """The newest live update of everything under way in these batches."""
        return [
            update
            for batch_id in batch_ids
            if (batch := self.batches.get(batch_id)) is not None
            for update in batch.last.values()
        ]

    def details(self, details: BatchDetails) -> BatchDetails:
        """A batch with the live values over the stored ones."""
        return BatchDetails(
            batch_job=self.job(details.batch_job), videos=tuple(self.video(video) for video in details.videos)
        )

    def video(self, video: BatchVideo) -> BatchVideo:
        """A video with its live progress: of its work, or of its upload."""
        batch = self.batches.get(video.batch_job_id)
        if batch is None:
            return video
        update = batch.last.get((video.video_id, VideoProgressed.kind))
        if (
            isinstance(update, VideoProgressed)
            and video.status is VideoStatus.PROCESSING
            and update.attempt == video.attempt
        ):
            return msgspec.structs.replace(
                video, progress_percentage=update.progress_percentage, current_stage=update.stage
            )
        upload = batch.last.get((video.video_id, UploadProgressed.kind))
        if isinstance(upload, UploadProgressed) and video.status in SENDING and video.uploaded_at is None:
            percent = min(100, upload.bytes_received * 100 // upload.bytes_total) if upload.bytes_total else 0
            return msgspec.structs.replace(video, progress_percentage=percent, current_stage=Stage.UPLOADING)
        return video

    def job(self, job: BatchJob) -> BatchJob:
        """A batch with the live progress of its running videos; as in the scheduler, a video counts by its length."""
        batch = self.batches.get(job.id)
        if batch is None or job.status in OVER or not job.total_duration_seconds:
            return job
        gained_s = 0.0
        for (about_id, _), update in batch.last.items():
            run = batch.runs.get(about_id)
            if isinstance(update, VideoProgressed) and run is not None and run.working:
                gained_s += run.duration_s * max(0, update.progress_percentage - run.stored_percentage) / 100
        percent = min(99, job.progress_percentage + int(100 * gained_s / job.total_duration_seconds))
        return msgspec.structs.replace(job, progress_percentage=max(percent, job.progress_percentage))

    def export(self, export: BatchExport) -> BatchExport:
        """An export with its live progress."""
        batch = self.batches.get(export.batch_job_id)
        update = batch.last.get((export.id, ExportProgressed.kind)) if batch else None
        if not isinstance(update, ExportProgressed) or export.status not in UNDER_WAY:
            return export
        return msgspec.structs.replace(
            export, progress=update.progress, operation=update.operation, remaining_s=update.remaining_s
        )


def _state(batch: LiveBatch, update: BatchChanged | VideoChanged | ExportChanged) -> tuple[BatchUpdate, ...]:
    key = (update.about_id, update.kind)
    if update.revision < batch.revisions.get(key, 0):
        return ()
    batch.revisions[key] = update.revision
    match update:
        case BatchChanged():
            batch.over = update.batch_job.status in OVER
            if batch.over:
                batch.runs.clear()
                batch.last = {key: last for key, last in batch.last.items() if isinstance(last, ExportProgressed)}
        case ExportChanged():
            if update.export.status not in UNDER_WAY:
                batch.last.pop((update.about_id, ExportProgressed.kind), None)
        case VideoChanged():
            return _video_state(batch, update)
    return (update,)


def _video_state(batch: LiveBatch, update: VideoChanged) -> tuple[BatchUpdate, ...]:
    video, before = update.video, batch.runs.get(update.about_id)
    run = Run(
        attempt=video.attempt,
        token=update.run_token,
        working=video.status is VideoStatus.PROCESSING,
        stored_percentage=video.progress_percentage,
        duration_s=video.duration_s or 0.0,
    )
    batch.runs[update.about_id] = run
    if video.uploaded_at is not None or video.status not in SENDING:
        batch.last.pop((update.about_id, UploadProgressed.kind), None)
    last = batch.last.get((update.about_id, VideoProgressed.kind))
    if isinstance(last, VideoProgressed) and not _belongs(last, run):
        del batch.last[update.about_id, VideoProgressed.kind]
    early = before.early if before is not None else None
    if early is not None and run.working and _belongs(early, run) and _is_newer(batch, early):
        return (update, early)
    return (update,)


def _progress(batch: LiveBatch, update: VideoProgressed) -> tuple[BatchUpdate, ...]:
    if batch.over:
        return ()
    run = batch.runs.setdefault(update.about_id, Run(attempt=update.attempt))
    if update.attempt > run.attempt:
        # Its worker is quicker than the scheduler's word, but only the scheduler starts attempts: it is the newest.
        run = batch.runs[update.about_id] = Run(attempt=update.attempt)
        batch.last.pop((update.about_id, update.kind), None)
    if update.attempt < run.attempt or not run.working:
        return ()
    if not _belongs(update, run):
        run.early = update
        return ()
    return (update,) if _is_newer(batch, update) else ()


def _belongs(update: VideoProgressed, run: Run) -> bool:
    return run.working and update.attempt == run.attempt and run.token in (None, update.run_token)


def _is_newer(batch: LiveBatch, update: BatchUpdate) -> bool:
    key = (update.about_id, update.kind)
    last = batch.last.get(key)
    same_run = getattr(last, "run_token", None) == getattr(update, "run_token", None)
    if last is not None and same_run and update.revision <= last.revision:
        return False
    batch.last[key] = update
    return True
