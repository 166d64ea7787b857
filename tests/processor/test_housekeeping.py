"""What runs leave in the store goes when it is not needed, and nothing else does."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

from msgspec.structs import replace

from services.processor.handlers import delete_run
from services.processor.housekeeping import Sweeper, prefix_of
from services.processor.service import Processor
from services.processor.tables import Checkpoint, Run
from shared.media import StoredObject
from shared.messages import DeleteRun, VideoProcessed
from shared.storage import open_store
from shared.views import ProcessingResult

RESULT = ProcessingResult(source_s=1.0, output_s=1.0)
RESULT = ProcessingResult(source_s=60, output_s=42)


async def began(at: Processor, video: UUID) -> UUID:
    """A run that has stored something and goes on."""
    token = uuid4()
    await Run.begin(token, video, 1, at.worker)
    await at.store.put_bytes(prefix_of(video, token) + "output.mp4", b"bytes")
    return token


async def finished(at: Processor, video: UUID) -> UUID:
    token = await began(at, video)
    output = await at.store.stat(prefix_of(video, token) + "output.mp4")
    processed = VideoProcessed(batch_video_id=video, run_token=token, output=output, result=RESULT)
    assert await Run.finish(processed, "inputs")
    return token


async def failed(at: Processor, video: UUID) -> UUID:
    token = await began(at, video)
    await Run.end(token, "failed", "It was damaged.")
    return token


async def tokens_left(at: Processor, video: UUID) -> set[UUID]:
    return {UUID(stored.key.split("/")[2]) async for stored in at.store.list(prefix_of(video))}


async def checkpoint(at: Processor, used_by: UUID) -> tuple[str, StoredObject]:
    key = uuid4().hex
    stored = await at.store.put_bytes(f"checkpoints/{uuid4()}/listening-{key}", b"levels")
    await Checkpoint.keep(key, "listening", uuid4(), used_by, stored)
    return key, stored


async def test_everything_of_a_deleted_video_goes_and_nothing_of_its_neighbour(processor: Processor) -> None:
    video, neighbour = uuid4(), uuid4()
    await finished(processor, video)
    await failed(processor, video)
    other = await finished(processor, neighbour)
    _, levels = await checkpoint(processor, video)
    kept_key, kept_levels = await checkpoint(processor, neighbour)

    await delete_run(DeleteRun(batch_video_id=video), processor)
    await delete_run(DeleteRun(batch_video_id=video), processor)

    assert await tokens_left(processor, video) == set() == await Run.of_video(video)
    assert levels.key not in [stored.key async for stored in processor.store.list("checkpoints/")]
    assert await tokens_left(processor, neighbour) == {other} == await Run.of_video(neighbour)
    assert await Checkpoint.find(kept_key, neighbour) == kept_levels


async def test_the_run_whose_output_is_kept_stays(processor: Processor) -> None:
    video = uuid4()
    await finished(processor, video)
    kept = await finished(processor, video)
    await delete_run(DeleteRun(batch_video_id=video, keep_run=kept), processor)
    assert await tokens_left(processor, video) == {kept} == await Run.of_video(video)


async def test_a_late_command_takes_nothing_from_a_run_that_began_since(processor: Processor) -> None:
    video = uuid4()
    kept = await finished(processor, video)
    newer = await finished(processor, video)
    await delete_run(DeleteRun(batch_video_id=video, keep_run=kept), processor)
    assert await tokens_left(processor, video) == {kept, newer}


async def test_what_still_runs_is_left_to_its_worker(processor: Processor) -> None:
    video = uuid4()
    running = await began(processor, video)
    await failed(processor, video)
    await delete_run(DeleteRun(batch_video_id=video), processor)
    assert await tokens_left(processor, video) == {running}


async def test_a_late_output_goes_alone(processor: Processor) -> None:
    video = uuid4()
    late, current = await finished(processor, video), await finished(processor, video)
    await delete_run(DeleteRun(batch_video_id=video, only_run=late), processor)
    assert await tokens_left(processor, video) == {current} == await Run.of_video(video)


async def test_a_run_that_was_forgotten_cannot_finish(processor: Processor) -> None:
    video = uuid4()
    token = await began(processor, video)
    await Run.forget(video, [token])
    output = StoredObject(key="runs/x", size_bytes=1, etag="e")
    processed = VideoProcessed(batch_video_id=video, run_token=token, output=output, result=RESULT)
    assert not await Run.finish(processed, "inputs")


def impatient(at: Processor, grace_s: float, checkpoint_days: float = 7.0) -> Processor:
    """The same processor, but one that takes what is `grace_s` old for abandoned."""
    changed = replace(at.settings, orphan_grace_s=grace_s, checkpoint_days=checkpoint_days)
    return replace(at, settings=changed)


async def test_the_sweep_removes_what_no_row_knows_and_only_after_the_grace(processor: Processor) -> None:
    video = uuid4()
    kept = await finished(processor, video)
    dead, gone = await failed(processor, video), await began(processor, video)
    await Run.forget(video, [gone])
    lost = await processor.store.put_bytes(f"checkpoints/{uuid4()}/listening-lost", b"levels")
    key, known = await checkpoint(processor, video)
    foreign = await processor.store.put_bytes("runs/readme", b"put here by somebody else")

    patient = Sweeper(impatient(processor, grace_s=3600))
    await patient.sweep_store()
    await patient.sweep_store()
    assert await tokens_left(processor, video) == {kept, dead, gone}

    await Sweeper(impatient(processor, grace_s=0)).sweep_store()
    assert await tokens_left(processor, video) == {kept}
    left = {stored.key async for stored in processor.store.list()}
    assert lost.key not in left and {known.key, foreign.key} <= left
    assert await Checkpoint.find(key, video) == known
    await processor.store.delete(foreign.key)


async def test_a_run_that_is_heard_of_is_not_swept(processor: Processor) -> None:
    video = uuid4()
    running = await began(processor, video)
    await Run.seen(processor.worker)
    sweeper = Sweeper(impatient(processor, grace_s=60))
    await sweeper.sweep_store()
    assert not [prefix for prefix in sweeper.orphans if str(running) in prefix]


async def test_checkpoints_that_nobody_used_go(processor: Processor) -> None:
    key, stored = await checkpoint(processor, uuid4())
    await Sweeper(impatient(processor, grace_s=3600)).sweep()
    assert await Checkpoint.find(key, uuid4()) == stored
    await Sweeper(impatient(processor, grace_s=3600, checkpoint_days=0)).sweep()
    assert await Checkpoint.find(key, uuid4()) is None
    assert stored.key not in [one.key async for one in processor.store.list("checkpoints/")]


async def test_housekeeping_never_touches_sources(processor: Processor, tmp_path: Path) -> None:
    source = await open_store(processor.settings).put_bytes(f"sources/{uuid4()}/{uuid4()}/source", b"film")
    await Sweeper(impatient(processor, grace_s=0, checkpoint_days=0)).sweep()
    assert (await processor.store.stat(source.key)).size_bytes == 4
