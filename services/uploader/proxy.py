"""Proxies: small copies that every browser plays, frame for frame on the timeline of their sources.

They are made beside the real work, so they take what it leaves: one thread, at the lowest priority.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ffmpeg
from msgspec.structs import replace

from shared.ffmpeg import CHILD_LIMITS, run_ffmpeg, source
from shared.filters import for_usual_screens, on_the_grid, on_the_timeline
from shared.media import MediaFacts
from shared.processes import Limits

SHORT_SIDE = 480
CONTENT_TYPE = "video/mp4"
_SAMPLE_RATE = 48_000
_MEGABYTE = 1024 * 1024
_OPTIONS: dict[str, Any] = {
    "c:v": "libx264",
    "preset": "veryfast",
    "crf": 27,
    "maxrate": 1_500_000,
    "bufsize": 3_000_000,
    "pix_fmt": "yuv420p",
    "profile:v": "high",
    "threads": 1,
    "f": "mp4",
    "movflags": "+faststart",
    "map_metadata": -1,
    "map_chapters": -1,
}


def limits(facts: MediaFacts) -> Limits:
    """What the making of a proxy may take: a file that needs more is not worth it."""
    return replace(
        CHILD_LIMITS,
        niceness=19,
        cpu_seconds=round(600 + 8 * facts.duration_s),
        file_size_bytes=round(64 * _MEGABYTE + facts.duration_s * 300_000),
    )


def deadline_s(facts: MediaFacts) -> float:
    """How long it may take on a machine that is busy with other things."""
    return 3600 + 24 * facts.duration_s


def size(facts: MediaFacts) -> tuple[int, int]:
    """Width and height: the aspect kept, even, never enlarged."""
    scale = min(1.0, SHORT_SIDE / min(facts.width, facts.height))
    width, height = (max(2, round(side * scale / 2) * 2) for side in (facts.width, facts.height))
    return width, height


def arguments(path: Path, facts: MediaFacts, to: Path) -> list[str]:
    """Arguments of ffmpeg. A key frame each second: whoever edits cuts seeks all the time."""
    opened = source(path, threads=1)
    picture = on_the_grid(opened[str(facts.video_stream)], facts)
    picture = picture.filter("scale", *size(facts)).filter("setsar", 1)
    if facts.hdr:
        picture = for_usual_screens(picture, facts)
    streams = [picture]
    options = _OPTIONS | {"g": max(1, round(facts.timeline_fps)), "r": str(facts.timeline_fps)}
    if facts.has_audio:
        streams.append(on_the_timeline(opened[str(facts.audio_stream)], _SAMPLE_RATE))
        options |= {"c:a": "aac", "b:a": 96_000, "ac": 2}
    made: list[str] = ffmpeg.output(*streams, f"file:{to}", **options).get_args()
    return ["-filter_complex_threads", "1", *made]


async def encode(path: Path, facts: MediaFacts, to: Path, on_progress: Callable[[float], None]) -> None:
    """Write the proxy of a source. Raises `PermanentFailure` when it cannot be decoded, or only at too high a price."""
    await run_ffmpeg(
        arguments(path, facts, to),
        doing="A copy that browsers can play could not be made",
        deadline_s=deadline_s(facts),
        duration_s=facts.duration_s,
        on_progress=on_progress,
        limits=limits(facts),
    )
