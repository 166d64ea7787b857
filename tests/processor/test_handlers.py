"""One video through a processor, with real servers, a real store and real ffmpeg."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
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
from services.processor.tables import Run
from shared.batches import BatchSettings, OutputFormat, Quality
from shared.cutting import Action, CutEdit, CutRecord, Why
from shared.media import CutList, Stage
from shared.messages import ProcessVideo, VideoProcessed, VideoProgressed
from shared.probing import facts_of
from stack.local import LocalStack
from tests import media as clips
from tests.processor.conftest import Upload
from tests.processor.scheduler_end import SchedulerEnd

SILENCE = BatchSettings(remove_silence=True, export_quality=Quality.P720)
SLOW = BatchSettings(export_format=OutputFormat.WEBM, export_quality=Quality.SOURCE)


@pytest.fixture(scope="session")
def talk(media: Path) -> Path:
    """Three sentences with pauses."""
    return clips.talk(media / "talk.mp4")[0]


@pytest.fixture(autouse=True)
async def sending(processor: Processor) -> AsyncIterator[None]:
    """What the processor commits is sent."""
    sender = asyncio.create_task(processor.outbox.send_for_ever())
    yield
    sender.cancel()
    with suppress(asyncio.CancelledError):
        await sender


@asynccontextmanager
async def at_work(video: ProcessVideo, at: Processor) -> AsyncIterator[asyncio.Task[None]]:
    """The processor has the video in its hands."""
    task = asyncio.create_task(process_video(video, at))
    yield task
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def rendering(scheduler: SchedulerEnd, video: ProcessVideo) -> Callable[[], list[VideoProgressed]]:
    """True once the video is being rendered."""
    return lambda: [
        said
        for said in scheduler.progress[video.video_id]
        if said.stage is Stage.EXPORTING and said.stage_percentage > 2 and said.attempt == video.attempt
    ]


def children() -> list[str]:
    """The programs that this process has started and that still run."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = (process / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            if state != "Z" and int(parent) == os.getpid():
                found.append((process / "comm").read_text().strip())
    return found


def listened() -> float:
    """How often this process has decoded the sound of a video."""
    return made_anew("listening")


def made_anew(step: str) -> float:
    """How often this process has done a step of which there was no checkpoint."""
    return REGISTRY.get_sample_value("dailies_processor_checkpoints_total", {"step": step, "found": "no"}) or 0.0


async def record_of(at: Processor, done: VideoProcessed) -> CutRecord:
    """The cut list beside an output."""
    key = done.output.key.rpartition("/")[0] + "/cuts.json"
    return msgspec.json.decode(b"".join([piece async for piece in at.store.read(key)]), type=CutRecord)


async def stored_keys(at: Processor, video: ProcessVideo) -> set[str]:
    prefix = prefix_of(video.batch_video_id)
    return {stored.key.removeprefix(prefix) async for stored in at.store.list(prefix)}


async def test_a_video_comes_out_shorter_with_its_cut_list_beside_it(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, talk: Path, tmp_path: Path
) -> None:
    video = await uploaded(talk, SILENCE)
    await process_video(video, processor)
    done = await scheduler.output_of(video)

    token = scheduler.tokens[video.batch_video_id][0]
    assert done.run_token == token
    assert await stored_keys(processor, video) == {f"{token}/output.mp4", f"{token}/cuts.json"}
    output = tmp_path / "output.mp4"
    assert await processor.store.fetch(done.output.key, output) == done.output
    assert crc32(output.read_bytes()) == done.output.crc32
    cuts = b"".join(
        [piece async for piece in processor.store.read(f"{prefix_of(video.batch_video_id, token)}cuts.json")]
    )
    cut_list = msgspec.json.decode(cuts, type=CutList)

    facts = await facts_of(output)
    assert facts == done.result.facts
    assert abs(facts.duration_s - cut_list.kept_s) < 0.1
    result = done.result
    assert result.cuts >= 3
    assert result.source_s - result.silence_removed_s == pytest.approx(cut_list.kept_s, abs=0.05)
    assert result.output_s == pytest.approx(facts.duration_s, abs=0.001)
    assert {"fetching", "listening", "cutting", "rendering", "storing"} == set(result.steps_s)
    assert list(processor.scratch.folder.iterdir()) == []


async def test_progress_only_grows_and_says_a_hundred_once_the_output_is_stored(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, long: Path
) -> None:
    video = await uploaded(long, SILENCE)
    await process_video(video, processor)
    await scheduler.until(lambda: any(one.progress_percentage == 100 for one in scheduler.progress[video.video_id]))
    said = [*scheduler.progress[video.video_id]]
    for before, after in pairwise(said):
        assert after.revision > before.revision
        assert after.progress_percentage >= before.progress_percentage
        assert after.stage is not before.stage or after.stage_percentage >= before.stage_percentage
    assert {one.stage for one in said} == {Stage.REMOVING_SILENCE, Stage.EXPORTING}
    assert {(one.run_token, one.attempt) for one in said} == {(scheduler.tokens[video.batch_video_id][0], 1)}
    assert [one.progress_percentage for one in said].count(100) == 1
    assert len({one.progress_percentage for one in said}) > 5, "it is told on the way"
    steady = [(after.at - before.at).total_seconds() for before, after in pairwise(said[:-1])]
    assert min(steady) > 0.15, "five a second at most"


