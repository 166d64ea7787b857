"""What becomes of a batch, step by step: a line in the log for each, with its ids, and the numbers for the metrics."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct, field

from services.scheduler import metrics
from services.scheduler.exporting import ExportState
from services.scheduler.state import BatchState, VideoState
from shared.batches import BatchStatus, VideoStatus
from shared.logs import logger

log = logger(__name__)

BATCH = {
    BatchStatus.PENDING: "a batch waits to be started",
    BatchStatus.PROCESSING: "a batch goes on",
    BatchStatus.PAUSED: "a batch is paused",
    BatchStatus.COMPLETED: "a batch is completed",
    BatchStatus.FAILED: "a batch failed",
    BatchStatus.CANCELLED: "a batch is cancelled",
}
ENDED = {
    VideoStatus.COMPLETED: "a video is completed",
    VideoStatus.FAILED: "a video failed for good",
    VideoStatus.CANCELLED: "a video is cancelled",
}


class Line(Struct, frozen=True):
    """One thing that happened: what, and what is said of it besides the batch's id."""

    event: str
    about: dict[str, object] = field(default_factory=dict)


def lines(old: BatchState | None, new: BatchState) -> Iterator[Line]:
    """What happened between two states of a batch, in the order in which it did. Pure."""
    if old is None:
        yield Line("a batch is created", {"videos": len(new.videos), "user_id": str(new.user_id)})
    elif old.status is BatchStatus.PENDING and new.status is BatchStatus.PROCESSING:
        yield Line("a batch is started")
    before = {video.id: video for video in old.videos} if old else {}
    for video in new.videos:
        if (known := before.get(video.id)) is not None and known != video:
            about = {"video_id": str(video.video_id), "batch_video_id": str(video.id)}
            for line in _of_video(known, video):
                yield Line(line.event, about | line.about)
    if old is None or old.status is new.status:
        pass
    elif old.status is not BatchStatus.PENDING or new.status is not BatchStatus.PROCESSING:
        yield Line(BATCH[new.status])
    if new.deleted_at is not None and (old is None or old.deleted_at is None):
        yield Line("a batch is deleted")


def _of_video(old: VideoState, new: VideoState) -> Iterator[Line]:
    attempt: dict[str, object] = {"attempt": new.attempt}
    if new.status is VideoStatus.UPLOADING and old.status is not VideoStatus.UPLOADING:
        yield Line("a video is being uploaded")
    if new.uploaded_at is not None and old.uploaded_at is None:
        yield Line("a video is uploaded and inspected")
    if new.running and (not old.running or old.attempt != new.attempt):
        yield Line("dispatched", attempt)
    if new.run_token != old.run_token and new.running and new.run_token is not None:
        yield Line("a run is claimed", attempt | {"run_token": str(new.run_token), "worker": new.worker})
    if new.running and new.current_stage is not None and new.current_stage != old.current_stage:
        yield Line("a stage is reached", attempt | {"stage": new.current_stage.value})
    if new.retry_count > old.retry_count and not new.finished:
        yield Line("a video is tried again later", attempt | {"code": new.error_code})
    if new.status in ENDED and new.status is not old.status:
        yield Line(ENDED[new.status], attempt | ({"code": new.error_code} if new.error_code else {}))


def write(old: BatchState | None, new: BatchState) -> None:
    """Put what happened into the log and into the metrics; after the commit, or it did not happen."""
    for line in lines(old, new):
        log.info(line.event, batch_id=str(new.id), **line.about)
    if old is None:
        return
    before = {video.id: video for video in old.videos}
    for video in new.videos:
        if (known := before.get(video.id)) is not None and known != video:
            _count(new, known, video)
    if new.over and not old.over:
        metrics.batches_ended.labels(new.status.value).inc()


def _count(batch: BatchState, old: VideoState, new: VideoState) -> None:
    now = batch.updated_at
    if new.running and not old.running:
        if (since := waited_since(batch, old)) is not None:
            metrics.wait_seconds.observe(max(0.0, (now - since).total_seconds()))
        metrics.dispatched.inc()
    if new.retry_count > old.retry_count and not new.finished:
        metrics.retries.labels(new.error_code or "").inc()
    if new.status in ENDED and new.status is not old.status:
        metrics.videos_ended.labels(new.status.value, new.error_code or "").inc()
        if new.status is VideoStatus.COMPLETED and new.started_at is not None:
            metrics.video_seconds.observe(max(0.0, (now - new.started_at).total_seconds()))


def waited_since(batch: BatchState, video: VideoState) -> datetime | None:
    """Since when a video could have been handed out."""
    times = [time for time in (batch.started_at, video.uploaded_at, video.next_try_at) if time is not None]
    return max(times, default=None)


def write_export(old: ExportState | None, new: ExportState) -> None:
    """The same for an export."""
    about = {"batch_id": str(new.batch_job_id), "export_id": str(new.id), "attempt": new.attempt}
    if old is None or old.attempt != new.attempt:
        log.info("an export is asked for", format=new.format.value, **about)
    if old is not None and new.run_token is not None and new.run_token != old.run_token:
        log.info("an export is claimed", worker=new.worker, **about)
    if old is not None and new.retry_count > old.retry_count:
        log.info("an export is tried again later", **about)
    if old is not None and old.open and not new.open:
        log.info("an export has ended", status=new.status.value, **about)
        metrics.exports_ended.labels(new.format.value, new.status.value).inc()
        metrics.export_seconds.labels(new.format.value).observe(
            max(0.0, (new.updated_at - new.created_at).total_seconds())
        )
