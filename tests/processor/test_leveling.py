"""Sound comes out as loud as it was wished, and never distorted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from services.processor.cuts import from_frames, keep_everything
from services.processor.leveling import CEILING_DB, Measured, measured
from services.processor.render import Render, render
from shared.batches import BatchSettings
from shared.ffmpeg import CHILD_LIMITS
from shared.probing import facts_of
from tests.media import RATE, Sound, sound_of, video

QUIET = np.asarray(np.random.default_rng(3).normal(0, 0.01, 6 * RATE), np.float32)


async def loudness_of(sound: Sound) -> Measured:
    async def stream() -> AsyncIterator[bytes]:
        for block in np.array_split(sound, 5):
            yield block.astype("<f4").tobytes()

    return await measured(stream(), RATE, 1, deadline_s=60, limits=CHILD_LIMITS)


async def test_a_sine_of_known_loudness_is_measured() -> None:
    # EBU Tech 3341: a 1 kHz sine in one channel measures 3 dB below its peak, and 0.7 dB more by the K weighting's offset.
    sine = np.asarray(0.1 * np.sin(2 * np.pi * 1000 * np.arange(5 * RATE) / RATE), np.float32)
    found = await loudness_of(sine)
    assert found.loudness_lufs == pytest.approx(-23.0, abs=0.3)
    assert found.peak_db == pytest.approx(-20.0, abs=0.01)


def test_peaks_limit_what_is_raised_and_silence_stays() -> None:
    assert Measured(-30.0, -20.0).gain_db(-16.0) == 14.0
    assert Measured(-30.0, -20.0).doubts(-16.0) == ()
    assert Measured(-30.0, -6.0).gain_db(-16.0) == CEILING_DB + 6.0
    assert "to -25.5 LUFS instead of -16" in Measured(-30.0, -6.0).doubts(-16.0)[0]
    assert (Measured(-70.0, -90.0).gain_db(-16.0), Measured(-70.0, -90.0).doubts(-16.0)) == (0.0, ())
    assert Measured(-10.0, -1.0).gain_db(-20.0) == -10.0


@pytest.mark.parametrize("cut", [True, False])
async def test_an_output_is_as_loud_as_wished(media: Path, tmp_path: Path, cut: bool) -> None:
    clip = video(media / "quiet-noise.mp4", sound=QUIET)
    facts = await facts_of(clip)
    cut_list = from_frames([(0, 60), (90, 180)], facts.timeline_fps, 180) if cut else keep_everything(facts)
    settings = BatchSettings(loudness_lufs=-24.0)
    job = Render(source=clip, facts=facts, cut_list=cut_list, settings=settings, to=tmp_path / "out.mp4")
    checked = await render(job, deadline_s=60)
    assert checked.warnings == ()
    assert checked.frames == (150 if cut else 180)
    assert (await loudness_of(sound_of(job.to))).loudness_lufs == pytest.approx(-24.0, abs=0.6)
