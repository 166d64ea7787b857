"""Whatever a processor is doing: a kill costs the stage it was in and no other, and a cancellation frees the machine at once.

Each stage is caught by the ffmpeg that works for it, which is held until the interruption has come. Transcription, whose work is
done by another program, is in `test_words.py`; the instant of storing in `test_storing.py`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY

from services.processor.handlers import process_video
from services.processor.service import Processor
from shared.batches import BatchSettings, Quality
from stack.local import LocalStack
from tests.processor.conftest import QUICK, Upload
from tests.processor.processes import Processes, processes
from tests.processor.scheduler_end import SchedulerEnd

ASKED = BatchSettings(remove_silence=True, detect_highlights=True, export_quality=Quality.P720)
STAGES = {"removing silence": "s16le", "detecting highlights": "signalstats", "exporting": "libx264"}
"""What is in the command line of the ffmpeg that works for a stage."""


@pytest.fixture(autouse=True)
async def sending(processor: Processor) -> AsyncIterator[None]:
    """What the processor commits is sent."""
    sender = asyncio.create_task(processor.outbox.send_for_ever())
    yield
    sender.cancel()
    with suppress(asyncio.CancelledError):
        await sender


@pytest.fixture
def workers(servers: LocalStack, tmp_path: Path) -> Iterator[Processes]:
    """Processors to be started by the test."""
    folder = tmp_path / "workers"
    folder.mkdir()
    with processes(servers, folder, QUICK) as workers:
        yield workers


def listened() -> float:
    """How often this process has decoded the sound of a video."""
    return REGISTRY.get_sample_value("dailies_processor_checkpoints_total", {"step": "listening", "found": "no"}) or 0.0


async def caught(stage: str, folder: Path) -> int:
    """The ffmpeg that works for a stage on files in a folder, held where it is."""
    async with asyncio.timeout(60):
        while True:
            for process in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):
                    command = (process / "cmdline").read_text()
                    ffmpeg = command.split("\0")[0].endswith("ffmpeg")
                    if ffmpeg and str(folder) in command and STAGES[stage] in command:
                        os.kill(int(process.name), signal.SIGSTOP)
                        return int(process.name)
            await asyncio.sleep(0.005)


def lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


@pytest.mark.parametrize("stage", STAGES)
async def test_a_cancellation_in_any_stage_frees_the_machine_within_a_second(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, long: Path, stage: str
) -> None:
    video = await uploaded(long, ASKED)
    task = asyncio.create_task(process_video(video, processor))
    child = await caught(stage, processor.scratch.folder)
    begun = time.monotonic()
    await scheduler.cancel(video.batch_video_id)
    await task
    assert time.monotonic() - begun < 1.0
    assert not lives(child)
    assert list(processor.scratch.folder.iterdir()) == []
    assert video.batch_video_id not in scheduler.failed


@pytest.mark.parametrize(("stage", "listened_again"), [(stage, stage == "removing silence") for stage in STAGES])
async def test_after_a_kill_in_any_stage_only_that_stage_is_done_again(
    workers: Processes,
    processor: Processor,
    scheduler: SchedulerEnd,
    uploaded: Upload,
    long: Path,
    stage: str,
    listened_again: bool,
) -> None:
    video = await uploaded(long, ASKED)
    workers.start("doomed")
    await scheduler.dispatch(video)
    child = await caught(stage, workers.folder)
    workers.send("doomed", signal.SIGKILL)
    workers.wait("doomed")
    async with asyncio.timeout(5):
        while lives(child):
            await asyncio.sleep(0.01)

    before = listened()
    await process_video(replace(video, attempt=2), processor)
    done = await scheduler.output_of(video)
    assert done.run_token == scheduler.tokens[video.batch_video_id][1]
    assert listened() - before == listened_again
