"""Groups of pictures: which of them can be copied whole when a video is cut, and whether that pays. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from msgspec import Struct

from shared.ffmpeg import ProbedPacket

_OFF_GRID = 0.25
_MOST_ENCODED = 0.6
"""The share of the kept frames up to which it is worth the trouble."""


class Group(Struct, frozen=True):
    """Packets from a key frame to the next, that show the frames from `start` to `end` and need no others."""

    first_packet: int
    end_packet: int
    start: int
    end: int


class Part(Struct, frozen=True):
    """A stretch of the output: frames of the source, copied as packets, or encoded when there are none."""

    start: int
    end: int
    first_packet: int = 0
    end_packet: int = 0

    @property
    def copied(self) -> bool:
        """Whether its packets are taken as they are."""
        return self.end_packet > self.first_packet


def shown_frames(packets: Sequence[ProbedPacket], fps: Fraction, start_s: float) -> list[int] | None:
    """Which frame each packet shows, when all lie on the grid and each has a place of its own."""
    shown = []
    for packet in packets:
        if packet.pts_time is None or packet.pos is None:
            return None
        exact = (packet.pts_time - start_s) * float(fps)
        if abs(exact - round(exact)) > _OFF_GRID:
            return None
        shown.append(round(exact))
    return shown if len(set(shown)) == len(shown) else None


def groups(packets: Sequence[ProbedPacket], shown: Sequence[int]) -> list[Group]:
    """The groups that stand alone: no frame of theirs is shown before their key frame, or among those of another."""
    keys = [place for place, packet in enumerate(packets) if "K" in packet.flags]
    found = []
    for first, end in zip(keys, [*keys[1:], len(packets)], strict=True):
        start, count = shown[first], end - first
        whole = max(shown[first:end]) == start + count - 1 and min(shown[first:end]) == start
        if whole and not any("D" in packet.flags for packet in packets[first:end]):
            found.append(Group(first, end, start, start + count))
    return found


def parts(frames: Sequence[tuple[int, int]], whole: Sequence[Group]) -> list[Part]:
    """How to make the kept frames: whole groups are copied, what lies at the cuts is encoded."""
    made: list[Part] = []
    for start, end in frames:
        at = start
        for group in whole:
            if group.start < at or group.end > end:
                continue
            if group.start > at:
                made.append(Part(at, group.start))
            if made and made[-1].copied and made[-1].end_packet == group.first_packet and at == group.start > start:
                last = made.pop()
                made.append(Part(last.start, group.end, last.first_packet, group.end_packet))
            else:
                made.append(Part(group.start, group.end, group.first_packet, group.end_packet))
            at = group.end
        if at < end:
            made.append(Part(at, end))
    return made


def encoded(plan: Sequence[Part]) -> list[tuple[int, int]]:
    """The frames that are encoded."""
    return [(part.start, part.end) for part in plan if not part.copied]


def pays(plan: Sequence[Part]) -> bool:
    """Whether enough is copied."""
    total = sum(part.end - part.start for part in plan)
    return sum(end - start for start, end in encoded(plan)) <= _MOST_ENCODED * total
