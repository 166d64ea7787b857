"""Real processor processes that are killed, frozen and told to end in the middle of a video."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

from services.processor.housekeeping import prefix_of
from services.processor.settings import ProcessorSettings
from shared.batches import BatchSettings, OutputFormat, Quality
from shared.media import Stage
from shared.messages import ProcessVideo
from shared.storage import open_store
from stack.local import LocalStack
from tests import media as clips
from tests.processor.conftest import Upload
from tests.processor.scheduler_end import SchedulerEnd

ONE, TWO = "processor.worker.1", "processor.worker.2"
SLOW = BatchSettings(remove_silence=True, export_format=OutputFormat.WEBM, export_quality=Quality.SOURCE)


@pytest.fixture(scope="session")
def long(media: Path) -> Path:
    """Renders long enough to be interrupted."""
    return clips.video(media / "long.mp4", sound=clips.tone(20.0), size="1280x720")


@pytest.fixture
def first(stack: LocalStack) -> Iterator[LocalStack]:
    """One processor that runs; a test may start the second."""
    stack.start(ONE)
    yield stack
    for name in (ONE, TWO):
        if name in stack.names:
            stack.stop(name)


@pytest.fixture
async def video(
    first: LocalStack, scheduler: SchedulerEnd, uploaded: Upload, long: Path
) -> AsyncIterator[ProcessVideo]:
    """A video that the first processor is rendering."""
    video = await uploaded(long, SLOW)
    await scheduler.dispatch(video)
    await scheduler.until(
        lambda: [
            one
            for one in scheduler.progress[video.video_id]
            if one.stage is Stage.EXPORTING and one.stage_percentage > 2
        ]
    )
    yield video


def programs_at_work(stack: LocalStack) -> list[int]:
    """The ffmpegs of any processor of this stack, parents alive or not."""
    scratch = str(stack.folder / "scratch").encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (
                process.joinpath("comm").read_text().startswith("ffmpeg")
                and scratch in process.joinpath("cmdline").read_bytes()
            ):
                found.append(int(process.name))
    return found


def scratch_files(stack: LocalStack, name: str) -> list[Path]:
    return [path for path in (stack.folder / "scratch" / name).rglob("*") if path.is_file() and path.suffix != ".lock"]


async def runs_in_store(settings: ProcessorSettings, video: ProcessVideo) -> set[str]:
    prefix = prefix_of(video.batch_video_id)
    return {stored.key.removeprefix(prefix).split("/")[0] async for stored in open_store(settings).list(prefix)}


async def eventually(scheduler: SchedulerEnd, condition: Callable[[], bool], timeout_s: float = 20.0) -> None:
    """Wait until it is so; the workers' heartbeats give the beat."""
    await scheduler.until(condition, timeout_s)


async def test_a_killed_processor_hands_its_video_to_another(
    first: LocalStack, scheduler: SchedulerEnd, settings: ProcessorSettings, video: ProcessVideo
) -> None:
    first.start(TWO)
    ffmpegs = programs_at_work(first)
    assert ffmpegs and scratch_files(first, ONE)
    first.kill(ONE)

    done = await scheduler.until(lambda: scheduler.processed.get(video.batch_video_id))

    assert len(scheduler.tokens[video.batch_video_id]) == 2
    assert done.run_token == scheduler.tokens[video.batch_video_id][1]
    assert not set(ffmpegs) & set(programs_at_work(first)), "no orphan goes on"
    assert done.result["steps_s"]["listening"] < 1.0
    assert await runs_in_store(settings, video) == {str(done.run_token)}
    first.start(ONE)
    await eventually(scheduler, lambda: not scratch_files(first, ONE))


async def test_a_frozen_processor_that_wakes_late_changes_nothing(
    first: LocalStack, scheduler: SchedulerEnd, settings: ProcessorSettings, video: ProcessVideo
) -> None:
    first.freeze(ONE)
    first.start(TWO)
    await scheduler.dispatch(replace(video, attempt=2))
    done = await scheduler.until(lambda: scheduler.processed.get(video.batch_video_id))
    assert done.run_token == scheduler.tokens[video.batch_video_id][1]

    first.thaw(ONE)
    worker = scheduler.claims[0].worker
    seen = len(scheduler.seen)
    await eventually(scheduler, lambda: any(one.worker == worker and not one.running for one in scheduler.seen[seen:]))
    assert scheduler.late == []
    assert await runs_in_store(settings, video) == {str(done.run_token)}
    assert not programs_at_work(first)
    await eventually(scheduler, lambda: not scratch_files(first, ONE))


async def test_one_command_in_two_hands_is_done_once(
    first: LocalStack, scheduler: SchedulerEnd, settings: ProcessorSettings, video: ProcessVideo
) -> None:
    first.start(TWO)
    await scheduler.dispatch(video)
    done = await scheduler.until(lambda: scheduler.processed.get(video.batch_video_id))
    assert done.run_token == scheduler.tokens[video.batch_video_id][1]
    await eventually(scheduler, lambda: not programs_at_work(first))
    assert scheduler.late == []
    assert await runs_in_store(settings, video) == {str(done.run_token)}


async def test_a_processor_that_is_told_to_end_gives_its_video_back(
    first: LocalStack, scheduler: SchedulerEnd, settings: ProcessorSettings, video: ProcessVideo
) -> None:
    first.start(TWO)
    worker = scheduler.claims[0].worker
    begun = asyncio.get_running_loop().time()
    await asyncio.to_thread(first.stop, ONE)
    assert asyncio.get_running_loop().time() - begun < 5.0
    assert scratch_files(first, ONE) == []
    assert [one.slots for one in scheduler.seen if one.worker == worker][-1] == 0

    done = await scheduler.until(lambda: scheduler.processed.get(video.batch_video_id))
    assert scheduler.failed == {}
    assert await runs_in_store(settings, video) == {str(done.run_token)}


async def test_a_cancelled_video_leaves_the_processor_idle_within_a_second(
    first: LocalStack, scheduler: SchedulerEnd, settings: ProcessorSettings, video: ProcessVideo
) -> None:
    await scheduler.cancel(video.batch_video_id)
    await scheduler.until(lambda: scheduler.seen[-1].running == (), timeout_s=1.0)
    assert programs_at_work(first) == []
    assert scratch_files(first, ONE) == []
    assert await runs_in_store(settings, video) == set()


async def test_a_processor_without_its_settings_says_which(stack: LocalStack) -> None:
    environment = {name: value for name, value in stack.environment(ONE).items() if name != "DAILIES_NATS_URL"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.processor.worker", env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    assert process.returncode == 1 and b"DAILIES_NATS_URL is not set" in errors