async def test_the_scheduler_hears_at_once_that_a_slot_is_taken_and_free_again(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, talk: Path
) -> None:
    video = await uploaded(talk, BatchSettings())
    await process_video(video, processor)
    await scheduler.until(lambda: len([one for one in scheduler.seen if one.worker == "test"]) == 2)
    taken, free = (one for one in scheduler.seen if one.worker == "test")
    assert (taken.running, free.running) == ((video.batch_video_id,), ())
    assert taken.slots == 1


@pytest.mark.parametrize("damage", ["text", "truncated", "playlist"])
async def test_a_file_that_is_no_video_fails_for_good_with_a_sentence(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, talk: Path, tmp_path: Path, damage: str
) -> None:
    broken = tmp_path / "broken.mp4"
    if damage == "text":
        broken.write_text("This is no film.\n" * 1000)
    elif damage == "truncated":
        clips.truncated(talk, broken)
    else:
        clips.playlist_as_video(broken, talk)
    video = await uploaded(broken, SILENCE, like=talk)
    await process_video(video, processor)
    failed = await scheduler.failure_of(video)
    assert failed.permanent
    assert failed.reason.endswith(".") and str(processor.scratch.folder) not in failed.reason
    assert await stored_keys(processor, video) == set()
    assert list(processor.scratch.folder.iterdir()) == []


async def test_a_source_that_is_gone_fails_for_good(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, talk: Path
) -> None:
    video = await uploaded(talk, SILENCE)
    await processor.store.delete(video.source.key)
    await process_video(video, processor)
    failed = await scheduler.failure_of(video)
    assert (failed.permanent, failed.code) == (True, "not_found")
    assert "upload it again" in failed.reason


async def test_a_source_that_was_replaced_is_not_processed(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, talk: Path
) -> None:
    video = await uploaded(talk, SILENCE)
    await processor.store.put_bytes(video.source.key, talk.read_bytes() + b"\0")
    await process_video(video, processor)
    assert (await scheduler.failure_of(video)).permanent


async def test_a_video_that_takes_too_long_may_be_tried_again(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, long: Path
) -> None:
    hasty = replace(processor, settings=replace(processor.settings, shortest_deadline_s=0.5, deadline_factor=0.01))
    video = await uploaded(long, SLOW)
    await process_video(video, hasty)
    failed = await scheduler.failure_of(video)
    assert not failed.permanent and "ffmpeg" not in children()


async def test_a_silent_video_is_exported_whole_with_a_warning(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, media: Path
) -> None:
    video = await uploaded(clips.video(media / "quiet.mp4", sound=clips.silence(2.0)), SILENCE)
    await process_video(video, processor)
    done = await scheduler.output_of(video)
    assert done.result.cuts == 0 and done.result.output_s == pytest.approx(2.0, abs=0.1)
    assert "lower the threshold" in done.result.warnings[0]


@pytest.mark.parametrize("verdict", ["cancelled", "superseded", "done"])
async def test_a_video_that_is_not_granted_is_not_touched(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, talk: Path, verdict: str
) -> None:
    video = await uploaded(talk, SILENCE)
    scheduler.over[video.batch_video_id] = verdict
    await process_video(video, processor)
    assert await Run.of_video(video.batch_video_id) == set()
    assert scheduler.progress[video.video_id] == []


async def test_a_cancelled_video_is_dropped_within_a_second(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, long: Path
) -> None:
    video = await uploaded(long, SLOW)
    async with at_work(video, processor) as task:
        await scheduler.until(rendering(scheduler, video))
        assert "ffmpeg" in children()
        begun = time.monotonic()
        await scheduler.cancel(video.batch_video_id)
        await task
        assert time.monotonic() - begun < 1.0
    assert "ffmpeg" not in children()
    assert list(processor.scratch.folder.iterdir()) == []
    assert await stored_keys(processor, video) == set()
    assert video.batch_video_id not in scheduler.failed


async def test_what_was_given_back_goes_on_after_its_last_finished_stage(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, long: Path
) -> None:
    video = await uploaded(long, replace(SLOW, remove_silence=True))
    before = listened()
    async with at_work(video, processor):
        await scheduler.until(rendering(scheduler, video))
    assert listened() == before + 1
    assert list(processor.scratch.folder.iterdir()) == []
    await process_video(replace(video, attempt=2), processor)
    done = await scheduler.output_of(video)
    assert done.run_token == scheduler.tokens[video.batch_video_id][1]
    assert listened() == before + 1


