"""Checks of an output: that it is what the cut list promised, before anybody relies on it.

Measured at 0.3 to 0.5 s for a clip of seconds and at a few hundredths of the render for a long video: the sound is decoded once,
of the picture only key frames and a few frames at three places.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from services.processor.encoders import sound_format
from services.processor.graphs import AS_IT_IS, Render
from services.processor.picturecheck import dark_frames, offsets, origin_of, places, shows_something
from services.processor.skipping import Packets, list_packets
from services.processor.soundcheck import Ear, Overheard, lags_s, lost
from shared.errors import PermanentFailure
from shared.ffmpeg import ffmpeg_output, source
from shared.filters import on_the_timeline
from shared.media import MediaFacts
from shared.probing import facts_of
from shared.processes import Limits

One = TypeVar("One")
Other = TypeVar("Other")
_TOLERANCE_S = 0.02
"""A packet of sound; containers tell lengths no finer. And what nobody notices between picture and sound."""
_MOST_TOLD = 3
_WHERE = ("at the beginning", "in the middle", "at the end")


class Checked(Struct, frozen=True, kw_only=True):
    """An output as it was found, and in what it differs from what was promised: sentences for people."""

    facts: MediaFacts
    frames: int
    apart_s: tuple[float | None, ...] = ()
    """By how much the sound comes after its picture at the start, in the middle and at the end; None without sound there."""
    warnings: tuple[str, ...] = ()


async def check_output(job: Render, promised: Overheard | None, *, deadline_s: float, limits: Limits) -> Checked:
    """Open an output and compare it with its source and cut list: frames, lengths, sync, and what became black or silent.

    `promised` is the sound that it should have. Raises `PermanentFailure` when it does not open, or lacks picture or sound.
    """
    # Outputs have their picture in front, so that facts and packets can be asked for at the same time.
    facts, packets = await _both(
        facts_of(job.to), list_packets(job.to, replace(job.facts, video_stream=0), deadline_s=deadline_s)
    )
    if job.facts.has_audio and not facts.has_audio:
        raise PermanentFailure("The output has no sound although the source has; this is a fault of the program.")
    looking = _pictures(job, facts, packets, deadline_s, limits)
    if promised is None:
        return _found(job, facts, packets, (await looking)[1])
    heard, (late, doubts) = await _both(overheard(job, job.to, facts, limits), looking)
    frame_s = float(1 / job.facts.timeline_fps)
    apart = tuple(
        None if lag is None else lag - (frames or 0) * frame_s
        for lag, frames in zip(lags_s(promised, heard), late, strict=True)
    )
    return _found(job, facts, packets, [*doubts, *_apart(apart), *_silent(promised, heard)], apart)


def _found(
    job: Render, facts: MediaFacts, packets: Packets, doubts: Sequence[str], apart: tuple[float | None, ...] = ()
) -> Checked:
    count = len(packets.key)
    return Checked(facts=facts, frames=count, apart_s=apart, warnings=(*_lengths(job, facts, count), *doubts))


async def _both(one: Coroutine[Any, Any, One], other: Coroutine[Any, Any, Other]) -> tuple[One, Other]:
    """What both give; if one fails, the other is ended, and the failure raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = group.create_task(one), group.create_task(other)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return tasks[0].result(), tasks[1].result()


async def _pictures(
    job: Render, facts: MediaFacts, packets: Packets, deadline_s: float, limits: Limits
) -> tuple[Sequence[int | None], list[str]]:
    """By how many frames the picture is late at each place, and what there is to say of it."""
    fps = job.facts.timeline_fps
    keys = [round(shown_s * float(fps)) for shown_s in packets.shown_s[packets.key].tolist()]
    at = places(job.frames, keys)
    try:
        late, dark = await _both(
            offsets(job, at, deadline_s=deadline_s, limits=limits),
            dark_frames(job.to, facts, keys, deadline_s=deadline_s, limits=limits),
        )
        came_from = {origin_of(number, job.frames): number for number in dark}
        shown = await shows_something(job, sorted(came_from), deadline_s=deadline_s, limits=limits)
    except PermanentFailure:
        return [None] * len(at), ["The picture could not be compared with its source; have a look at the result."]
    if not shown:
        return late, []
    moment = _clock(float(came_from[shown[0]] / fps))
    return late, [f"The output is black at {moment}, where the source shows something."]


def _apart(apart_s: Sequence[float | None]) -> Iterator[str]:
    for by_s, where in zip(apart_s, _WHERE, strict=True):
        if by_s is not None and abs(by_s) >= _TOLERANCE_S:
            yield f"Picture and sound are {abs(by_s) * 1000:.0f} milliseconds apart {where} of the output."


def _silent(promised: Overheard, heard: Overheard) -> Iterator[str]:
    for span in lost(promised, heard)[:_MOST_TOLD]:
        moment = _clock(span.start_s)
        yield f"The output is silent for {span.length_s:.1f} seconds at {moment}, where the source has sound."


def _clock(at_s: float) -> str:
    return f"{at_s // 60:.0f}:{at_s % 60:04.1f}"


async def overheard(job: Render, path: Path, facts: MediaFacts, limits: Limits) -> Overheard:
    """What there is to hear in a file, its output or an uncut source, for as long as the output should last."""
    ear = ear_for(job)
    opened = source(path, **(AS_IT_IS if path == job.to else {}))
    heard = on_the_timeline(opened[str(facts.audio_stream)], ear.sample_rate)
    decoding = heard.output("pipe:1", f="f32le", ac=1).get_args()
    doing = "The sound could not be decoded"
    async with ffmpeg_output(decoding, doing=doing, limits=limits) as decoded:
        await ear.listen(decoded)
    return ear.heard()


def ear_for(job: Render) -> Ear:
    """An ear for the sound that the output of a job should have."""
    rate, _ = sound_format(job.facts, job.settings.export_format)
    return Ear(round(_promised(job) / job.facts.timeline_fps * rate), rate)


def _promised(job: Render) -> int:
    return sum(end - start for start, end in job.frames)


def _lengths(job: Render, facts: MediaFacts, frames: int) -> list[str]:
    rate, promised = job.facts.timeline_fps, _promised(job)
    promised_s = float(promised / rate)
    warnings = []
    if frames != promised:
        warnings.append(f"The output has {frames} frames instead of {promised}; the source may be damaged.")
    if abs(facts.duration_s - promised_s) > max(float(1 / rate), _TOLERANCE_S):
        warnings.append(f"The output lasts {facts.duration_s:.2f} seconds instead of {promised_s:.2f}.")
    return warnings + (_ends(facts, rate) if facts.has_audio else [])


def _ends(facts: MediaFacts, rate: Fraction) -> list[str]:
    apart_s = abs((facts.video_end_s or facts.duration_s) - (facts.audio_end_s or facts.duration_s))
    if apart_s > max(float(1 / rate), _TOLERANCE_S):
        return [f"Picture and sound of the output end {apart_s:.2f} seconds apart."]
    return []
