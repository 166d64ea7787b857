"""Skipping: what lies in a long cut is not even decoded.

A first ffmpeg copies only the packets that are needed to show the kept frames, from the key frame before each to its
end, with their times unchanged; the encoding one reads them from a pipe. Copying costs a hundredth of decoding.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from shared.ffmpeg import ffmpeg_output, run_ffmpeg, source
from shared.media import MediaFacts

CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "prores", "mjpeg"})
"""Those that were seen to go through the pipe unharmed."""
SHIFT_S = 10.0
"""Times are moved by so much in the pipe, because it can carry none below zero."""
_WORTH_S = 2.0
_WORTH_SHARE = 0.03
_SHORTEST_S = 0.2
_MOST = 1500
_SLACK_FRAMES = 2.5


_Times = NDArray[np.floating[Any]]


class Packets(Struct, frozen=True):
    """All packets of a stream in the order of decoding, times in seconds on the timeline."""

    decoded_s: _Times
    shown_s: _Times
    key: NDArray[np.bool_]
    """Whether decoding can begin here."""


async def packets_to_skip(
    path: Path, facts: MediaFacts, frames: Sequence[tuple[int, int]], *, deadline_s: float
) -> list[tuple[int, int]]:
    """Runs of packets, first and one past the last, without which the kept frames can be shown.

    Nothing when looking for them would not pay.
    """
    frame_s = float(1 / facts.timeline_fps)
    cut = [(before[1] * frame_s, after[0] * frame_s) for before, after in zip([(0, 0), *frames], frames, strict=False)]
    least_s = max(_WORTH_S, _WORTH_SHARE * facts.duration_s)
    if facts.video_codec not in CODECS or facts.container == "avi":  # avi does not tell when a packet is shown
        return []
    if sum(end - start for start, end in cut) < least_s:
        return []
    packets = await list_packets(path, facts, deadline_s=deadline_s)
    runs = plan_skips(cut, packets, frame_s)
    return runs if sum(end - start for start, end in runs) * frame_s >= least_s else []


def plan_skips(cut: Sequence[tuple[float, float]], packets: Packets, frame_s: float) -> list[tuple[int, int]]:
    """From the end of what is kept to the last key frame from which all that is kept next can be decoded."""
    keys = np.flatnonzero(packets.key)
    shown = np.maximum.accumulate(packets.shown_s[keys])
    found = []
    for start_s, end_s in cut:
        place = int(np.searchsorted(shown, end_s + frame_s / 4, side="right")) - 1
        if place >= 0:
            # Nothing is shown before it is decoded: what is decoded after the cut begins is not needed before it.
            after_s = start_s + _SLACK_FRAMES * frame_s
            first = int(np.searchsorted(packets.decoded_s, after_s)) if start_s > 0 else 0
            found.append((first, int(keys[place])))
    found = [(first, last) for first, last in found if (last - first) * frame_s > _SHORTEST_S]
    return sorted(sorted(found, key=lambda run: run[0] - run[1])[:_MOST])


async def list_packets(path: Path, facts: MediaFacts, *, deadline_s: float) -> Packets:
    """List the packets of a video without decoding any."""
    unit_s = 1.0
    decoded, shown, key = array("q"), array("q"), bytearray()
    rest = b""

    def read(piece: bytes) -> None:
        nonlocal rest, unit_s
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if line[:1] != b"#":
                # stream, decoded, shown, duration, size, checksum, and flags unless they say "key" and nothing else
                parts = line.split(b",", 7)
                decoded.append(int(parts[1]))
                shown.append(int(parts[2]))
                flags = next((part for part in parts[6:] if part.startswith(b" F=0x")), b" F=0x1")
                key.append(int(flags[5:], 16) & 1)
            elif line.startswith(b"#tb 0:"):
                numerator, denominator = line[6:].split(b"/")
                unit_s = int(numerator) / int(denominator)

    listing = source(path)[str(facts.video_stream)].output("pipe:1", c="copy", f="framecrc").get_args()
    await run_ffmpeg(listing, doing="This video could not be read", deadline_s=deadline_s, on_output=read)
    return Packets(
        np.frombuffer(decoded, np.int64) * unit_s,
        np.frombuffer(shown, np.int64) * unit_s,
        np.frombuffer(key, np.bool_),
    )


@asynccontextmanager
async def needed_packets(path: Path, facts: MediaFacts, skipped: Sequence[tuple[int, int]]) -> AsyncIterator[int]:
    """Hold a pipe, by the descriptor of its reading end, in which all packets but the skipped ones come along."""
    # By number: the filter has times too, but takes them in the wrong unit when the containers differ in theirs.
    edges = [edge for run in skipped for edge in run]
    async with _packets_without(path, facts, decision("n", edges)) as reading:
        yield reading


@asynccontextmanager
async def key_packets(path: Path, facts: MediaFacts) -> AsyncIterator[int]:
    """Hold a pipe in which only the key frames come along."""
    async with _packets_without(path, facts, "not(key)") as reading:
        yield reading


@asynccontextmanager
async def _packets_without(path: Path, facts: MediaFacts, dropped: str) -> AsyncIterator[int]:
    copying = source(path)[str(facts.video_stream)].output(
        "pipe:1", c="copy", f="nut", output_ts_offset=SHIFT_S, **{"bsf:v": f"noise=drop='{dropped}'"}
    )
    reading, writing = os.pipe()
    try:
        async with ffmpeg_output(copying.get_args(), doing="This video could not be read", to=writing):
            os.close(writing)
            writing = -1
            yield reading
    finally:
        for descriptor in (reading, writing):
            if descriptor >= 0:
                os.close(descriptor)


def needed_input(descriptor: int) -> Any:
    """The pipe of `needed_packets` as an input of a graph, whose times are `SHIFT_S` too late."""
    return ffmpeg.input(f"pipe:{descriptor}", f="nut", protocol_whitelist="pipe", format_whitelist="nut", copyts=None)


def decision(variable: str, edges: Sequence[object]) -> str:
    """An expression of ffmpeg that is 0 below the first edge, 1 from there to the second, then 0 again, and so on.

    It is a tree: cost and depth are the logarithm of the number of edges. A sum of `between` fails at a hundred.
    """

    def choose(low: int, high: int) -> str:
        if low == high:
            return str(low % 2)
        middle = (low + high) // 2
        return f"if(lt({variable},{edges[middle]}),{choose(low, middle)},{choose(middle + 1, high)})"

    return choose(0, len(edges))