async def test_a_changed_threshold_is_not_listened_to_again(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, talk: Path
) -> None:
    video = await uploaded(talk, SILENCE)
    await process_video(video, processor)
    first = await scheduler.output_of(video)
    before = listened()
    again = replace(video, batch_video_id=uuid4(), settings=replace(SILENCE, silence_threshold=-20.0))
    await process_video(again, processor)
    second = await scheduler.output_of(again)
    assert listened() == before
    assert second.result.silence_removed_s > first.result.silence_removed_s


async def test_edited_cuts_are_rendered_without_listening_or_transcribing_again(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, talk: Path
) -> None:
    video = await uploaded(talk, replace(SILENCE, transcribe=True))
    await process_video(video, processor)
    first = await scheduler.output_of(video)
    automatic = await record_of(processor, first)
    assert automatic.peaks and {cut.why for cut in automatic.cuts} == {Why.SILENCE}
    before, transcribed = listened(), made_anew("transcribing")

    quiet, said = automatic.cuts[1], automatic.keep[-1]
    edits = (
        CutEdit(start_s=quiet.start_s, end_s=quiet.end_s, action=Action.KEEP),
        CutEdit(start_s=said.start_s, end_s=said.end_s, action=Action.CUT),
    )
    again = replace(video, batch_video_id=uuid4(), edits=edits)
    await process_video(again, processor)
    second = await scheduler.output_of(again)

    assert (listened(), made_anew("transcribing")) == (before, transcribed)
    record = await record_of(processor, second)
    assert (record.automatic, record.edits, record.peaks) == (automatic.cuts, edits, automatic.peaks)
    assert [stretch.why for stretch in record.protected if stretch.start_s == quiet.start_s] == [Why.BY_HAND]
    assert [stretch.why for stretch in record.cuts if stretch.start_s == said.start_s] == [Why.BY_HAND]
    longer = (quiet.end_s - quiet.start_s) - said.length_s
    assert second.result.output_s - first.result.output_s == pytest.approx(longer, abs=0.1)
    assert 0 < (second.result.words or 0) < (first.result.words or 0), "its words went with what was cut"


async def test_edits_that_leave_nothing_fail_with_a_sentence(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, talk: Path
) -> None:
    video = await uploaded(talk, SILENCE)
    everything = CutEdit(start_s=0, end_s=video.facts.duration_s, action=Action.CUT)
    await process_video(replace(video, edits=(everything,)), processor)
    failed = await scheduler.failure_of(video)
    assert failed.permanent and "keep at least a part" in failed.reason


async def test_a_finished_output_is_taken_over_by_a_run_that_comes_after_it(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, talk: Path
) -> None:
    video = await uploaded(talk, SILENCE)
    await process_video(video, processor)
    first = await scheduler.output_of(video)
    del scheduler.over[video.batch_video_id], scheduler.processed[video.batch_video_id]
    await processor.store.delete(video.source.key)

    await process_video(replace(video, attempt=2), processor)

    second = await scheduler.output_of(video)
    assert second.run_token != first.run_token and second.output.key != first.output.key
    assert (second.output.crc32, second.result) == (first.output.crc32, first.result)
    assert (await processor.store.stat(second.output.key)).size_bytes == first.output.size_bytes


async def test_a_run_that_was_superseded_says_nothing_and_leaves_nothing(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, long: Path
) -> None:
    video = await uploaded(long, SLOW)
    async with at_work(video, processor) as task:
        await scheduler.until(rendering(scheduler, video))
        await process_video(replace(video, attempt=2, settings=BatchSettings()), processor)
        await task
    await scheduler.output_of(video)
    assert {key.split("/")[0] for key in await stored_keys(processor, video)} == {
        str(scheduler.tokens[video.batch_video_id][1])
    }
    assert scheduler.late == []


async def test_a_run_that_lost_its_claim_while_its_process_slept_says_nothing(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, talk: Path
) -> None:
    # The next renewal by itself would come long after the end of this short video.
    scheduler.lease_s = 600.0
    video = await uploaded(talk, SILENCE)
    async with at_work(video, processor) as task:
        await scheduler.until(lambda: scheduler.progress[video.video_id])
        scheduler.tokens[video.batch_video_id].append(uuid4())
        await task
    assert await stored_keys(processor, video) == set()
    assert scheduler.late == [] and video.batch_video_id not in scheduler.processed


async def test_a_database_that_is_away_for_a_moment_costs_only_time(
    processor: Processor, scheduler: SchedulerEnd, uploaded: Upload, talk: Path, servers: LocalStack
) -> None:
    video = await uploaded(talk, SILENCE)
    async with at_work(video, processor) as task:
        await scheduler.until(rendering(scheduler, video))
        await asyncio.to_thread(servers.stop, "postgres")
        async with asyncio.timeout(60):
            while not any("output." in key for key in await stored_keys(processor, video)):
                await asyncio.sleep(0.05)
        assert not task.done()
        await asyncio.to_thread(servers.start, "postgres")
        await task
    done = await scheduler.output_of(video)
    assert done.run_token == scheduler.tokens[video.batch_video_id][0]
