"""Transcripts and highlights through a processor: real servers, a real store, ffmpeg, and a real speech model."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4
from zlib import crc32

import msgspec
import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY

from services.processor.handlers import process_video
from services.processor.housekeeping import prefix_of
from services.processor.service import Processor
from services.processor.transcription.whisper import PROGRAM
from shared.batches import BatchSettings, OutputFormat, Quality, Sensitivity
from shared.ffmpeg import ffprobe
from shared.media import Stage
from shared.messages import ProcessVideo, VideoProcessed
from shared.transcripts import Highlights, Transcript, Why
from stack.local import LocalStack
from tests import media as clips
from tests.processor.conftest import QUICK, Upload
from tests.processor.processes import Processes, processes
from tests.processor.scheduler_end import SchedulerEnd

SENTENCES = ("Hello, and welcome to the daily show.", "What is the best answer?", "Thank you for listening.")
EVERYTHING = BatchSettings(
    transcribe=True,
    remove_silence=True,
    detect_highlights=True,
    embed_subtitles=True,
    highlight_sensitivity=Sensitivity.HIGH,
    keywords=("answers",),
    export_quality=Quality.P720,
)
WORDS = BatchSettings(transcribe=True, export_quality=Quality.SOURCE)


@pytest.fixture(scope="session")
def show(media: Path) -> Path:
    """Three sentences of the model's vocabulary, two seconds apart."""
    sound, _ = clips.with_pauses([clips.speech(one, media, words_per_minute=150) for one in SENTENCES], 2.0)
    return clips.video(media / "show.mp4", sound=sound)


@pytest.fixture(autouse=True)
async def sending(processor: Processor) -> AsyncIterator[None]:
    """What the processor commits is sent."""
    sender = asyncio.create_task(processor.outbox.send_for_ever())
    yield
    sender.cancel()
    with suppress(asyncio.CancelledError):
        await sender


def whispers(parent: int) -> set[int]:
    """The whisper children of a process."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, of = (process / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            if state != "Z" and int(of) == parent and PROGRAM in (process / "cmdline").read_text():
                found.add(int(process.name))
    return found


def counted(step: str) -> float:
    """How often this process has done a step itself."""
    return REGISTRY.get_sample_value("dailies_processor_checkpoints_total", {"step": step, "found": "no"}) or 0.0


async def beside(at: Processor, video: ProcessVideo, done: VideoProcessed) -> dict[str, bytes]:
    """The files that lie beside an output."""
    prefix = prefix_of(video.batch_video_id, done.run_token)
    files = {}
    for file in done.result.files:
        content = b"".join([piece async for piece in at.store.read(file.key)])
        assert (len(content), crc32(content)) == (file.size_bytes, file.crc32)
        files[file.key.removeprefix(prefix)] = content
    return files


async def test_an_output_has_its_words_and_highlights_beside_it_and_inside(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, show: Path, tmp_path: Path
) -> None:
    video = await uploaded(show, EVERYTHING)
    await process_video(video, processor)
    done = await scheduler.output_of(video)
    files = await beside(processor, video, done)
    assert set(files) == {*(f"transcript.{kind}" for kind in ("srt", "vtt", "txt", "json")), "highlights.json"}

    transcript = msgspec.json.decode(files["transcript.json"], type=Transcript)
    assert transcript.language == done.result.language == "en"
    assert "best answer" in transcript.text and b"best answer" in files["transcript.srt"]
    assert files["transcript.vtt"].startswith(b"WEBVTT") and b"welcome" in files["transcript.txt"]
    assert done.result.words == sum(len(segment.words) for segment in transcript.segments)

    highlights = msgspec.json.decode(files["highlights.json"], type=Highlights).highlights
    asked = next(one for one in highlights if "best answer" in one.text)
    assert {reason.why for reason in asked.reasons} >= {Why.KEYWORD, Why.QUESTION}
    assert done.result.highlights == len(highlights)

    output = tmp_path / "output.mp4"
    await processor.store.fetch(done.output.key, output)
    kinds = [(stream.codec_type, stream.codec_name) for stream in (await ffprobe(output)).streams]
    assert kinds == [("video", "h264"), ("audio", "aac"), ("subtitle", "mov_text")]
    assert done.result.warnings == ()
    assert {said.stage for said in scheduler.progress[video.video_id]} >= {Stage.TRANSCRIBING, Stage.EXPORTING}


async def test_a_changed_cut_is_not_transcribed_again_and_webm_has_subtitles_too(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, show: Path, tmp_path: Path
) -> None:
    video = await uploaded(show, WORDS)
    await process_video(video, processor)
    whole = await scheduler.output_of(video)
    before = counted("transcribing"), counted("listening")
    changed = replace(WORDS, remove_silence=True, embed_subtitles=True, export_format=OutputFormat.WEBM)
    again = replace(video, batch_video_id=uuid4(), settings=changed)
    await process_video(again, processor)
    short = await scheduler.output_of(again)
    assert (counted("transcribing"), counted("listening")) == before
    texts = [
        msgspec.json.decode((await beside(processor, *one))["transcript.json"], type=Transcript)
        for one in ((video, whole), (again, short))
    ]
    assert texts[0].text == texts[1].text
    last_whole, last_short = (text.segments[-1] for text in texts)
    assert last_whole.source_start == last_short.source_start == last_whole.start
    assert last_short.start < last_whole.start - 2.0
    output = tmp_path / "output.webm"
    await processor.store.fetch(short.output.key, output)
    assert [stream.codec_name for stream in (await ffprobe(output)).streams] == ["vp9", "opus", "webvtt"]


async def test_without_its_model_a_video_fails_for_good_or_goes_on_as_the_setting_says(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, show: Path
) -> None:
    video = await uploaded(show, replace(WORDS, model="nowhere"))
    await process_video(video, processor)
    failed = await scheduler.failure_of(video)
    assert failed.permanent and "make model MODEL=nowhere" in failed.reason and "DAILIES_WHISPER_MODEL" in failed.reason

    lenient = replace(processor, settings=replace(processor.settings, whisper_required=False))
    other = replace(video, batch_video_id=uuid4())
    await process_video(other, lenient)
    done = await scheduler.output_of(other)
    assert done.result.files == () and done.result.words is None
    assert done.result.warnings[0].startswith("This video has no transcript. The speech model 'nowhere'")


async def test_a_video_without_sound_says_what_it_lacks(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, media: Path
) -> None:
    video = await uploaded(clips.video(media / "mute-second.mp4", duration_s=1.0), replace(EVERYTHING, transcribe=True))
    await process_video(video, processor)
    done = await scheduler.output_of(video)
    assert [warning.split(", so ")[1] for warning in done.result.warnings] == [
        "no silence was removed.",
        "it has no transcript.",
        "no highlights could be found in it.",
    ]


@pytest.fixture
def others() -> set[int]:
    """The whisper children of this process that are not the processor's: other tests share one for the whole run."""
    return whispers(os.getpid())


