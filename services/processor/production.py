"""Production: the steps of a run in their order, from a source in the store to an output beside its cut list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from services.processor import checkpoints
from services.processor.analysis import Analysis, analyse
from services.processor.cuts import removed
from services.processor.housekeeping import prefix_of
from services.processor.limits import limits_of, net_s
from services.processor.render import Render, render
from services.processor.reporting import Reporter
from services.processor.service import Processor
from services.processor.stages import Step
from services.processor.tables import Run as RunRow
from services.processor.transcription import subtitles
from services.processor.transcription.embedding import embed_subtitles
from shared.batches import OutputFormat
from shared.claims import Run
from shared.database import patiently
from shared.errors import NotFound, PermanentFailure
from shared.logs import logger
from shared.media import StoredObject
from shared.messages import ProcessVideo, VideoProcessed
from shared.views import ProcessingResult

log = logger(__name__)

CONTENT_TYPES = {
    OutputFormat.MP4: "video/mp4",
    OutputFormat.MOV: "video/quicktime",
    OutputFormat.WEBM: "video/webm",
}
CUTS = "cuts.json"


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
        found = await analyse(video, at, reporter, source)
        job = Render(source=source, facts=video.facts, cut_list=found.cut_list, settings=settings, to=output)
        async with reporter.step(Step.RENDERING) as tell:
            checked = await render(
                job,
                deadline_s=net_s(video, at),
                on_progress=tell,
                threads=at.settings.threads,
                limits=limits_of(at.settings),
                hardware=at.hardware,
            )
            if settings.embed_subtitles and found.transcript and found.transcript.segments:
                await embed_subtitles(job, found.transcript, deadline_s=net_s(video, at), limits=limits_of(at.settings))
        async with reporter.step(Step.STORING):
            stored, beside = await _store(video, run, at, output, found)
    cut_list = found.cut_list
    result = ProcessingResult(
        source_s=round(video.facts.duration_s, 3),
        output_s=round(checked.facts.duration_s, 3),
        silence_removed_s=round(max(0.0, cut_list.source_duration_s - cut_list.kept_s), 3),
        cuts=len(removed(cut_list)),
        steps_s=reporter.seconds,
        warnings=(*found.doubts, *checked.warnings),
        facts=checked.facts,
        files=beside,
        language=found.transcript.language if found.transcript else None,
        words=sum(len(segment.words) for segment in found.transcript.segments) if found.transcript else None,
        highlights=len(found.highlights.highlights) if found.highlights else None,
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


async def _store(
    video: ProcessVideo, run: Run, at: Processor, output: Path, found: Analysis
) -> tuple[StoredObject, tuple[StoredObject, ...]]:
    """Store the output, and beside it all that was found: the output comes last."""
    prefix = prefix_of(video.batch_video_id, run.token)
    await at.store.put_bytes(prefix + CUTS, msgspec.json.encode(found.record), "application/json")
    beside = []
    for name, content, content_type in _side_files(found):
        beside.append(await at.store.put_bytes(prefix + name, content, content_type))
    output_type = CONTENT_TYPES[video.settings.export_format]
    return await at.store.put_file(prefix + output.name, output, output_type), tuple(beside)


def _side_files(found: Analysis) -> Iterator[tuple[str, bytes, str]]:
    """Name, content and type of each file that lies beside the output."""
    if found.transcript is not None:
        for kind, content_type in subtitles.CONTENT_TYPES.items():
            yield f"transcript.{kind}", subtitles.written(found.transcript, kind), content_type
    if found.highlights is not None:
        yield "highlights.json", msgspec.json.encode(found.highlights), "application/json"


async def _made_before(video: ProcessVideo, run: Run, at: Processor) -> VideoProcessed | None:
    """The output of an earlier run on the same video with the same inputs, taken over by this one, if there is one.

    So it is when a run had stored its output, and lost its claim before that was known.
    """
    made = await patiently(lambda: RunRow.finished_with(video.batch_video_id, checkpoints.inputs(video)))
    if made is None or (video.settings.transcribe and made.result.words is None):
        # One without its transcript came of a model that was missing then.
        return None
    old, new = (prefix_of(video.batch_video_id, token) for token in (made.run_token, run.token))
    try:
        await at.store.copy(old + CUTS, new + CUTS)
        files = [await at.store.copy(one.key, new + one.key.removeprefix(old)) for one in made.result.files]
        output = await at.store.copy(made.output.key, new + made.output.key.removeprefix(old))
    except NotFound:
        return None
    if (output.size_bytes, output.crc32) != (made.output.size_bytes, made.output.crc32):
        return None
    log.info("took over the output of an earlier run", earlier=str(made.run_token))
    return replace(made, run_token=run.token, output=output, result=replace(made.result, files=tuple(files)))
