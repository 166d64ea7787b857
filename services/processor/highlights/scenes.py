"""Scenes: where the picture becomes another one, told from the key frames alone.

Encoders put a key frame where the scene changes, and decoding nothing else costs a fraction of decoding everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from shared.ffmpeg import CHILD_LIMITS, run_ffmpeg, source
from shared.media import MediaFacts
from shared.processes import Limits

CHANGED = 40
"""How different two key frames must be on average, of 255 steps of brightness."""
_DIFFERENCE = "lavfi.signalstats.YDIF"
_TIME = re.compile(rb"pts_time:([0-9.]+)")


async def scene_changes(
    path: Path,
    facts: MediaFacts,
    *,
    deadline_s: float,
    on_progress: Callable[[float], None],
    limits: Limits = CHILD_LIMITS,
) -> list[float]:
    """When the scene changes, in seconds of the source."""
    found: list[float] = []
    rest = b""

    def read(piece: bytes) -> None:
        nonlocal rest
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if match := _TIME.search(line):
                found.append(float(match[1]))
                on_progress(min(1.0, found[-1] / max(facts.duration_s, 0.001)))

    frames = (
        source(path, skip_frame="nokey")[str(facts.video_stream)].filter("scale", 64, -2).filter("format", "yuv420p")
    )
    changes = frames.filter("signalstats").filter(
        "metadata", "print", key=_DIFFERENCE, value=CHANGED, function="greater", file="pipe:1", direct=1
    )
    await run_ffmpeg(
        changes.output("-", f="null", fps_mode="passthrough").get_args(),
        doing="The pictures of this video could not be read",
        deadline_s=deadline_s,
        on_output=read,
        limits=limits,
    )
    return found
