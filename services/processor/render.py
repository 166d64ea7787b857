"""Rendering: one encode that applies a cut list and the export settings.

The picture goes through a filter graph on a steady grid of frames, from which frames are selected by number. The sound
is decoded beside it, cut to the sample in this process and fed to the encoder. Both end with the same frame.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from services.processor.checks import Checked, check_output, ear_for, overheard
from services.processor.encoders import can_be_copied, sound_format
from services.processor.graphs import Render, copying, encoding
from services.processor.listening import on_the_timeline
from services.processor.skipping import needed_packets, packets_to_skip
from services.processor.soundcheck import Overheard
from services.processor.splicing import pieces_of, spliced
from shared.errors import PermanentFailure
from shared.ffmpeg import CHILD_LIMITS, ffmpeg_output, run_ffmpeg, source
from shared.processes import Limits

_DAMAGE = ("Error while decoding stream", "corrupt decoded frame")
__all__ = ["Render", "render"]


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
                doubts, promised = await _encode(job, Path(scratch), deadline_s, on_progress, threads, limits)
                checked = await check_output(job, promised, deadline_s=deadline_s, limits=limits)
                checked = replace(checked, warnings=(*doubts, *checked.warnings))
        return checked
    finally:
        if checked is None:
            job.to.unlink(missing_ok=True)


async def _copy(
    job: Render, scratch: Path, deadline_s: float, on_progress: Callable[[float], None] | None, limits: Limits
) -> Checked | None:
    """Move the streams into a new container; None when the result is not as exact as an encode would be."""
    await run_ffmpeg(
        copying(job, scratch),
        doing="This video could not be copied",
        deadline_s=deadline_s,
        duration_s=job.facts.duration_s,
        limits=limits,
    )
    promised = await overheard(job, job.source, job.facts, limits) if job.facts.has_audio else None
    checked = await check_output(job, promised, deadline_s=deadline_s, limits=limits)
    if checked.warnings:
        return None
    if on_progress is not None:
        on_progress(1.0)
    return checked


async def _encode(
    job: Render,
    scratch: Path,
    deadline_s: float,
    on_progress: Callable[[float], None] | None,
    threads: int,
    limits: Limits,
) -> tuple[tuple[str, ...], Overheard | None]:
    """Write the output, and return what people should know about the source, and the sound that went into the output."""
    facts, frames = job.facts, job.frames
    async with AsyncExitStack() as beside:
        sound = packets = ear = None
        if skipped := await packets_to_skip(job.source, facts, frames, deadline_s=deadline_s):
            packets = await beside.enter_async_context(needed_packets(job.source, facts, skipped))
        if facts.has_audio:
            rate, channels = sound_format(facts, job.settings.export_format)
            heard = on_the_timeline(source(job.source)[str(facts.audio_stream)], rate)
            decoding = heard.output("pipe:1", f="f32le", ac=channels).get_args()
            doing = "The sound of this video could not be read"
            decoded = await beside.enter_async_context(ffmpeg_output(decoding, doing=doing, limits=limits))
            ear = ear_for(job)
            sound = ear.beside(spliced(decoded, pieces_of(frames, facts.timeline_fps, rate), channels), channels)
        done = await run_ffmpeg(
            encoding(job, scratch, packets, threads),
            doing="This video could not be encoded",
            deadline_s=deadline_s,
            duration_s=float(sum(end - start for start, end in frames) / facts.timeline_fps),
            on_progress=on_progress,
            feed=sound,
            pass_fds=() if packets is None else (packets,),
            limits=limits,
        )
    # Decoders complain as well of what follows skipped packets; nothing of that is shown.
    damaged = packets is None and any(sign in done.errors for sign in _DAMAGE)
    doubts = (
        ("Parts of the source are damaged and could not be decoded; have a look at the result.",) if damaged else ()
    )
    return doubts, ear.heard() if ear else None
