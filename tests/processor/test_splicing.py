"""Sound is cut to the sample, and joined so that nobody hears it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.processor.splicing import Piece, pieces_of, spliced

Samples = NDArray[np.float32]


async def in_blocks(samples: Samples, size: int) -> AsyncIterator[bytes]:
    data = samples.astype("<f4").tobytes()
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def cut(samples: Samples, pieces: list[Piece], block: int = 1 << 20) -> Samples:
    parts = [part async for part in spliced(in_blocks(samples, block), pieces, samples.shape[1])]
    return np.frombuffer(b"".join(parts), "<f4").reshape(-1, samples.shape[1])


def counting(count: int, channels: int = 1) -> Samples:
    return np.repeat(np.arange(count, dtype=np.float32)[:, None], channels, axis=1)


async def test_without_fades_exactly_the_kept_samples_remain() -> None:
    pieces = pieces_of([(0, 10), (15, 20)], Fraction(10), 1000, fade_s=0)
    assert np.array_equal((await cut(counting(3000), pieces))[:, 0], np.r_[0:1000, 1500:2000])


async def test_fades_change_only_the_samples_around_the_join() -> None:
    pieces = pieces_of([(0, 10), (15, 20)], Fraction(10), 1000, fade_s=0.005)
    out, plain = (await cut(counting(3000), pieces))[:, 0], np.r_[0:1000, 1500:2000]
    assert np.flatnonzero(out != plain).tolist() == [*range(995, 1005), *range(1495, 1500)]


async def test_a_join_has_the_power_of_its_sides_and_no_step() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (48_000 * 2, 1)).astype(np.float32)
    pieces = pieces_of([(0, 10), (30, 40)], Fraction(20), 48_000)
    join = (await cut(noise, pieces))[24_000 - 240 : 24_000 + 240]
    assert join.std() == pytest.approx(0.1, rel=0.15)
    quiet_then_level = np.concatenate((np.zeros((48_000, 1)), np.full((48_000, 1), 0.5))).astype(np.float32)
    out = await cut(quiet_then_level, pieces)
    assert np.abs(np.diff(out[:, 0])).max() < 0.5 / 100


async def test_sound_that_ends_too_early_is_followed_by_silence() -> None:
    out = await cut(counting(1200) + 1, pieces_of([(0, 10), (15, 40)], Fraction(10), 1000, fade_s=0))
    assert len(out) == 3500
    assert not out[1000:].any()


async def test_reading_stops_with_the_last_piece() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield np.ones(1000, "<f4").tobytes()

    parts = [part async for part in spliced(endless(), pieces_of([(0, 25)], Fraction(10), 1000), 1)]
    assert sum(map(len, parts)) == 2500 * 4
    assert read <= 4


@st.composite
def kept_frames(draw: st.DrawFn) -> list[tuple[int, int]]:
    steps = draw(st.lists(st.integers(1, 20), min_size=1, max_size=20))
    edges = np.cumsum([draw(st.integers(0, 5)), *steps]).tolist()
    return list(zip(edges[::2], edges[1::2], strict=False)) or [(0, 1)]


@given(
    kept_frames(),
    st.sampled_from(["24000/1001", "25", "30000/1001", "60", "240"]),
    st.integers(1, 2),
    st.integers(100, 9999),
)
@settings(max_examples=40, deadline=None)
async def test_sound_is_as_long_as_the_picture_at_every_join_whatever_the_blocks(
    frames: list[tuple[int, int]], rate: str, channels: int, block: int
) -> None:
    fps = Fraction(rate)
    pieces = pieces_of(frames, fps, 8000)
    written_frames = written_samples = 0
    for (start, end), piece in zip(frames, pieces, strict=True):
        assert abs(piece.start - start * 8000 / fps) <= Fraction(1, 2)
        written_frames += end - start
        written_samples += piece.end - piece.start
        assert written_samples == round(written_frames * 8000 / fps)
    sound = np.random.default_rng(0).normal(size=(frames[-1][1] * 400, channels)).astype(np.float32)
    whole = await cut(sound, pieces)
    assert len(whole) == written_samples
    assert np.array_equal(whole, await cut(sound, pieces, block))
