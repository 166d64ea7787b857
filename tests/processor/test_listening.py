"""What is heard lies where it is in the video, and memory does not grow with length."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from services.processor.cuts import loud_spans
from services.processor.listening import (
    FLOOR_DB,
    SAMPLE_RATE,
    WINDOW_S,
    decode_sound,
    loudness,
    pack_levels,
    peaks,
    unpack_levels,
)
from shared.cutting import PEAKS_PER_S
from shared.media import Span
from shared.probing import facts_of
from tests.media import ffmpeg, silence, tone, video

BEEPS = np.concatenate((silence(1), tone(0.5), silence(1), tone(0.25), silence(0.75)))
"""Heard from 1 to 1.5 and from 2.5 to 2.75 of 3.5 seconds."""


async def heard_in(path: Path, to: Path) -> list[Span]:
    """The loud spans of a video."""
    await decode_sound(path, await facts_of(path), to, deadline_s=30)
    return loud_spans(loudness(to), WINDOW_S, -40)


def at(spans: list[Span], *expected: tuple[float, float]) -> bool:
    """Whether the spans are the expected ones, but for 30 ms: some files begin with 20 ms of their encoder's delay."""
    found = [edge for span in spans for edge in (span.start_s, span.end_s)]
    return found == pytest.approx([edge for pair in expected for edge in pair], abs=0.031)


@pytest.mark.parametrize("name", ["beeps.mp4", "beeps.mov", "beeps.avi", "beeps.webm"])
async def test_sound_is_heard_where_it_is(media: Path, tmp_path: Path, name: str) -> None:
    assert at(await heard_in(video(media / name, sound=BEEPS), tmp_path / "s"), (1, 1.5), (2.5, 2.75))


async def test_sound_that_starts_late_is_heard_late(media: Path, tmp_path: Path) -> None:
    clip, late = video(media / "beeps.mp4", sound=BEEPS), tmp_path / "late.mp4"
    ffmpeg("-i", str(clip), "-itsoffset", "0.7", "-i", str(clip), "-map", "0:v", "-map", "1:a", "-c", "copy", str(late))
    assert at(await heard_in(late, tmp_path / "s"), (1.7, 2.2), (3.2, 3.45))


async def test_a_picture_that_starts_late_does_not_move_the_sound(media: Path, tmp_path: Path) -> None:
    clip, late = video(media / "beeps.mp4", sound=BEEPS), tmp_path / "late.mp4"
    ffmpeg("-i", str(clip), "-itsoffset", "0.7", "-i", str(clip), "-map", "1:v", "-map", "0:a", "-c", "copy", str(late))
    assert at(await heard_in(late, tmp_path / "s"), (1, 1.5), (2.5, 2.75))


async def test_a_gap_in_the_sound_is_silence(media: Path, tmp_path: Path) -> None:
    clip, gap = video(media / "beeps.mkv", sound=BEEPS), tmp_path / "gap.mkv"
    ffmpeg("-i", str(clip), "-c", "copy", "-bsf:a", "noise=drop='between(pts*tb,1.55,2.3)'", str(gap))
    assert at(await heard_in(gap, tmp_path / "s"), (1, 1.5), (2.5, 2.75))


async def test_the_default_track_is_the_one_that_is_heard(media: Path, tmp_path: Path) -> None:
    clip, other = video(media / "beeps.mp4", sound=BEEPS), video(media / "steady.mp4", sound=tone(3.5))
    both = tmp_path / "both.mp4"
    ffmpeg(
        *("-i", str(other), "-i", str(clip), "-map", "0", "-map", "1:a", "-c", "copy"),
        *("-disposition:a:0", "0", "-disposition:a:1", "default", str(both)),
    )
    assert at(await heard_in(both, tmp_path / "s"), (1, 1.5), (2.5, 2.75))


async def test_loudness_is_in_decibels_of_full_scale(media: Path, tmp_path: Path) -> None:
    clip = video(media / "steps.mov", sound=np.concatenate((tone(1, level=0.5), tone(1, level=0.05), silence(1))))
    await decode_sound(clip, await facts_of(clip), tmp_path / "s", deadline_s=30)
    levels = loudness(tmp_path / "s")
    assert np.median(levels[10:90]) == pytest.approx(20 * np.log10(0.5 / 2**0.5), abs=0.5)
    assert np.median(levels[110:190]) == pytest.approx(20 * np.log10(0.05 / 2**0.5), abs=0.5)
    assert levels[210:].max() < -70
    assert np.abs(unpack_levels(pack_levels(levels)) - levels).max() < 0.1


def test_blocks_of_any_length_add_up(tmp_path: Path) -> None:
    samples = np.zeros(9_700_123, "<i2")  # more than one block, and a last window that is not full
    samples[9_650_000:] = 16_384
    (tmp_path / "s").write_bytes(samples.tobytes())
    levels = loudness(tmp_path / "s")
    assert len(levels) == -(-len(samples) // 160)
    assert levels[0] == FLOOR_DB
    assert levels[-2] == pytest.approx(-6.02, abs=0.01)
    waveform = peaks(tmp_path / "s")
    assert len(waveform) == -(-len(samples) * PEAKS_PER_S // SAMPLE_RATE)
    assert (waveform[0], waveform[-1], waveform.index(127)) == (0, 127, 9_650_000 * PEAKS_PER_S // SAMPLE_RATE)


def test_no_samples_are_no_loudness_and_no_waveform(tmp_path: Path) -> None:
    (tmp_path / "s").touch()
    assert len(loudness(tmp_path / "s")) == 0
    assert peaks(tmp_path / "s") == b""
