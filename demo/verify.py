"""Checks an output as a stranger would: opens it with ffprobe and ffmpeg, and believes no other source."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

APART_S = 0.040
"""So far apart may picture and sound end: people notice at about twice that."""
PACKET_S = 0.024
"""The longest packet of sound (AAC, 1024 samples at 44.1 kHz), rounded up: no container tells lengths more finely."""


@dataclass(frozen=True)
class Expected:
    """What an output must be, in seconds: what its result says, and what was put between the sentences."""

    output_s: float
    source_s: float
    silence_removed_s: float
    pauses_s: float
    pause_count: int
    height: int


@dataclass(frozen=True)
class Stream:
    """A stream as ffprobe sees it."""

    kind: str
    start_s: float
    duration_s: float
    frame_s: float
    height: int


def problems(path: Path, expected: Expected) -> list[str]:
    """What is wrong with an output; nothing when it is as it should be."""
    streams, duration_s = probe(path)
    kinds = sorted(stream.kind for stream in streams)
    if kinds != ["audio", "video"]:
        return [f"has the streams {', '.join(kinds) or 'none'} instead of one video and one audio"]
    sound, picture = sorted(streams, key=lambda stream: stream.kind)
    return [*_lengths(sound, picture, duration_s, expected), *_decoding(path)]


def _lengths(sound: Stream, picture: Stream, duration_s: float, expected: Expected) -> list[str]:
    found = []
    near_s = max(picture.frame_s, PACKET_S)
    for what, promised_s in (
        ("its result says", expected.output_s),
        ("is left of its source by its cut list", expected.source_s - expected.silence_removed_s),
    ):
        # The numbers in a result are rounded to milliseconds.
        if abs(duration_s - promised_s) > near_s + 0.002:
            found.append(f"lasts {duration_s:.3f} s, but {promised_s:.3f} s is what {what}")
    if abs(sound.duration_s - picture.duration_s) > APART_S:
        found.append(f"has {picture.duration_s:.3f} s of picture and {sound.duration_s:.3f} s of sound")
    found += [
        f"begins its {stream.kind} at {stream.start_s:.3f} s instead of 0"
        for stream in (sound, picture)
        if abs(stream.start_s) > near_s
    ]
    if picture.height != expected.height:
        found.append(f"is {picture.height} lines high instead of {expected.height}")
    # Of each pause a margin stays (0.35 s by default), and voices begin and end softly.
    least_s = expected.pauses_s - 0.6 * expected.pause_count
    most_s = expected.pauses_s + 0.6 * expected.pause_count
    if not least_s <= expected.silence_removed_s <= most_s:
        found.append(
            f"lost {expected.silence_removed_s:.1f} s, though its pauses together are {expected.pauses_s:.1f} s"
        )
    return found


def _decoding(path: Path) -> list[str]:
    """What ffmpeg complains of when it decodes every frame."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-xerror", "-i", str(path), "-f", "null", "-"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode or done.stderr:
        return [f"cannot be decoded: {done.stderr.strip()[-300:]}"]
    return []


def probe(path: Path) -> tuple[list[Stream], float]:
    """The streams of a file and its seconds."""
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ValueError(f"{path.name} does not open: {done.stderr.strip()[-300:]}")
    told = json.loads(done.stdout)
    return [_stream(stream) for stream in told["streams"]], float(told["format"]["duration"])


def _stream(told: dict[str, Any]) -> Stream:
    rate = Fraction(told["r_frame_rate"]) if told["codec_type"] == "video" else None
    return Stream(
        kind=told["codec_type"],
        start_s=float(told.get("start_time", 0)),
        duration_s=float(told["duration"]),
        frame_s=float(1 / rate) if rate else 0.0,
        height=int(told.get("height", 0)),
    )
