"""Speech is found however quiet it is, and nothing else is taken for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from services.processor.cuts import loud_spans, plan_cuts, removed
from services.processor.listening import SAMPLE_RATE, WINDOW_S, loudness
from services.processor.voice import ENDS, STEP, find_speech, speech_spans
from shared.batches import BatchSettings
from shared.media import MediaFacts, Span
from tests.media import RATE, SENTENCES, Sound, silence, speech, tone, with_pauses


def store(sound: Sound, to: Path) -> Path:
    """Write sound as listening leaves it; every third sample will do for speech."""
    smooth = np.convolve(sound, np.ones(3) / 3, mode="same")[:: RATE // SAMPLE_RATE]
    to.write_bytes((np.clip(smooth, -1, 1) * 32767).astype("<i2").tobytes())
    return to


def covered(word: tuple[float, float], spans: list[Span], within_s: float = 0.1) -> bool:
    return any(span.start_s - within_s <= word[0] and word[1] <= span.end_s + within_s for span in spans)


@pytest.mark.parametrize("level", [1.0, 0.03])
async def test_sentences_are_found_where_they_are_spoken(media: Path, tmp_path: Path, level: float) -> None:
    sound, said = with_pauses([speech(sentence, media) for sentence in SENTENCES], 1.5)
    found = await find_speech(store(sound * level, tmp_path / "s"))
    assert all(any(span.start_s < end and start < span.end_s for span in found) for start, end in said)
    assert sum(span.length_s for span in found) < sum(end - start for start, end in said) + 1.5


async def test_noise_and_tones_are_not_speech(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).normal(0, 0.05, 5 * RATE).astype(np.float32)
    found = await find_speech(store(np.concatenate((noise, silence(1), tone(3), silence(2))), tmp_path / "s"))
    assert sum(span.length_s for span in found) < 0.8


async def test_it_makes_no_difference_where_blocks_end(media: Path, tmp_path: Path) -> None:
    sound, _ = with_pauses([speech(sentence, media) for sentence in SENTENCES], 1.5)
    samples = store(sound, tmp_path / "s")
    assert await find_speech(samples) == await find_speech(samples, block=STEP * 7)


async def test_a_quiet_sentence_survives_a_threshold_above_it(media: Path, tmp_path: Path) -> None:
    pieces = [speech(SENTENCES[0], media), speech(SENTENCES[1], media) * 0.02, speech(SENTENCES[2], media)]
    sound, said = with_pauses(pieces, 1.5)
    samples = store(sound, tmp_path / "s")
    facts = MediaFacts(
        container="mp4",
        duration_s=len(sound) / RATE,
        width=320,
        height=180,
        timeline_rate="30/1",
        video_codec="h264",
        audio_codec="aac",
    )
    settings = BatchSettings(remove_silence=True, silence_threshold=-30)
    loud = loud_spans(loudness(samples), WINDOW_S, settings.silence_threshold)
    assert not covered(said[1], list(plan_cuts(loud, facts, settings).keep))
    protected = plan_cuts(loud, facts, settings, protected=await find_speech(samples))
    assert all(covered(words, list(protected.keep)) for words in said)
    assert len(removed(protected)) >= 2


def test_speech_lasts_until_it_is_unlikely() -> None:
    step_s = STEP / SAMPLE_RATE
    levels = np.array([0, 0.4, 0.6, 0.9, 0.4, 0.1, 0.4, 0.45, ENDS, 0], np.float32)
    assert speech_spans(levels) == [Span(step_s, 5 * step_s)]
