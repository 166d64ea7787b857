"""Encoding: the picture by one ffmpeg, and the sound, decoded beside it and cut to the sample in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from services.processor.checks import ear_for
from services.processor.encoders import sound_format
from services.processor.graphs import Render, encoding
from services.processor.hardware import Hardware
from services.processor.leveling import louder, measured
from services.processor.skipping import needed_packets, packets_to_skip
from services.processor.soundcheck import Ear
from services.processor.splicing import pieces_of, spliced
from shared.batches import OutputFormat
from shared.ffmpeg import ffmpeg_output, run_ffmpeg, source
from shared.filters import on_the_timeline
from shared.processes import Limits

_DAMAGE = ("Error while decoding stream", "corrupt decoded frame")


class Means(Struct, frozen=True, kw_only=True):
    """What a render may take, and who hears how far it is."""

    deadline_s: float
    limits: Limits
    threads: int = 0
    hardware: Hardware | None = None
    """What encodes H.264 in place of the processors."""
    on_progress: Callable[[float], None] | None = None

    def part(self, start: float, end: float) -> Means:
        """The same for a part of the work, whose progress lies between two shares of the whole."""
        tell = self.on_progress
        if tell is None:
            return self
        return replace(self, on_progress=lambda share: tell(start + share * (end - start)))


class Sounding(Struct, frozen=True):
    """Sound on its way into an encoder, and who remembers it."""

    feed: AsyncIterator[bytes] | None = None
    ear: Ear | None = None
    doubts: tuple[str, ...] = ()


@asynccontextmanager
async def kept_sound(job: Render, means: Means) -> AsyncIterator[Sounding]:
    """Hold the sound that belongs to the kept frames, cut to the sample and as loud as asked for.

    Nothing when the source has none.
    """
    if not job.facts.has_audio:
        yield Sounding()
        return
    rate, channels = sound_format(job.facts, job.settings.export_format)
    wished, ear = job.settings.loudness_lufs, ear_for(job)
    if wished is None:
        async with _cut_sound(job, means) as sound:
            yield Sounding(ear.beside(sound, channels), ear)
        return
    async with _cut_sound(job, means) as sound:
        found = await measured(sound, rate, channels, deadline_s=means.deadline_s, limits=means.limits)
    async with _cut_sound(job, means) as sound:
        leveled = louder(sound, found.gain_db(wished))
        yield Sounding(ear.beside(leveled, channels), ear, found.doubts(wished))


@asynccontextmanager
async def _cut_sound(job: Render, means: Means) -> AsyncIterator[AsyncIterator[bytes]]:
    rate, channels = sound_format(job.facts, job.settings.export_format)
    heard = on_the_timeline(source(job.source)[str(job.facts.audio_stream)], rate)
    decoding = heard.output("pipe:1", f="f32le", ac=channels).get_args()
    doing = "The sound of this video could not be read"
    async with ffmpeg_output(decoding, doing=doing, limits=means.limits) as decoded:
        yield spliced(decoded, pieces_of(job.frames, job.facts.timeline_fps, rate), channels)


async def encode(
    job: Render, scratch: Path, means: Means, special: dict[str, Any] | None = None
) -> tuple[tuple[str, ...], Ear | None]:
    """Write the output, and return what people should know about the source, and who remembers its sound."""
    hardware = None if job.settings.export_format is OutputFormat.WEBM else means.hardware
    async with AsyncExitStack() as beside:
        packets = None
        if skipped := await packets_to_skip(job.source, job.facts, job.frames, deadline_s=means.deadline_s):
            packets = await beside.enter_async_context(needed_packets(job.source, job.facts, skipped))
        sound = await beside.enter_async_context(kept_sound(job, means))
        done = await run_ffmpeg(
            encoding(job, scratch, packets, means.threads, special, hardware),
            doing="This video could not be encoded",
            deadline_s=means.deadline_s,
            duration_s=float(sum(end - start for start, end in job.frames) / job.facts.timeline_fps),
            on_progress=means.on_progress,
            feed=sound.feed,
            pass_fds=() if packets is None else (packets,),
            limits=hardware.limits(means.limits) if hardware else means.limits,
        )
    # Decoders complain as well of what follows skipped packets; nothing of that is shown.
    if packets is None and any(sign in done.errors for sign in _DAMAGE):
        damaged = "Parts of the source are damaged and could not be decoded; have a look at the result."
        return (damaged, *sound.doubts), sound.ear
    return sound.doubts, sound.ear
