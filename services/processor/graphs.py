"""The command lines of a render: filter graph, encoders, container, title and chapters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ffmpeg
from msgspec import Struct

from services.processor.cuts import on_output, to_frames
from services.processor.encoders import (
    Engine,
    Picture,
    audio_options,
    container_options,
    picture_of,
    sound_format,
    video_options,
)
from services.processor.hardware import Hardware
from services.processor.skipping import SHIFT_S, decision, needed_input
from shared.batches import BatchSettings
from shared.ffmpeg import source
from shared.filters import for_usual_screens, on_the_grid
from shared.media import CutList, MediaFacts

_TURNS: dict[int, tuple[tuple[str, ...], ...]] = {
    90: (("transpose", "clock"),),
    180: (("hflip",), ("vflip",)),
    270: (("transpose", "cclock"),),
}
_LEAST_TIMESCALE = 10_000
"""Units in a second of a track; ffmpeg multiplies smaller numbers by itself."""
_UNKNOWN_END_S = 1.0
"""How long the last picture may be held when a file does not say where its picture ends."""

AS_IT_IS: dict[str, Any] = {"seek_timestamp": 1}
"""Options of an input whose times are not moved. Opus begins before 0, and ffmpeg would move everything by that."""


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


def encoding(
    job: Render,
    scratch: Path,
    packets: int | None,
    threads: int,
    special: dict[str, Any] | None = None,
    hardware: Hardware | None = None,
) -> list[str]:
    """Arguments of ffmpeg that encode the kept frames, and the sound that comes in at `pipe:0` if the source has any.

    The picture is read from the pipe `packets` when there is one, else from the source itself. `special` are further
    options of the output. With `hardware` that is what encodes H.264.
    """
    facts, settings = job.facts, job.settings
    picture, fps = picture_of(facts, settings), facts.timeline_fps
    video = source(job.source)[str(facts.video_stream)] if packets is None else needed_input(packets)
    pictures = _pictures(video, job, picture, piped=packets is not None)
    streams = [hardware.uploaded(pictures) if hardware else pictures]
    engine = hardware.engine if hardware else Engine.SOFTWARE
    options = video_options(settings.export_format, settings.export_quality, picture, float(fps), threads, engine)
    if facts.has_audio:
        streams.append(_sound_input(job))
        options |= audio_options(settings.export_format, sound_format(facts, settings.export_format)[1])
    options |= (
        container_options(settings.export_format) | _described_by(len(streams)) | {"r": str(fps)} | (special or {})
    )
    arguments: list[str] = ffmpeg.output(*streams, f"file:{job.to}", **options).get_args()
    # The graph goes into a file, because thousands of cuts are longer than an argument may be.
    place = arguments.index("-filter_complex")
    graph = scratch / "graph.txt"
    graph.write_text(arguments[place + 1])
    arguments[place : place + 2] = [*_notes_input(job, scratch), "-filter_complex_script", str(graph)]
    return [*(hardware.opening() if hardware else []), *arguments]


def joining(job: Render, scratch: Path, video: Path, ahead: int) -> list[str]:
    """Arguments of ffmpeg that put packets of H.264 from an IVF file, and the sound of `pipe:0`, into the container.

    A packet is decoded at most `ahead` frames before it is shown.
    """
    form, fps = job.settings.export_format, job.facts.timeline_fps
    finer = -(-_LEAST_TIMESCALE // fps.numerator)
    opened = ffmpeg.input(f"file:{video}", f="ivf", protocol_whitelist="file", format_whitelist="ivf")
    streams = [opened["v"], *([_sound_input(job)] if job.facts.has_audio else [])]
    # Parameter sets were read from the first packet into the header. Decoding goes by the number of the packet, in the
    # unit of the track: what the filter takes for it (TB) is the one of the input.
    filters = f"filter_units=remove_types=7|8,setts=pts=PTS:dts=(N-{ahead})*{fps.denominator * finer}"
    options: dict[str, Any] = {"c:v": "copy", "bsf:v": filters, "video_track_timescale": fps.numerator * finer}
    if job.facts.has_audio:
        options |= audio_options(form, sound_format(job.facts, form)[1])
    options |= container_options(form) | _described_by(len(streams))
    return _with_notes(ffmpeg.output(*streams, f"file:{job.to}", **options).get_args(), job, scratch)


def copying(job: Render, scratch: Path) -> list[str]:
    """Arguments of ffmpeg that move picture and sound into the wanted container as they are."""
    facts = job.facts
    video = source(job.source)
    streams = [video[str(facts.video_stream)], *([video[str(facts.audio_stream)]] if facts.has_audio else [])]
    options = container_options(job.settings.export_format) | _described_by(1) | {"c": "copy"}
    return _with_notes(ffmpeg.output(*streams, f"file:{job.to}", **options).get_args(), job, scratch)


def _with_notes(arguments: list[str], job: Render, scratch: Path) -> list[str]:
    """The arguments with title and chapters as the last input."""
    place = arguments.index("-map")
    return [*arguments[:place], *_notes_input(job, scratch), *arguments[place:]]


def _sound_input(job: Render) -> Any:
    rate, channels = sound_format(job.facts, job.settings.export_format)
    return ffmpeg.input("pipe:0", f="f32le", ar=rate, ac=channels, protocol_whitelist="pipe")


def _pictures(video: Any, job: Render, picture: Picture, *, piped: bool) -> Any:
    """The kept frames in their new size, upright and progressive."""
    facts, frames = job.facts, job.frames
    fps = facts.timeline_fps
    if piped:
        video = video.filter("setpts", f"PTS-{SHIFT_S}/TB")
    video = on_the_grid(video, facts)
    # Where the sound goes on, the last picture stays; two frames more, because durations are rounded.
    held_s = _UNKNOWN_END_S if facts.video_end_s is None else max(0.0, facts.duration_s - facts.video_end_s)
    video = video.filter("tpad", stop_mode="clone", stop=round(held_s * fps) + 2)
    video = video.filter("trim", end_frame=frames[-1][1])
    if len(frames) > 1 or frames[0][0] > 0:
        edges = [edge for span in frames for edge in span]
        video = video.filter("select", decision("n", edges)).filter("setpts", f"N/({fps}*TB)")
    size = (picture.width, picture.height)
    # What comes from a file is turned upright by ffmpeg itself; the pipe does not carry how it has to be turned.
    turns = _TURNS.get(facts.rotation, ()) if piped else ()
    video = video.filter("scale", *(reversed(size) if turns and facts.rotation != 180 else size)).filter("setsar", 1)
    for turn in turns:
        video = video.filter(*turn)
    if facts.hdr:
        video = for_usual_screens(video, facts)
    if size != (picture.frame_width, picture.frame_height):
        video = video.filter("pad", picture.frame_width, picture.frame_height, "(ow-iw)/2", "(oh-ih)/2")
    return video


def _described_by(place: int) -> dict[str, int]:
    """Title and chapters come from the input in this place, and nothing of who made the source, where and with what."""
    return {"map_metadata": place, "map_chapters": place}


def _notes_input(job: Render, scratch: Path) -> list[str]:
    """An input with title and chapters."""
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
