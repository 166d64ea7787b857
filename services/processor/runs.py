"""One run on one video, from its claim to what is said of it: it ends in exactly one event, or it leaves nothing behind."""

from __future__ import annotations

import asyncio

import msgspec
import structlog

from services.processor import checkpoints, metrics
from services.processor.failures import Failure, failure_of
from services.processor.housekeeping import prefix_of
from services.processor.production import produce
from services.processor.reporting import Reporter
from services.processor.service import Processor
from services.processor.stages import plan
from services.processor.tables import Run as RunRow
from shared.claims import Run, RunStopped
from shared.database import patiently
from shared.errors import DailiesError, NotFound, TransientFailure
from shared.logs import logger
from shared.messages import ProcessVideo, RenewLease, VideoFailed, VideoProcessed

log = logger(__name__)


async def run_video(video: ProcessVideo, run: Run, at: Processor) -> None:
    """Make the output of a video and say so, or say why there is none. Raises `RunStopped` when the run is not wanted."""
    with structlog.contextvars.bound_contextvars(run_token=str(run.token), attempt=video.attempt):
        await patiently(lambda: RunRow.begin(run.token, video.batch_video_id, video.attempt, at.worker))
        try:
            failure = await _work(video, run, at)
            if failure is not None:
                await _give_up(video, run, at, failure)
        except (asyncio.CancelledError, RunStopped) as stop:
            await _leave(video, run, at, str(stop) or "stopped")
            raise


async def _work(video: ProcessVideo, run: Run, at: Processor) -> Failure | None:
    """Produce and publish; returns what went wrong, if something did."""
    deadline_s = at.settings.deadline_s(video.facts.duration_s)
    deadline = asyncio.timeout(deadline_s)
    try:
        reporter = Reporter(
            at.bus,
            video,
            run,
            plan(video.settings, video.facts, video.source.size_bytes, edited=bool(video.edits)),
        )
        async with deadline, reporter.sending():
            processed = await produce(video, run, at, reporter)
            await wanted_still(video, run, at)
        await patiently(lambda: _publish(video, at, processed))
        await reporter.finish()
    except RunStopped:
        raise
    except TimeoutError as error:
        if not deadline.expired():
            return failure_of(error)
        reason = f"Processing took longer than the {deadline_s / 60:.0f} minutes that it may take."
        return Failure(permanent=False, code=TransientFailure.code, reason=reason)
    except Exception as error:
        return failure_of(error)
    metrics.videos.labels("processed", "").inc()
    metrics.media_seconds.inc(video.facts.duration_s)
    log.info("a video was processed", **msgspec.to_builtins(processed.result))
    return None


async def wanted_still(video: ProcessVideo, run: Run, at: Processor) -> None:
    """Ask before something is stored or said: this process may have slept while another took over. Raises `RunStopped`.

    No answer is not a stop: the token fences whatever comes too late.
    """
    try:
        renewal = await at.bus.ask(RenewLease(work_id=video.batch_video_id, run_token=run.token))
    except NotFound:
        raise RunStopped("cancelled") from None
    except DailiesError as error:
        log.warning("the lease was not confirmed", error=str(error))
        return
    if renewal.verdict != "go_on":
        raise RunStopped(renewal.verdict)


async def _publish(video: ProcessVideo, at: Processor, processed: VideoProcessed) -> None:
    async with at.outbox.change():
        if not await RunRow.finish(processed, checkpoints.inputs(video)):
            raise RunStopped("superseded")
        await at.outbox.add(processed)


async def _give_up(video: ProcessVideo, run: Run, at: Processor, failure: Failure) -> None:
    metrics.videos.labels("failed", failure.code).inc()
    log.warning(
        "a video failed",
        permanent=failure.permanent,
        code=failure.code,
        reason=failure.reason,
    )
    failed = VideoFailed(
        batch_video_id=video.batch_video_id,
        run_token=run.token,
        permanent=failure.permanent,
        code=failure.code,
        reason=failure.reason,
    )

    async def say() -> None:
        async with at.outbox.change():
            await RunRow.end(run.token, "failed", failure.reason)
            await at.outbox.add(failed)

    await _remove(video, run, at)
    await patiently(say)


async def _leave(video: ProcessVideo, run: Run, at: Processor, reason: str) -> None:
    """End a run that is not wanted, or is given back. Its output stays only if it was said already."""
    try:
        await RunRow.end(run.token, "stopped", reason)
        said = await RunRow.is_stored(run.token)
    except Exception as error:
        log.warning(
            "what a stopped run left behind has to wait for the sweep",
            error=repr(error),
        )
        return
    if not said:
        await _remove(video, run, at)


async def _remove(video: ProcessVideo, run: Run, at: Processor) -> None:
    try:
        await at.store.delete_prefix(prefix_of(video.batch_video_id, run.token))
    except Exception as error:
        log.warning("what a run left behind has to wait for the sweep", error=repr(error))
