"""Production: the steps of a run in their order, from a source in the store to an output beside its cut list."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
from msgspec.structs import replace

from services.processor import checkpoints
from services.processor.cuts import keep_everything, loud_spans, plan_cuts, removed
from services.processor.housekeeping import prefix_of
from services.processor.listening import WINDOW_S, decode_sound, loudness, pack_levels, unpack_levels
from services.processor.render import Render, render
from services.processor.reporting import Reporter
from services.processor.service import Processor
from services.processor.stages import Step
from services.processor.tables import Run as RunRow
from shared.batches import OutputFormat
from shared.claims import Run
from shared.database import patiently
from shared.errors import NotFound, PermanentFailure
from shared.logs import logger
from shared.media import CutList, StoredObject
from shared.messages import ProcessVideo, VideoProcessed
from shared.processes import Limits
from shared.views import ProcessingResult

log = logger(__name__)

CONTENT_TYPES = {
    OutputFormat.MP4: "video/mp4",
    OutputFormat.MOV: "video/quicktime",
    OutputFormat.WEBM: "video/webm",
}
CUTS = "cuts.json"
MEGABYTE = 1024 * 1024


async def produce(video: ProcessVideo, run: Run, at: Processor, reporter: Reporter) -> VideoProcessed:
    """Make the output of a video and store it under the run's token; nothing is said of it yet.

    Raises what `shared.errors` knows: a `PermanentFailure` for what would fail again, something else for what may pass.
    """
    if (made := await _made_before(video, run, at)) is not None:
        return made
    settings = video.settings
    with at.scratch.room() as room:
        source, output = room / "source", room / f"output.{settings.export_format.value}"
        async with reporter.step(Step.FETCHING):
            await _fetch(video, at, source)
        cut_list, doubts = await _cut_list(video, at, reporter, source)
        job = Render(source=source, facts=video.facts, cut_list=cut_list, settings=settings, to=output)
        async with reporter.step(Step.RENDERING) as tell:
            checked = await render(
                job, deadline_s=net_s(video, at), on_progress=tell, threads=at.settings.threads, limits=limits_of(at)
            )
        async with reporter.step(Step.STORING):
            stored = await _store(video, run, at, output, cut_list)
    result = ProcessingResult(
        source_s=round(video.facts.duration_s, 3),
        output_s=round(checked.facts.duration_s, 3),
        silence_removed_s=round(max(0.0, cut_list.source_duration_s - cut_list.kept_s), 3),
        cuts=len(removed(cut_list)),
        steps_s=reporter.seconds,
        warnings=(*doubts, *checked.warnings),
        facts=checked.facts,
    )
    return VideoProcessed(
        batch_video_id=video.batch_video_id,
        run_token=run.token,
        output=stored,
        result=result,
    )


async def _fetch(video: ProcessVideo, at: Processor, to: Path) -> None:
    """Have the source in scratch: the very object that was inspected."""
    fetched = await at.store.fetch(video.source.key, to)
    if (fetched.size_bytes, fetched.etag) != (video.source.size_bytes, video.source.etag):
        raise PermanentFailure("The uploaded file is not the one that was inspected; upload it again.")


async def _cut_list(
    video: ProcessVideo, at: Processor, reporter: Reporter, source: Path
) -> tuple[CutList, tuple[str, ...]]:
    """What to keep of a video, and what people should know about that."""
    settings, facts = video.settings, video.facts
    if not settings.remove_silence:
        return keep_everything(facts), ()
    if not facts.has_audio:
        return keep_everything(facts), ("This video has no sound, so no silence was removed.",)
    levels_file = source.with_name("levels")

    async def listen() -> None:
        samples = source.with_name("samples")
        await decode_sound(
            source,
            facts,
            samples,
            deadline_s=net_s(video, at),
            on_progress=tell,
            limits=limits_of(at),
        )
        levels_file.write_bytes(pack_levels(await asyncio.to_thread(loudness, samples)))
        samples.unlink()

    async with reporter.step(Step.LISTENING) as tell:
        await checkpoints.remembered(at, video, Step.LISTENING, checkpoints.listening_key(video), levels_file, listen)
        levels = unpack_levels(levels_file.read_bytes())
        sound = loud_spans(levels, WINDOW_S, settings.silence_threshold)
        cut_list = plan_cuts(sound, facts, settings)
    if not cut_list.keep:
        quiet = f"Nothing in this video is louder than {settings.silence_threshold:g} dB, so nothing was cut; lower the threshold."
        return keep_everything(facts), (quiet,)
    return cut_list, ()


async def _store(video: ProcessVideo, run: Run, at: Processor, output: Path, cut_list: CutList) -> StoredObject:
    prefix = prefix_of(video.batch_video_id, run.token)
    await at.store.put_bytes(prefix + CUTS, msgspec.json.encode(cut_list), "application/json")
    return await at.store.put_file(prefix + output.name, output, CONTENT_TYPES[video.settings.export_format])


async def _made_before(video: ProcessVideo, run: Run, at: Processor) -> VideoProcessed | None:
    """The output of an earlier run on the same video with the same inputs, taken over by this one, if there is one.

    So it is when a run had stored its output, and lost its claim before that was known.
    """
    made = await patiently(lambda: RunRow.finished_with(video.batch_video_id, checkpoints.inputs(video)))
    if made is None:
        return None
    old, new = (prefix_of(video.batch_video_id, token) for token in (made.run_token, run.token))
    try:
        await at.store.copy(old + CUTS, new + CUTS)
        output = await at.store.copy(made.output.key, new + made.output.key.removeprefix(old))
    except NotFound:
        return None
    if (output.size_bytes, output.crc32) != (made.output.size_bytes, made.output.crc32):
        return None
    log.info("took over the output of an earlier run", earlier=str(made.run_token))
    return replace(made, run_token=run.token, output=output)


def net_s(video: ProcessVideo, at: Processor) -> float:
    """A deadline of a child: a net below that of the run, which comes first, so that two never end a child at once."""
    return at.settings.deadline_s(video.facts.duration_s) + 60.0


def limits_of(at: Processor) -> Limits:
    """What one ffmpeg may take."""
    return Limits(
        memory_bytes=at.settings.ffmpeg_memory_mb * MEGABYTE,
        file_size_bytes=at.settings.largest_output_mb * MEGABYTE,
    )
