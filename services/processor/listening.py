"""Listening: the sound of a video is decoded once, and all that hears works on the result.

Memory is constant for any length: samples lie in a file and are read block by block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.cutting import PEAKS_PER_S
from shared.ffmpeg import CHILD_LIMITS, run_ffmpeg, source
from shared.filters import on_the_timeline
from shared.media import MediaFacts
from shared.processes import Limits

SAMPLE_RATE = 16_000
"""What speech models want; loudness is well served by it too."""
WINDOW_S = 0.01
"""Seconds behind each value of loudness."""
FLOOR_DB = -120.0
"""The loudness of nothing at all."""
_WINDOW = round(SAMPLE_RATE * WINDOW_S)
_BLOCK = _WINDOW * 60_000

Levels = NDArray[np.float32]


async def decode_sound(
    path: Path,
    facts: MediaFacts,
    to: Path,
    *,
    deadline_s: float,
    on_progress: Callable[[float], None] | None = None,
    limits: Limits = CHILD_LIMITS,
) -> None:
    """Write the sound of a video as bare 16-bit samples, one channel at `SAMPLE_RATE`, on the video's timeline.

    It may end before the video does. Raises `PermanentFailure` when the sound cannot be decoded.
    """
    heard = on_the_timeline(source(path)[str(facts.audio_stream)], SAMPLE_RATE)
    # Without sinks for them, ffmpeg neither decodes nor reads the other streams further than to skip them.
    arguments = heard.output(f"file:{to}", f="s16le", ac=1, t=f"{facts.duration_s:.6f}").get_args()
    await run_ffmpeg(
        arguments,
        doing="The sound of this video could not be read",
        deadline_s=deadline_s,
        duration_s=facts.duration_s,
        on_progress=on_progress,
        limits=limits,
    )


def loudness(samples: Path) -> Levels:
    """Root mean square of each window of `WINDOW_S`, in dB relative to full scale, never below `FLOOR_DB`.

    The last window may be partly empty.
    """
    levels = [np.empty(0, np.float32)]
    for block in _blocks(samples):
        squares = np.square(_whole_windows(block).astype(np.float32)).mean(axis=1) / 32768.0**2
        # Bounded on both sides of the logarithm: there is none of nothing, and it is rounded.
        levels.append(np.maximum(10 * np.log10(np.maximum(squares, 10 ** (FLOOR_DB / 10))), FLOOR_DB))
    return np.concatenate(levels, dtype=np.float32)


def peaks(samples: Path) -> bytes:
    """The waveform: the highest deflection in each of `PEAKS_PER_S` parts of a second, one byte each, 255 being full scale."""
    found = []
    for block in _blocks(samples):
        windows = _whole_windows(block, SAMPLE_RATE // PEAKS_PER_S).astype(np.int32)
        found.append((np.maximum(windows.max(axis=1), -windows.min(axis=1)) * 255 // 32768).astype(np.uint8).tobytes())
    return b"".join(found)


def pack_levels(levels: Levels) -> bytes:
    """Loudness as small as it is worth keeping: two bytes a window."""
    return levels.astype("<f2").tobytes()


def unpack_levels(packed: bytes) -> Levels:
    """What `pack_levels` packed."""
    return np.frombuffer(packed, "<f2").astype(np.float32)


def _blocks(samples: Path) -> Iterator[NDArray[np.int16]]:
    with samples.open("rb") as file:
        while data := file.read(_BLOCK * 2):
            yield np.frombuffer(data[: len(data) // 2 * 2], "<i2")


def _whole_windows(block: NDArray[np.int16], window: int = _WINDOW) -> NDArray[np.int16]:
    """The samples, one row a window, zeros after the last."""
    missing = -len(block) % window
    return (np.pad(block, (0, missing)) if missing else block).reshape(-1, window)
