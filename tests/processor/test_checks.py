"""What is wrong with an output is told, and nothing is told of one that is well."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from services.processor.checks import Checked, check_output, overheard
from services.processor.cuts import keep_everything
from services.processor.picturecheck import Place, origin_of, places
from services.processor.render import Render
from services.processor.soundcheck import Ear, lags_s, lost
from shared.batches import BatchSettings
from shared.ffmpeg import CHILD_LIMITS
from shared.media import Span
from shared.probing import facts_of
from tests.media import RATE, Sound, ffmpeg, video

NOISE = np.asarray(np.random.default_rng(7).normal(0, 0.1, 4 * RATE), np.float32)


async def checked(media: Path, to: Path, change: str) -> Checked:
    """Compare a clip with a copy of it that was changed by ffmpeg."""
    clip = video(media / "checked.mp4", sound=NOISE)
    ffmpeg("-i", str(clip), *change.split(), str(to))
    facts = await facts_of(clip)
    job = Render(source=clip, facts=facts, cut_list=keep_everything(facts), settings=BatchSettings(), to=to)
    promised = await overheard(job, clip, facts, CHILD_LIMITS)
    return await check_output(job, promised, deadline_s=60, limits=CHILD_LIMITS)


@pytest.mark.parametrize("form", ["mp4", "webm"])
async def test_of_an_output_that_is_well_nothing_is_told(media: Path, tmp_path: Path, form: str) -> None:
    options = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8" if form == "webm" else "-c:v libx264 -preset ultrafast"
    found = await checked(media, tmp_path / f"out.{form}", options)
    assert (found.frames, found.warnings) == (120, ())
    assert [by for by in found.apart_s if by is None or abs(by) > 0.005] == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("-c:v copy -af adelay=60:all=1,atrim=end=4", "Picture and sound are 60 milliseconds apart in the middle"),
        ("-c:a copy -vf tpad=start=2:start_mode=clone,trim=end_frame=120", "67 milliseconds apart at the end"),
        ("-c:v copy -af volume=0:enable='between(t,1,2)'", "silent for 0.9 seconds at 0:01.1, where the source"),
        ("-c:a copy -g 15 -vf drawbox=t=fill:enable='between(t,1,3)'", "black at 0:01."),
        ("-c copy -t 3", "frames instead of 120"),
    ],
)
async def test_what_is_not_as_in_the_source_is_told(media: Path, tmp_path: Path, change: str, told: str) -> None:
    found = await checked(media, tmp_path / "out.mp4", change)
    assert [warning for warning in found.warnings if told in warning], found.warnings


def heard(sound: Sound, length: int = 3 * RATE) -> Ear:
    ear = Ear(length, RATE)
    for block in np.array_split(sound[:, None], 7):
        ear.hear(block)
    return ear


def test_a_lag_is_measured_to_the_sample_at_all_three_places() -> None:
    noise = NOISE[: 3 * RATE]
    late = np.concatenate((np.zeros(480, np.float32), noise))
    assert lags_s(heard(noise).heard(), heard(late).heard()) == (0.01, 0.01, 0.01)


def test_of_silence_no_lag_is_told_and_a_steady_tone_has_none() -> None:
    silence = np.zeros(3 * RATE, np.float32)
    assert lags_s(heard(silence).heard(), heard(silence).heard()) == (None, None, None)
    tone = np.asarray(np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE), np.float32)
    assert lags_s(heard(tone).heard(), heard(tone).heard()) == (0, 0, 0)


def test_sound_that_ends_too_early_is_missed() -> None:
    noise = NOISE[: 3 * RATE]
    assert lost(heard(noise).heard(), heard(noise[: 2 * RATE]).heard()) == [Span(2.0, 3.0)]
    assert lost(heard(noise).heard(), heard(noise).heard()) == []


def test_pictures_are_compared_at_both_ends_and_in_the_middle_near_key_frames() -> None:
    assert places([(0, 10), (40, 41), (50, 140)], [0, 48, 97]) == [
        Place(0, 0, 5),
        Place(48, 87, 5),
        Place(96, 135, 5),
    ]
    assert places([(7, 9)], [0]) == [Place(0, 7, 2)] * 3
    assert [origin_of(number, [(5, 7), (9, 10)]) for number in (0, 1, 2, 3)] == [5, 6, 9, 9]
