"""Comparing pictures: frames of an output beside those of its source, small and grey, at a few places only."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ffmpeg
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services.processor.encoders import picture_of
from services.processor.graphs import AS_IT_IS, Render
from services.processor.skipping import key_packets, needed_input
from shared.ffmpeg import run_ffmpeg, source
from shared.media import MediaFacts
from shared.processes import Limits

WIDTH, HEIGHT = 64, 36
LOOKED_AT = 5
"""Frames of the output at each place."""
AROUND = 3
"""Frames of the source on both sides among which they are looked for."""
_BEFORE = 15
"""Frames of the source that are read before those: one of a variable rate is shown until the next is due."""
_MOST_DARK = 8
_DARK = 38
"""The lightest grey of a black picture."""
_SPECKS = 0.02
"""The share of a black picture that may be lighter."""
_STILL = 0.6
"""Shades of grey by which frames differ at least, when something moves."""

Pictures = NDArray[np.int16]
"""Frames, rows, columns; from 0 for black to 255."""


class Place(Struct, frozen=True):
    """Frames of an output, and where they come from."""

    output: int
    source: int
    count: int


def places(frames: Sequence[tuple[int, int]], keys: Sequence[int]) -> list[Place]:
    """The start, the middle and the end of an output that keeps these frames, each within one kept span.

    Middle and end are taken at key frames of the output where some are near, because less has to be decoded there.
    """
    total = sum(end - start for start, end in frames)
    middle = max((key for key in keys if key <= total // 2), default=0)
    last = max((key for key in keys if total * 3 // 4 < key < total), default=max(0, total - LOOKED_AT))
    found = []
    for near in (0, middle, last):
        written = 0
        for start, end in frames:
            length = end - start
            if near < written + length:
                first = min(near - written, max(0, length - LOOKED_AT))
                found.append(Place(written + first, start + first, min(LOOKED_AT, length - first)))
                break
            written += length
    return found


def origin_of(number: int, frames: Sequence[tuple[int, int]]) -> int:
    """The frame of the source that a frame of the output shows; past the end, the last one."""
    for start, end in frames:
        if number < end - start:
            return start + number
        number -= end - start
    return frames[-1][1] - 1


async def offsets(job: Render, at: Sequence[Place], *, deadline_s: float, limits: Limits) -> tuple[int | None, ...]:
    """By how many frames the picture is too late at these places; None where nothing moves, so that nobody can tell."""
    picture = picture_of(job.facts, job.settings)
    outputs, made = [], {}
    with TemporaryDirectory(dir=job.to.parent, prefix="check-") as scratch:
        for number, place in enumerate(dict.fromkeys(at)):
            first, last = max(0, place.source - AROUND), place.source + place.count + AROUND
            output, sources = Path(scratch, f"{number}-output"), Path(scratch, f"{number}-source")
            made[place] = output, sources, place.source - first
            shown = _of_output(job, place, number).filter("crop", picture.width, picture.height)
            outputs.append(_small(shown).output(f"file:{output}", f="rawvideo", fps_mode="passthrough"))
            shown = _of_source(job, first, last, number)
            outputs.append(_small(shown).output(f"file:{sources}", f="rawvideo", fps_mode="passthrough"))
        arguments = ffmpeg.merge_outputs(*outputs).get_args()
        await run_ffmpeg(arguments, doing="The output could not be checked", deadline_s=deadline_s, limits=limits)
        found = {
            place: _offset(_pictures(output), _pictures(sources), before)
            for place, (output, sources, before) in made.items()
        }
    return tuple(found[place] for place in at)


def _of_output(job: Render, place: Place, number: int) -> Any:
    """Frames of the output by their numbers."""
    fps = job.facts.timeline_fps
    # A quarter of a frame earlier, so that no rounding leaves out the first one.
    begin = {"ss": f"{float((place.output - Fraction(1, 4)) / fps):.6f}"} if place.output else {}
    video = source(job.to, **begin, **AS_IT_IS, **_quickly(number))["v"]
    return video.filter("fps", fps=str(fps), start_time=0).filter("trim", end_frame=place.count)


def _of_source(job: Render, first: int, end: int, number: int) -> Any:
    """Frames of the source by their numbers on the grid."""
    fps, before = job.facts.timeline_fps, max(0, first - _BEFORE)
    # A jump by whole frames: all lie on the grid as before. Rounding may leave out the first one, which is not wanted.
    begin = {"ss": f"{float(before / fps):.6f}"} if before else {}
    video = source(job.source, **begin, **_quickly(number))[str(job.facts.video_stream)]
    return video.filter("fps", fps=str(fps), start_time=0).filter(
        "trim", start_frame=first - before, end_frame=end - before
    )


def _quickly(number: int) -> dict[str, Any]:
    """Options of an input that is decoded for a rough look, and that no other input has: ffmpeg-python would join them."""
    return {"skip_loop_filter": "all", "thread_queue_size": 8 + number}


def _small(video: Any) -> Any:
    return video.filter("scale", WIDTH, HEIGHT, flags="area").filter("format", "gray")


def _pictures(path: Path) -> Pictures:
    return np.frombuffer(path.read_bytes(), np.uint8).astype(np.int16).reshape(-1, HEIGHT, WIDTH)


def _offset(output: Pictures, around: Pictures, before: int) -> int | None:
    """How many frames the output is behind, given `before` frames of the source before the one it should begin with."""
    if len(output) == 0 or len(around) < before + 1:
        return None
    missing = before + len(output) - len(around)
    if missing > 0:  # the last picture stays where the sound goes on
        around = np.concatenate((around, np.repeat(around[-1:], missing, axis=0)))
    apart = {}
    for start in range(len(around) - len(output) + 1):
        apart[before - start] = float(np.abs(around[start : start + len(output)] - output).mean())
    least = min(apart.values())
    if max(apart.values()) - least < _STILL:
        return None
    return min((late for late, how_far in apart.items() if how_far <= least * 1.1 + 0.1), key=abs)


async def dark_frames(
    path: Path, facts: MediaFacts, keys: Sequence[int], *, deadline_s: float, limits: Limits
) -> list[int]:
    """Which of the key frames of an output are black. Only key frames are decoded: every few seconds there is one."""
    found = bytearray()
    async with key_packets(path, facts) as packets:
        video = _small(needed_input(packets)["v"])
        arguments = video.output("pipe:1", f="rawvideo", fps_mode="passthrough").get_args()
        await run_ffmpeg(
            arguments,
            doing="The output could not be decoded",
            deadline_s=deadline_s,
            pass_fds=(packets,),
            on_output=found.extend,
            limits=limits,
        )
    grey = np.frombuffer(found, np.uint8).reshape(-1, HEIGHT * WIDTH)
    dark = (grey >= _DARK).mean(axis=1) <= _SPECKS
    return [key for key, black in zip(keys, dark.tolist(), strict=False) if black]


async def shows_something(job: Render, frames: Sequence[int], *, deadline_s: float, limits: Limits) -> list[int]:
    """Which of these frames of the source are not black; of many only a few are looked at."""
    found = []
    for number in list(frames)[:: max(1, len(frames) // _MOST_DARK)]:
        grey = bytearray()
        await run_ffmpeg(
            _small(_of_source(job, number, number + 1, 0)).output("pipe:1", f="rawvideo").get_args(),
            doing="The source could not be read",
            deadline_s=deadline_s,
            on_output=grey.extend,
            limits=limits,
        )
        if np.mean(np.frombuffer(grey, np.uint8) >= _DARK) > _SPECKS:
            found.append(number)
    return found
