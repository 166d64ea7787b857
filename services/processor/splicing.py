"""Cutting sound to the sample, with fades at the joins that nobody hears.

At a join both sides are heard for a moment: the left one goes on a little into what is cut while the right one already
begins, with equal power. Nothing of what is kept gets lost, and no length changes.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from fractions import Fraction

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

FADE_S = 0.005
"""Half the length of the fade across a join."""
_SILENCE = 48_000

Samples = NDArray[np.float32]
"""One row an instant, one column a channel."""


class Piece(Struct, frozen=True):
    """A kept stretch of sound in samples of the source, with what is read beyond it for the fades at its ends."""

    start: int
    end: int
    fade_in: int
    """Half a fade: as many samples before `start` as after it. At the very beginning there is nothing before it."""
    fade_out: int
    first: bool = False
    last: bool = False

    @property
    def read_from(self) -> int:
        """The first sample that is heard, faded."""
        return self.start if self.first else self.start - self.fade_in

    @property
    def read_to(self) -> int:
        """One past the last sample that is heard."""
        return self.end if self.last else self.end + self.fade_out


def pieces_of(
    frames: Sequence[tuple[int, int]], fps: Fraction, sample_rate: int, fade_s: float = FADE_S
) -> list[Piece]:
    """The stretches of sound that belong to the kept frames.

    Each begins where its first frame does, to the nearest sample, and all together they are exactly as long as the
    picture at every join: rounding never adds up.
    """
    per_frame = Fraction(sample_rate) / fps
    bounds, written = [], 0
    for start, end in frames:
        begin = round(start * per_frame)
        length = round((written + end - start) * per_frame) - round(written * per_frame)
        written += end - start
        bounds.append((begin, begin + length))
    half = round(fade_s * sample_rate)
    made = []
    for place, (start, end) in enumerate(bounds):
        room = (end - start) // 2
        before = start - bounds[place - 1][1] if place else start
        after = bounds[place + 1][0] - end if place + 1 < len(bounds) else 2 * half
        made.append(Piece(start, end, _fade(half, room, before), _fade(half, room, after)))
    # Both sides of a join fade over the same length.
    for place in range(len(made) - 1):
        joint = min(made[place].fade_out, made[place + 1].fade_in)
        left, right = made[place], made[place + 1]
        made[place], made[place + 1] = replace(left, fade_out=joint), replace(right, fade_in=joint)
    if made:
        made[0] = replace(made[0], first=True)
        made[-1] = replace(made[-1], last=True)
    return made


def _fade(half: int, room: int, gap: int) -> int:
    return max(0, min(half, room, gap // 2))


async def spliced(sound: AsyncIterable[bytes], pieces: Sequence[Piece], channels: int) -> AsyncIterator[bytes]:
    """Cut a stream of 32-bit float samples into the pieces and join them.

    Sound that ends too early is followed by silence. Stops reading as soon as it has all it needs.
    """
    splicer = _Splicer(pieces, channels)
    rest = b""
    async for data in sound:
        data = rest + data
        whole = len(data) // (4 * channels) * (4 * channels)
        rest = data[whole:]
        for out in splicer.take(np.frombuffer(data[:whole], "<f4").reshape(-1, channels)):
            yield out.tobytes()
        if splicer.done:
            return
    while not splicer.done:
        for out in splicer.take(np.zeros((_SILENCE, channels), np.float32)):
            yield out.tobytes()


class _Splicer:
    """Where the splicing of one stream stands."""

    def __init__(self, pieces: Sequence[Piece], channels: int) -> None:
        self._pieces = pieces
        self._place = 0
        self._position = 0
        self._tail: Samples = np.zeros((0, channels), np.float32)
        self._held: list[Samples] = []

    @property
    def done(self) -> bool:
        """Whether all pieces were written."""
        return self._place >= len(self._pieces)

    def take(self, block: Samples) -> list[Samples]:
        """What is ready to be written after the next samples of the source."""
        begin, end = self._position, self._position + len(block)
        self._position = end
        ready: list[Samples] = []
        while not self.done and (piece := self._pieces[self._place]).read_from < end:
            start, stop = max(begin, piece.read_from), min(end, piece.read_to)
            ready += self._shaped(block[start - begin : stop - begin], start, piece)
            if piece.read_to > end:
                break
            self._tail = np.concatenate(self._held) if self._held else self._tail[:0]
            self._held = []
            self._place += 1
        return ready

    def _shaped(self, samples: Samples, at: int, piece: Piece) -> list[Samples]:
        """Samples of a piece with its fades; what overlaps with the next piece is held back."""
        rise_end = piece.read_from + piece.fade_in * (1 if piece.first else 2)
        fall_start = piece.read_to - piece.fade_out * (1 if piece.last else 2)
        head, body_end = max(0, min(len(samples), rise_end - at)), max(0, min(len(samples), fall_start - at))
        shaped = [samples[head:body_end]]
        if head > 0:
            shaped.insert(0, self._risen(samples[:head], at - piece.read_from, rise_end - piece.read_from))
        if body_end < len(samples):
            fallen = samples[body_end:] * _curve(
                at + body_end - fall_start, len(samples) - body_end, piece.read_to - fall_start, np.cos
            )
            if piece.last:
                shaped.append(fallen)
            else:
                self._held.append(fallen)
        return [part for part in shaped if len(part)]

    def _risen(self, samples: Samples, offset: int, length: int) -> Samples:
        risen = samples * _curve(offset, len(samples), length, np.sin)
        if len(self._tail):
            risen += self._tail[offset : offset + len(samples)]
        return risen


def _curve(offset: int, count: int, length: int, shape: np.ufunc) -> Samples:
    """A part of an equal-power fade over `length` samples, as a column."""
    turn = (np.arange(offset, offset + count, dtype=np.float32) + 0.5) / length * np.float32(np.pi / 2)
    return np.asarray(shape(turn), np.float32)[:, None]
