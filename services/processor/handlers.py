"""What the processor does when RabbitMQ hands it a message."""

from __future__ import annotations

from services.processor import housekeeping, metrics
from services.processor.runs import run_video
from services.processor.service import Processor
from shared.claims import RunStopped, claimed
from shared.logs import logger
from shared.messages import DeleteRun, ProcessVideo
from shared.work import handles

log = logger(__name__)


@handles(ProcessVideo, retries=0)
async def process_video(video: ProcessVideo, at: Processor) -> None:
    """Claim the run; listen, cut, render; then say what came of it."""
    async with at.presence.busy(video.batch_video_id):
        try:
            async with claimed(at.bus, video.batch_video_id, video.attempt, at.worker) as run:
                await run_video(video, run, at)
        except RunStopped as stopped:
            log.info("a run was stopped", verdict=stopped.verdict)
            metrics.videos.labels("stopped", stopped.verdict).inc()


@handles(DeleteRun)
async def delete_run(command: DeleteRun, at: Processor) -> None:
    """Remove what runs left in the store."""
    await housekeeping.delete_runs(command, at)


HANDLERS = (process_video, delete_run)
