"""Subtitles of a cut video lie where its words are heard: measured in the sound of the rendered output itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from services.processor.cuts import loud_spans, plan_cuts
from services.processor.listening import WINDOW_S, loudness
from services.processor.render import Render, render
from services.processor.transcription.transcript import transcript
from services.processor.transcription.whisper import Wanted, Whisper
from shared.batches import BatchSettings, Quality
from tests import media as clips
from tests.processor.transcription.conftest import Talk

SETTINGS = BatchSettings(remove_silence=True, export_quality=Quality.SOURCE, margin_before_s=0.3, margin_after_s=0.3)


def sentences_in(path: Path) -> list[tuple[float, float]]:
    """From when to when somebody is heard in a file, with at least 0.4 s of silence in between."""
    sound = clips.sound_of(path)
    heard = np.flatnonzero(np.abs(sound) > 0.01) / clips.RATE
    edges = np.flatnonzero(np.diff(heard) > 0.4)
    starts = [heard[0], *(float(heard[edge + 1]) for edge in edges)]
    ends = [*(float(heard[edge]) for edge in edges), heard[-1]]
    return list(zip(starts, ends, strict=True))


@pytest.mark.asyncio(loop_scope="session")
async def test_subtitles_lie_where_the_words_are_heard_before_and_after_cutting(
    talk: Talk, whisper: Whisper, tmp_path: Path
) -> None:
    spoken = await whisper.transcribe(talk.samples, talk.speech, Wanted(model=clips.MODEL))
    loud = loud_spans(loudness(talk.samples), WINDOW_S, SETTINGS.silence_threshold)
    cut_list = plan_cuts(loud, talk.facts, SETTINGS, protected=[*talk.speech, *spoken.spans])
    output = tmp_path / "output.mp4"
    await render(
        Render(source=talk.path, facts=talk.facts, cut_list=cut_list, settings=SETTINGS, to=output), deadline_s=120
    )
    made = transcript(spoken, cut_list)
    heard = sentences_in(output)
    assert len(made.segments) == len(heard) == len(talk.spans)
    assert heard[-1][1] < talk.spans[-1][1] - 2.0, "it was cut"
    apart = []
    for segment, in_source, in_output in zip(made.segments, talk.spans, heard, strict=True):
        apart += [abs(segment.source_start - in_source[0]), abs(segment.source_end - in_source[1])]
        apart += [abs(segment.start - in_output[0]), abs(segment.end - in_output[1])]
    print(f"subtitles and sound are {np.median(apart):.2f} s apart (median), {np.percentile(apart, 90):.2f} s (p90)")
    assert np.percentile(apart, 90) < 0.3
