"""Real processor processes that are killed, frozen and told to end in the middle of a video."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pika
import pytest
from msgspec.structs import replace

from services.processor.housekeeping import prefix_of
from services.processor.settings import ProcessorSettings
from shared.batches import BatchSettings, OutputFormat, Quality
from shared.media import Stage
from shared.messages import ProcessVideo
from shared.storage import open_store
from stack.local import LocalStack
from tests.processor.conftest import QUICK, Upload
from tests.processor.processes import Processes, processes
from tests.processor.scheduler_end import SchedulerEnd

ONE, TWO = "processor-one", "processor-two"
SLOW = BatchSettings(remove_silence=True, export_format=OutputFormat.WEBM, export_quality=Quality.SOURCE)


@pytest.fixture
def workers(servers: LocalStack, settings: ProcessorSettings, tmp_path: Path) -> Iterator[Processes]:
    """Processors to be started by the test."""
    # Other tests have real schedulers, whose commands nobody took: these processors must not begin with them.
    connection = pika.BlockingConnection(pika.URLParameters(settings.rabbitmq_url))
    for queue in ("processor", "processor.DQ"):
        connection.channel().queue_delete(queue)
    connection.close()
    with processes(servers, tmp_path, QUICK) as workers:
        yield workers


@pytest.fixture
async def video(workers: Processes, scheduler: SchedulerEnd, uploaded: Upload, long: Path) -> ProcessVideo:
    """A video that the first of two processors is rendering; the second one is idle."""
    workers.start(ONE)
    video = await uploaded(long, SLOW)
    await scheduler.dispatch(video)
    await scheduler.until(
        lambda: any(
            said.stage is Stage.EXPORTING and said.stage_percentage > 2 for said in scheduler.progress[video.video_id]
        )
    )
    # On a busy machine the second processor takes longer to start than the first one to render.
    with workers.rendering_stopped():
        workers.start(TWO)
        await scheduler.until(lambda: any(seen.worker.startswith(TWO) for seen in scheduler.seen))
    return video


async def runs_in_store(settings: ProcessorSettings, video: ProcessVideo) -> set[str]:
    prefix = prefix_of(video.batch_video_id)
    return {stored.key.removeprefix(prefix).split("/")[0] async for stored in open_store(settings).list(prefix)}


async def test_a_killed_processor_hands_its_video_to_another(
    workers: Processes, scheduler: SchedulerEnd, settings: ProcessorSettings, video: ProcessVideo
) -> None:
    orphans = workers.ffmpegs()
    assert orphans and workers.files(ONE)
    workers.send(ONE, signal.SIGKILL)
    workers.wait(ONE)

    done = await scheduler.output_of(video)

    assert done.run_token == scheduler.tokens[video.batch_video_id][1]
    assert len(scheduler.tokens[video.batch_video_id]) == 2
    assert not orphans & workers.ffmpegs()
    assert await runs_in_store(settings, video) == {str(done.run_token)}
    workers.start(ONE)
    await scheduler.until(lambda: not workers.files(ONE), timeout_s=20)


async def test_a_frozen_processor_that_wakes_late_changes_nothing(
    workers: Processes, scheduler: SchedulerEnd, settings: ProcessorSettings, video: ProcessVideo
) -> None:
    worker = scheduler.claims[0].worker
    workers.send(ONE, signal.SIGSTOP)
    await scheduler.dispatch(replace(video, attempt=2))
    done = await scheduler.output_of(video)
    assert done.run_token == scheduler.tokens[video.batch_video_id][1]

    heard = len(scheduler.seen)
    workers.send(ONE, signal.SIGCONT)
    await scheduler.until(
        lambda: any(seen.worker == worker and not seen.running for seen in scheduler.seen[heard:]), timeout_s=20
    )
    assert not workers.ffmpegs() and not workers.files(ONE)
    assert await runs_in_store(settings, video) == {str(done.run_token)}
    assert scheduler.late == []


async def test_one_command_in_two_hands_is_done_once(
    workers: Processes, scheduler: SchedulerEnd, settings: ProcessorSettings, video: ProcessVideo
) -> None:
    await scheduler.dispatch(video)
    done = await scheduler.output_of(video)
    assert done.run_token == scheduler.tokens[video.batch_video_id][1]
    await scheduler.until(lambda: not workers.ffmpegs(), timeout_s=5)
    assert await runs_in_store(settings, video) == {str(done.run_token)}
    assert scheduler.late == []


async def test_a_processor_that_is_told_to_end_gives_its_video_back(
    workers: Processes, scheduler: SchedulerEnd, settings: ProcessorSettings, video: ProcessVideo
) -> None:
    worker, orphans, begun = scheduler.claims[0].worker, workers.ffmpegs(), time.monotonic()
    workers.send(ONE, signal.SIGTERM)
    await scheduler.until(lambda: len(scheduler.tokens[video.batch_video_id]) == 2, timeout_s=20)
    assert time.monotonic() - begun < 5.0
    assert await asyncio.to_thread(workers.wait, ONE) == 0
    assert not orphans & workers.ffmpegs() and list(workers.scratch(ONE).iterdir()) == []
    assert [seen.slots for seen in scheduler.seen if seen.worker == worker][-1] == 0

    done = await scheduler.output_of(video)
    assert scheduler.failed == {}
    assert await runs_in_store(settings, video) == {str(done.run_token)}


async def test_a_cancelled_video_leaves_its_processor_idle_within_a_second(
    workers: Processes, scheduler: SchedulerEnd, settings: ProcessorSettings, video: ProcessVideo
) -> None:
    worker, heard = scheduler.claims[0].worker, len(scheduler.seen)
    await scheduler.cancel(video.batch_video_id)
    await scheduler.until(
        lambda: any(seen.worker == worker and not seen.running for seen in scheduler.seen[heard:]), timeout_s=1.0
    )
    assert not workers.ffmpegs() and not workers.files(ONE)
    assert await runs_in_store(settings, video) == set()


async def test_a_processor_without_a_setting_says_which(workers: Processes) -> None:
    environment = workers.environment(ONE)
    del environment["DAILIES_NATS_URL"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.processor.worker", env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    assert process.returncode == 1 and b"DAILIES_NATS_URL is not set" in errors
