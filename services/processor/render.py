"""Rendering: one encode that applies a cut list and the export settings.

The picture goes through a filter graph on a steady grid of frames, from which frames are selected by number. The sound
is decoded beside it, cut to the sample in this process and fed to the encoder. Both end with the same frame.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ffmpeg
from msgspec import Struct

from services.processor.checks import Checked, check_output
from services.processor.cuts import on_output, to_frames
from services.processor.encoders import (
    Picture,
    audio_options,
    can_be_copied,
    container_options,
    picture_of,
    sound_format,
    video_options,
)
from services.processor.listening import on_the_timeline
from services.processor.splicing import pieces_of, spliced
from shared.batches import BatchSettings
from shared.errors import PermanentFailure
from shared.ffmpeg import CHILD_LIMITS, ffmpeg_output, run_ffmpeg, source
from shared.media import CutList, MediaFacts
from shared.processes import Limits

_UNKNOWN_END_S = 1.0
"""How long the last picture may be held when a file does not say where its picture ends."""


class Render(Struct, frozen=True, kw_only=True):
    """What is to be made of what."""

    source: Path
    facts: MediaFacts
    cut_list: CutList
    settings: BatchSettings
    to: Path

    @property
    def frames(self) -> list[tuple[int, int]]:
        """The kept spans as frame numbers."""
        return to_frames(self.cut_list, self.facts.timeline_fps)


async def render(
    job: Render,
    *,
    deadline_s: float,
    on_progress: Callable[[float], None] | None = None,
    threads: int = 0,
    limits: Limits = CHILD_LIMITS,
) -> Checked:
    """Write the output and check it. `threads` 0 is as many as there are processors.

    An uncut video that is what was asked for already is copied, not encoded.

    Raises `PermanentFailure` when nothing would be left, or the source cannot be decoded. What was written so far is
    removed on failure and on cancellation.
    """
    if not job.frames:
        raise PermanentFailure(
            f"Nothing would be left of this video: all of it is quieter than {job.settings.silence_threshold:g} dB; "
            "choose a lower threshold."
        )
    checked: Checked | None = None
    try:
        with TemporaryDirectory(dir=job.to.parent, prefix="render-") as scratch:
            if job.cut_list.cuts_nothing and can_be_copied(job.facts, job.settings):
                checked = await _copy(job, Path(scratch), deadline_s, on_progress, limits)
            if checked is None:
                await _encode(job, Path(scratch), deadline_s, on_progress, threads, limits)
                checked = await check_output(job.to, job.facts, job.cut_list)
        return checked
    finally:
        if checked is None:
            job.to.unlink(missing_ok=True)


async def _copy(
    job: Render, scratch: Path, deadline_s: float, on_progress: Callable[[float], None] | None, limits: Limits
) -> Checked | None:
    """Move the streams into a new container; None when the result is not as exact as an encode would be."""
    facts = job.facts
    video = source(job.source)
    streams = [video[str(facts.video_stream)], *([video[str(facts.audio_stream)]] if facts.has_audio else [])]
    options = container_options(job.settings.export_format) | {"c": "copy", "map_metadata": 1, "map_chapters": 1}
    arguments = ffmpeg.output(*streams, f"file:{job.to}", **options).get_args()
    place = arguments.index("-map")
    arguments[place:place] = _notes_input(job, scratch)
    await run_ffmpeg(
        arguments,
        doing="This video could not be copied",
        deadline_s=deadline_s,
        duration_s=facts.duration_s,
        on_progress=on_progress,
        limits=limits,
    )
    checked = await check_output(job.to, facts, job.cut_list)
    return None if checked.warnings else checked


async def _encode(
    job: Render,
    scratch: Path,
    deadline_s: float,
    on_progress: Callable[[float], None] | None,
    threads: int,
    limits: Limits,
) -> None:
    facts, form = job.facts, job.settings.export_format
    doing = "This video could not be encoded"
    duration_s = float(sum(end - start for start, end in job.frames) / facts.timeline_fps)
    if not facts.has_audio:
        arguments = _arguments(job, scratch, None, threads)
        await run_ffmpeg(
            arguments, doing=doing, deadline_s=deadline_s, duration_s=duration_s, on_progress=on_progress, limits=limits
        )
        return
    rate, channels = sound_format(facts, form)
    sound = ffmpeg.input("pipe:0", f="f32le", ar=rate, ac=channels, protocol_whitelist="pipe")
    decoding = on_the_timeline(source(job.source)[str(facts.audio_stream)], rate).output(
        "pipe:1", f="f32le", ac=channels
    )
    async with ffmpeg_output(decoding.get_args(), doing="The sound of this video could not be read") as decoded:
        await run_ffmpeg(
            _arguments(job, scratch, sound, threads),
            doing=doing,
            deadline_s=deadline_s,
            duration_s=duration_s,
            on_progress=on_progress,
            feed=spliced(decoded, pieces_of(job.frames, facts.timeline_fps, rate), channels),
            limits=limits,
        )


def _arguments(job: Render, scratch: Path, sound: Any, threads: int) -> list[str]:
    """The whole command line after the name of the program."""
    facts, settings = job.facts, job.settings
    picture = picture_of(facts, settings)
    form, fps = settings.export_format, facts.timeline_fps
    streams = [_pictures(source(job.source)[str(facts.video_stream)], job, picture)]
    options = video_options(form, settings.export_quality, picture, float(fps), threads) | container_options(form)
    if sound is not None:
        streams.append(sound)
        options |= audio_options(form, sound_format(facts, form)[1])
    notes = len(streams)
    options |= {"r": str(fps), "map_metadata": notes, "map_chapters": notes}
    arguments: list[str] = ffmpeg.output(*streams, f"file:{job.to}", **options).get_args()
    # The graph goes into a file, because thousands of cuts are longer than an argument may be.
    place = arguments.index("-filter_complex")
    graph = scratch / "graph.txt"
    graph.write_text(arguments[place + 1])
    arguments[place : place + 2] = [*_notes_input(job, scratch), "-filter_complex_script", str(graph)]
    return arguments


def _pictures(video: Any, job: Render, picture: Picture) -> Any:
    """The kept frames in their new size, upright and progressive."""
    facts, frames = job.facts, job.frames
    fps = facts.timeline_fps
    if facts.interlaced:
        video = video.filter("bwdif", mode="send_frame", deint="interlaced")
    video = video.filter("fps", fps=str(fps), start_time=0)
    # Where the sound goes on, the last picture stays; two frames more, because durations are rounded.
    held_s = _UNKNOWN_END_S if facts.video_end_s is None else max(0.0, facts.duration_s - facts.video_end_s)
    video = video.filter("tpad", stop_mode="clone", stop=round(held_s * fps) + 2)
    video = video.filter("trim", end_frame=frames[-1][1])
    if len(frames) > 1 or frames[0][0] > 0:
        video = video.filter("select", _selection(frames)).filter("setpts", f"N/({fps}*TB)")
    size = (picture.width, picture.height)
    video = video.filter("scale", *size).filter("setsar", 1)  # ffmpeg has turned the picture upright already
    if size != (picture.frame_width, picture.frame_height):
        video = video.filter("pad", picture.frame_width, picture.frame_height, "(ow-iw)/2", "(oh-ih)/2")
    return video


def _selection(frames: Sequence[tuple[int, int]]) -> str:
    """An expression that is 1 for the frames kept: a decision tree over frame numbers.

    It costs the logarithm of the number of cuts per frame, and nests no deeper; a sum of `between` fails at a hundred.
    """
    edges = [edge for span in frames for edge in span]

    def choose(low: int, high: int) -> str:
        if low == high:
            return str(low % 2)
        middle = (low + high) // 2
        return f"if(lt(n,{edges[middle]}),{choose(low, middle)},{choose(middle + 1, high)})"

    return choose(0, len(edges))


def _notes_input(job: Render, scratch: Path) -> list[str]:
    """An input with title and chapters, and nothing else that the source tells about who made it and where."""
    notes = scratch / "notes.txt"
    notes.write_text(_notes(job))
    return ["-protocol_whitelist", "file", "-f", "ffmetadata", "-i", f"file:{notes}"]


def _notes(job: Render) -> str:
    """Title and chapters in ffmpeg's metadata format, chapters moved to where their content is in the output."""
    lines = [";FFMETADATA1"]
    if job.facts.title:
        lines.append(f"title={_escaped(job.facts.title)}")
    for chapter in job.facts.chapters:
        start, end = (round(on_output(job.cut_list, at_s) * 1000) for at_s in (chapter.start_s, chapter.end_s))
        if end > start:
            lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={start}", f"END={end}"]
            lines.append(f"title={_escaped(chapter.title)}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "=;#\\\n" else sign for sign in text)
