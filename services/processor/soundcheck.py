"""Comparing sound: what went into an encoder beside what comes out of the file, so that sync is measured, not assumed.

Memory is small for any length: of the whole only the loudness is remembered, and three excerpts sample by sample.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from shared.media import Span

EXCERPT_S = 2.0
"""How much is compared at the start, in the middle and at the end."""
WINDOW_S = 0.05
LOST_S = 0.3
"""The shortest silence that counts as sound that got lost."""
_HEARD_DB, _LOST_DB = -50.0, 25.0
_QUIET = 1e-3
_FURTHEST_S = 0.5
_LIKE = 0.2
_AS_GOOD = 0.95

Samples = NDArray[np.float32]


class Overheard(Struct, frozen=True):
    """What is remembered of a stream of sound."""

    levels: Samples
    """Loudness of each `WINDOW_S`, in dB."""
    excerpts: tuple[Samples, ...]
    """One channel, from the start, the middle and the end."""
    sample_rate: int


class Ear:
    """Remembers what passes of a stream of so many samples, 32-bit floats, one row an instant, one or two channels."""

    def __init__(self, length: int, sample_rate: int) -> None:
        size = min(length, round(EXCERPT_S * sample_rate))
        self._places = [0, (length - size) // 2, length - size]
        self._excerpts = [np.zeros(size, np.float32) for _ in self._places]
        self.sample_rate, self._window, self._length = sample_rate, round(WINDOW_S * sample_rate), length
        self._at = 0
        self._rest = np.zeros(0, np.float32)
        self._squares: list[Samples] = []

    def hear(self, samples: Samples) -> None:
        """Take the next samples; what comes after the length is not heard."""
        # Column by column: ten times as quick as a sum over rows of two.
        mono = samples[:, 0] if samples.shape[1] == 1 else (samples[:, 0] + samples[:, 1]) * np.float32(0.5)
        mono = mono[: self._length - self._at]
        for place, excerpt in zip(self._places, self._excerpts, strict=True):
            start, end = max(place, self._at), min(place + len(excerpt), self._at + len(mono))
            if start < end:
                excerpt[start - place : end - place] = mono[start - self._at : end - self._at]
        self._at += len(mono)
        mono = np.concatenate((self._rest, mono))
        whole = mono[: len(mono) // self._window * self._window].reshape(-1, self._window)
        self._squares.append(np.einsum("ij,ij->i", whole, whole) / self._window)
        self._rest = mono[whole.size :]

    async def beside(self, stream: AsyncIterable[bytes], channels: int) -> AsyncIterator[bytes]:
        """The same stream, overheard on its way. Each of its pieces has whole instants."""
        async for piece in stream:
            self.hear(np.frombuffer(piece, "<f4").reshape(-1, channels))
            yield piece

    async def listen(self, stream: AsyncIterable[bytes]) -> None:
        """Hear a stream of one channel to its end."""
        rest = b""
        async for piece in stream:
            piece = rest + piece
            whole = len(piece) // 4 * 4
            rest = piece[whole:]
            self.hear(np.frombuffer(piece[:whole], "<f4").reshape(-1, 1))

    def heard(self) -> Overheard:
        """What there is to remember; what never came was silent."""
        missing = self._length // self._window - sum(map(len, self._squares))
        squares = np.concatenate((*self._squares, np.zeros(max(0, missing), np.float32)))
        return Overheard(10 * np.log10(np.maximum(squares, 1e-12)), tuple(self._excerpts), self.sample_rate)


def lags_s(promised: Overheard, found: Overheard) -> tuple[float | None, ...]:
    """By how many seconds the sound comes late at the start, in the middle and at the end; None where nothing tells."""
    pairs = zip(promised.excerpts, found.excerpts, strict=True)
    return tuple(_lag_s(one, other, promised.sample_rate) for one, other in pairs)


def _lag_s(promised: Samples, found: Samples, sample_rate: int) -> float | None:
    """The smallest lag at which two excerpts are about as alike as they ever are: a steady tone is like itself often."""
    if len(promised) == 0 or min(np.abs(promised).max(), np.abs(found).max()) < _QUIET:
        return None
    size = 1 << (2 * len(promised)).bit_length()
    alike = np.fft.irfft(np.fft.rfft(found, size) * np.conj(np.fft.rfft(promised, size)), size)
    reach = min(round(_FURTHEST_S * sample_rate), len(promised) // 2)
    lags = np.arange(-reach, reach + 1)
    alike = alike[lags] / (float(np.linalg.norm(promised)) * float(np.linalg.norm(found)))
    best = float(alike.max())
    if best < _LIKE:
        return None
    good = lags[alike >= best * _AS_GOOD]
    return float(good[np.argmin(np.abs(good))]) / sample_rate


def lost(promised: Overheard, found: Overheard) -> list[Span]:
    """Where there should be sound and is (nearly) none, for at least `LOST_S`."""
    count = min(len(promised.levels), len(found.levels))
    want, have = promised.levels[:count], found.levels[:count]
    gone = np.concatenate(([False], (want > _HEARD_DB) & (have < want - _LOST_DB), [False]))
    edges = np.flatnonzero(gone[1:] != gone[:-1]).reshape(-1, 2)
    spans = [Span(start * WINDOW_S, end * WINDOW_S) for start, end in edges.tolist()]
    return [span for span in spans if span.length_s >= LOST_S - 1e-9]
