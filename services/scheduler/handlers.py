"""What the other services tell the scheduler over RabbitMQ."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from services.scheduler import events, exporting
from services.scheduler.events import BatchEvent
from services.scheduler.export_answers import store_export, tell_of
from services.scheduler.exporting import ExportState
from services.scheduler.intake import concurrency_of
from services.scheduler.service import Scheduler
from services.scheduler.starting import start_complete
from services.scheduler.tables import BatchJobs, BatchVideos, Exports, QueueUsers
from shared.batches import ExportStatus
from shared.errors import NotFound
from shared.logs import logger
from shared.messages import (
    AccountChanged,
    DeleteDeliverable,
    DeleteRun,
    ExportBuilt,
    ExportFailed,
    VideoFailed,
    VideoProcessed,
    VideoRejected,
    VideoUploaded,
    VideoUploading,
)
from shared.work import handles

log = logger(__name__)


@handles(AccountChanged)
async def account_changed(event: AccountChanged, at: Scheduler) -> None:
    """Keep the user's limits as told last."""
    limits = at.settings.tiers[event.tier]
    await QueueUsers.known(event.user_id, event.tier.value, limits.weight, concurrency_of(event.concurrency, limits))
    at.dispatcher.wake()


@handles(VideoUploading)
async def video_uploading(event: VideoUploading, at: Scheduler) -> None:
    """Show that the first bytes are here."""
    await _for_each_batch(event.video_id, events.Uploading(video_id=event.video_id), at)


@handles(VideoUploaded)
async def video_uploaded(event: VideoUploaded, at: Scheduler) -> None:
    """The video waits for its turn now, in every batch that has it."""
    await _for_each_batch(
        event.video_id, events.Uploaded(video_id=event.video_id, source=event.source, facts=event.facts), at
    )
    await start_complete(event.video_id, at)


@handles(VideoRejected)
async def video_rejected(event: VideoRejected, at: Scheduler) -> None:
    """The file cannot be processed; the rest of its batch goes on."""
    await _for_each_batch(
        event.video_id, events.Rejected(video_id=event.video_id, code=event.code, reason=event.reason), at
    )
    await start_complete(event.video_id, at)


@handles(VideoProcessed)
async def video_processed(event: VideoProcessed, at: Scheduler) -> None:
    """A run is done; one that is not wanted any more has its output removed."""
    step = events.Processed(
        id=event.batch_video_id, run_token=event.run_token, output=event.output, result=event.result
    )
    await _for_video(event.batch_video_id, step, at)


@handles(VideoFailed)
async def video_failed(event: VideoFailed, at: Scheduler) -> None:
    """A run failed: try again later, or give the video up."""
    batch_id = await BatchVideos.batch_of(event.batch_video_id)
    batch = await BatchJobs.load(batch_id) if batch_id else None
    tries = next((video.retry_count for video in batch.videos if video.id == event.batch_video_id), 0) if batch else 0
    step = events.Failed(
        id=event.batch_video_id,
        run_token=event.run_token,
        permanent=event.permanent,
        code=event.code,
        reason=event.reason,
        backoff=backoff(tries, at),
    )
    await _for_video(event.batch_video_id, step, at)


@handles(ExportBuilt)
async def export_built(event: ExportBuilt, at: Scheduler) -> None:
    """The deliverable is in the store."""

    def step(export: ExportState, now: datetime) -> ExportState:
        return exporting.built(export, event, now)

    await _for_export(event.export_id, event.run_token, step, at)
    async with at.outbox.change():
        # An equal export was given the file that earlier ones have: it stays as long for all of them.
        shared = await Exports.keep_longer(event.deliverable.key, event.expires_at)
        tell_of(at, shared, await BatchJobs.now())


@handles(ExportFailed)
async def export_failed(event: ExportFailed, at: Scheduler) -> None:
    """An export failed: try again later, or give it up."""

    def step(export: ExportState, now: datetime) -> ExportState:
        return exporting.failed(export, event.reason, backoff(export.retry_count, at), now, permanent=event.permanent)

    await _for_export(event.export_id, event.run_token, step, at)


def backoff(tries: int, at: Scheduler) -> timedelta:
    """How long to wait before another try: twice as long each time, with jitter so that failures do not come back together."""
    longest = min(at.settings.retry_first_s * 2**tries, at.settings.retry_most_s)
    return timedelta(seconds=longest * random.uniform(0.5, 1.0))


async def _for_each_batch(video_id: UUID, event: BatchEvent, at: Scheduler) -> None:
    for batch_id in await BatchVideos.batches_waiting_for(video_id):
        try:
            await at.change(batch_id, event)
        except NotFound:
            log.info("news of a video whose batch is gone", batch_id=str(batch_id))


async def _for_video(batch_video_id: UUID, event: BatchEvent, at: Scheduler) -> None:
    batch_id = await BatchVideos.batch_of(batch_video_id)
    try:
        if batch_id is None:
            raise NotFound("gone")
        await at.change(batch_id, event)
    except NotFound:
        # Its batch was deleted while it ran: whatever it stored is nobody's.
        async with at.outbox.change():
            await at.outbox.add(DeleteRun(batch_video_id=batch_video_id))


async def _for_export(
    export_id: UUID, run_token: UUID, step: Callable[[ExportState, datetime], ExportState], at: Scheduler
) -> None:
    async with at.outbox.change():
        export = await Exports.load(export_id, lock=True)
        if export is None or export.status is ExportStatus.CANCELLED:
            await at.outbox.add(DeleteDeliverable(export_id=export_id))
            return
        if export.status is not ExportStatus.PROCESSING or export.run_token != run_token:
            return
        now = await BatchJobs.now()
        await store_export(at, export, step(export, now), now)
