"""A worker dies or freezes in the middle of a video: the other goes on, once, and nothing is left behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from stack.local import LocalStack
from tests import media as clips
from tests.journeys.test_main_job import files_in, wait

pytestmark = pytest.mark.journey

PROCESSORS = ("processor.worker.1", "processor.worker.2")


@pytest.fixture(scope="module")
def long(media: Path) -> Path:
    """A video that takes a while: ten seconds of a large picture, enlarged."""
    sound, _ = clips.with_pauses([clips.speech(text, media) for text in clips.SENTENCES], 0.9)
    return clips.video(media / "long one.mp4", sound=sound, size="1280x720")


@pytest.fixture
def at_work(dailies: Callable[..., Any], api: httpx.Client, system: LocalStack, long: Path) -> tuple[str, str]:
    """A batch whose only video is being rendered, and the processor that does it."""
    options = ("--remove-silence", "--quality", "4K", "--upscale")
    batch = dailies("submit", long, "--name", "Recovery", *options)["id"]
    exporting = (
        f"select worker from scheduler.batch_videos where batch_job_id = '{batch}' and current_stage = 'exporting'"
    )
    wait(lambda: system.sql(exporting) != "", 60)
    worker = system.sql(exporting)
    (name,) = [name for name in PROCESSORS if f".{system.pid(name)}." in worker]
    return batch, name


def finished(api: httpx.Client, batch: str) -> dict[str, Any]:
    """The only video of a batch, once it is completed."""
    wait(lambda: api.get(f"/api/batch-jobs/{batch}").json()["batch_job"]["status"] == "completed", 120)
    video: dict[str, Any] = api.get(f"/api/batch-jobs/{batch}").json()["videos"][0]
    return video


def outputs_of(video: dict[str, Any], system: LocalStack) -> list[Path]:
    """What the store has of the runs on a video."""
    objects = Path(system.environment("processor.worker.1")["DAILIES_STORE_FOLDER"])
    return list((objects / "objects" / "runs" / video["id"]).glob("*/output.*"))


def encoders() -> list[str]:
    """The command lines of every ffmpeg that runs on this machine and writes into a scratch folder of a processor."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if line.split(" ")[0].endswith("ffmpeg"):
            found.append(line)
    return found


def clean(system: LocalStack) -> bool:
    """Whether no encoder works in the scratch folders of this system, and they are empty."""
    scratch = Path(system.environment("processor.worker.1")["DAILIES_SCRATCH_FOLDER"]).parent
    ours = [path for path in files_in(scratch) if not path.name.endswith(".lock")]
    return not ours and not any(str(scratch) in line for line in encoders())


def test_a_killed_processor_is_replaced_within_seconds(
    at_work: tuple[str, str], api: httpx.Client, system: LocalStack
) -> None:
    batch, name = at_work
    system.kill(name)
    began = time.monotonic()
    try:
        owner = f"select worker from scheduler.batch_videos where batch_job_id = '{batch}'"
        (other,) = set(PROCESSORS) - {name}
        wait(lambda: f".{system.pid(other)}." in system.sql(owner), 20)
        assert time.monotonic() - began < 10
        video = finished(api, batch)
        assert (video["attempt"], video["retry_count"]) == (1, 0), "nobody's failure, and not dispatched again"
        wait(lambda: len(outputs_of(video, system)) == 1)
    finally:
        system.start(name)
    wait(lambda: clean(system), 20)


def test_a_frozen_processor_that_wakes_up_later_changes_nothing(
    at_work: tuple[str, str], api: httpx.Client, system: LocalStack
) -> None:
    batch, name = at_work
    system.freeze(name)
    try:
        video = finished(api, batch)
    finally:
        system.thaw(name)
    wait(lambda: clean(system), 30)
    after: dict[str, Any] = api.get(f"/api/batch-jobs/{batch}").json()
    assert after["videos"][0]["output"] == video["output"]
    assert after["batch_job"]["completed_videos"] == 1
    wait(lambda: len(outputs_of(video, system)) == 1)