async def transcribing(at: SchedulerEnd, video: ProcessVideo, parent: int, others: set[int]) -> int:
    """The whisper child, at the beginning of its work on the video."""
    async with asyncio.timeout(30):
        while not (found := whispers(parent) - others):
            await asyncio.sleep(0.005)
    # A tiny model has few seconds of speech done before anybody hears that it has begun.
    child = found.pop()
    os.kill(child, signal.SIGSTOP)
    await at.until(lambda: any(said.stage is Stage.TRANSCRIBING for said in at.progress[video.video_id]))
    os.kill(child, signal.SIGCONT)
    return child


async def test_a_cancellation_ends_the_whisper_child_within_a_second(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, show: Path, others: set[int]
) -> None:
    video = await uploaded(show, WORDS)
    task = asyncio.create_task(process_video(video, processor))
    await transcribing(scheduler, video, os.getpid(), others)
    begun = time.monotonic()
    await scheduler.cancel(video.batch_video_id)
    await task
    assert time.monotonic() - begun < 1.0
    assert whispers(os.getpid()) == others and list(processor.scratch.folder.iterdir()) == []
    assert video.batch_video_id not in scheduler.failed


@pytest.fixture
def workers(servers: LocalStack, tmp_path: Path) -> Iterator[Processes]:
    """Processors to be started by the test."""
    with processes(servers, tmp_path, QUICK) as workers:
        yield workers


async def test_after_a_kill_in_the_transcription_only_that_stage_is_done_again(
    workers: Processes, processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, show: Path
) -> None:
    video = await uploaded(show, WORDS)
    workers.start("doomed")
    await scheduler.dispatch(video)
    child = await transcribing(scheduler, video, workers.pid("doomed"), set())
    workers.send("doomed", signal.SIGKILL)
    workers.wait("doomed")
    async with asyncio.timeout(5):
        while Path(f"/proc/{child}").exists():
            await asyncio.sleep(0.01)

    before = counted("listening"), counted("transcribing")
    await process_video(replace(video, attempt=2), processor)
    assert (await scheduler.output_of(video)).result.words
    assert (counted("listening"), counted("transcribing")) == (before[0], before[1] + 1)


async def test_a_killed_whisper_child_is_a_failure_that_may_pass(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, show: Path, others: set[int]
) -> None:
    video = await uploaded(show, WORDS)
    task = asyncio.create_task(process_video(video, processor))
    os.kill(await transcribing(scheduler, video, os.getpid(), others), signal.SIGKILL)
    await task
    failed = await scheduler.failure_of(video)
    assert not failed.permanent and "speech program" in failed.reason
