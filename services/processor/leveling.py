"""Leveling: bringing the sound of an output to a wished loudness, by EBU R 128, without ever clipping its peaks.

What is kept is measured first, then all of it gets the same gain: quiet and loud passages keep their distance.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterable, AsyncIterator
from typing import NamedTuple

import ffmpeg
import numpy as np

from shared.ffmpeg import run_ffmpeg
from shared.processes import Limits

CEILING_DB = -1.5
"""Where peaks of samples end up at most: between samples they are a little higher, and encoders add a little more."""
_SILENT_LUFS = -69.0
_TOLERANCE = 0.5
_KEY = b"lavfi.r128.I="


class Measured(NamedTuple):
    """The sound of an output before it is leveled."""

    loudness_lufs: float
    """Integrated loudness of all of it."""
    peak_db: float
    """The highest sample, relative to full scale."""

    def gain_db(self, wished_lufs: float) -> float:
        """By how much to raise or lower it: silence stays silent, and peaks stay below the ceiling."""
        if self.loudness_lufs <= _SILENT_LUFS:
            return 0.0
        return min(wished_lufs - self.loudness_lufs, CEILING_DB - self.peak_db)

    def doubts(self, wished_lufs: float) -> tuple[str, ...]:
        """What people should know when the wish cannot be met."""
        reached = self.loudness_lufs + self.gain_db(wished_lufs)
        if self.loudness_lufs <= _SILENT_LUFS or wished_lufs - reached <= _TOLERANCE:
            return ()
        reason = "any louder, its peaks would be distorted"
        return (f"The sound was brought to {reached:.1f} LUFS instead of {wished_lufs:g}: {reason}.",)


async def measured(
    sound: AsyncIterable[bytes], sample_rate: int, channels: int, *, deadline_s: float, limits: Limits
) -> Measured:
    """Measure a stream of 32-bit float samples; each of its pieces has whole samples."""
    highest, loudness_lufs, rest = 0.0, -math.inf, b""

    async def passing() -> AsyncIterator[bytes]:
        nonlocal highest
        async for piece in sound:
            highest = max(highest, float(np.abs(np.frombuffer(piece, "<f4")).max(initial=0.0)))
            yield piece

    def read(piece: bytes) -> None:
        nonlocal loudness_lufs, rest
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if line.startswith(_KEY):
                loudness_lufs = float(line.removeprefix(_KEY))

    heard = ffmpeg.input("pipe:0", f="f32le", ar=sample_rate, ac=channels, protocol_whitelist="pipe")
    told = heard.filter("ebur128", metadata=1, framelog="verbose").filter(
        "ametadata", "print", key="lavfi.r128.I", file="pipe:1", direct=1
    )
    await run_ffmpeg(
        told.output("-", f="null").get_args(),
        doing="The loudness of this video could not be measured",
        deadline_s=deadline_s,
        on_output=read,
        feed=passing(),
        limits=limits,
    )
    return Measured(loudness_lufs, 20 * math.log10(max(highest, 1e-6)))


async def louder(sound: AsyncIterable[bytes], gain_db: float) -> AsyncIterator[bytes]:
    """The same stream of 32-bit float samples with a gain."""
    factor = np.float32(10 ** (gain_db / 20))
    async for piece in sound:
        yield (np.frombuffer(piece, "<f4") * factor).tobytes()
