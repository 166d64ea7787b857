"""What was planted is found, what was not is not, and every reason is true."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from services.processor.cuts import keep_everything, loud_spans, plan_cuts
from services.processor.highlights.finding import MOST_SHARE, Material, find_highlights
from services.processor.highlights.scenes import scene_changes
from services.processor.listening import WINDOW_S, decode_sound, loudness
from services.processor.transcription.protocol import HeardWord
from services.processor.transcription.transcript import Spoken
from services.processor.transcription.whisper import Wanted, Whisper
from services.processor.voice import find_speech
from shared.batches import BatchSettings, Sensitivity
from shared.media import CutList, Span
from shared.probing import facts_of
from shared.transcripts import Highlight, Why
from tests import media as clips

USUAL_DB, ROOM_DB = -25.0, -70.0
FILLER = ("the", "plan", "for", "this", "evening", "was", "rather", "simple", "and", "nobody", "minded", "much")


def planted(seed: int, sentences: int = 24) -> tuple[Material, dict[Why, Span]]:
    """An ordinary talk in which one sentence is loud, one fast, and one has a keyword; and where these are."""
    random = np.random.default_rng(seed)
    loud, fast, keyword = random.choice(np.arange(1, sentences), 3, replace=False).tolist()
    words: list[HeardWord] = []
    levels, spans = [np.full(100, ROOM_DB)], []
    at_s = 1.0
    for number in range(sentences):
        pace = 0.6 if number == fast else random.uniform(0.94, 1.06)
        texts = [*random.choice(FILLER, random.integers(6, 12))]
        texts[2] = "penalties" if number == keyword else texts[2]
        begin_s = at_s
        for text in texts:
            length_s = (0.12 + 0.05 * len(text)) * pace * random.uniform(0.9, 1.1)
            words.append(HeardWord(f" {text}", at_s, at_s + length_s, 0.9))
            at_s += length_s
        words[-1] = HeardWord(words[-1].text + ".", words[-1].start_s, at_s, 0.9)
        pause_s = random.uniform(0.5, 0.9)
        level = USUAL_DB + random.uniform(-1, 1) + (8 if number == loud else 0)
        heard = round(at_s / WINDOW_S) - sum(map(len, levels))
        levels += [level + random.normal(0, 3, heard), np.full(round(pause_s / WINDOW_S), ROOM_DB)]
        spans.append(Span(begin_s, at_s))
        at_s += pause_s
    material = Material(
        duration_s=at_s,
        levels=np.concatenate(levels).astype(np.float32),
        speech=tuple(spans),
        spoken=Spoken(language="en", model="none", words=tuple(words)),
        keywords=("penalty",),
    )
    return material, {Why.LOUD: spans[loud], Why.FAST: spans[fast], Why.KEYWORD: spans[keyword]}


def whole(material: Material) -> CutList:
    return CutList(source_duration_s=material.duration_s, keep=(Span(0.0, material.duration_s),))


def found(material: Material, sensitivity: Sensitivity = Sensitivity.HIGH) -> tuple[Highlight, ...]:
    return find_highlights(material, sensitivity, whole(material)).highlights


def covered(highlights: tuple[Highlight, ...], span: Span) -> bool:
    return any(
        one.source_start_s <= span.start_s + 0.01 and one.source_end_s >= span.end_s - 0.01 for one in highlights
    )


@pytest.mark.parametrize("seed", range(12))
def test_loud_fast_and_keyword_passages_are_found_and_little_else(seed: int) -> None:
    material, passages = planted(seed)
    highlights = found(material)
    for why, span in passages.items():
        assert covered(highlights, span), f"recall 1: the {why} passage"
        assert any(reason.why is why for one in highlights for reason in one.reasons if covered((one,), span))
    marked_s = sum(one.source_end_s - one.source_start_s for one in highlights)
    right_s = sum(span.length_s for span in passages.values())
    assert right_s / marked_s >= 0.7, "precision"
    assert marked_s <= 0.3 * material.duration_s


@pytest.mark.parametrize("seed", range(4))
def test_more_sensitivity_gives_all_that_less_gives(seed: int) -> None:
    material, _ = planted(seed)
    by_sensitivity = [found(material, sensitivity) for sensitivity in Sensitivity]
    for less, more in pairwise(by_sensitivity):
        for one in less:
            assert covered(more, Span(one.source_start_s, one.source_end_s))
    for sensitivity, highlights in zip(Sensitivity, by_sensitivity, strict=True):
        marked_s = sum(one.end_s - one.start_s for one in highlights)
        assert marked_s <= MOST_SHARE[sensitivity] * material.duration_s or len(highlights) == 1


def test_nothing_is_found_in_silence_and_in_even_speech() -> None:
    silence = Material(duration_s=60.0, levels=np.full(6000, -120, np.float32), spoken=Spoken(language=None, model=""))
    assert found(silence, Sensitivity.MAX) == ()
    even, passages = planted(1)
    kept = tuple(
        word
        for word in even.spoken.words  # type: ignore[union-attr]
        if not any(span.start_s <= word.start_s < span.end_s for span in passages.values())
    )
    assert found(replace(even, spoken=Spoken(language="en", model="", words=kept), keywords=())) == ()


def test_without_a_transcript_it_says_what_was_not_looked_for() -> None:
    material, passages = planted(2)
    made = find_highlights(replace(material, spoken=None), Sensitivity.HIGH, whole(material))
    assert covered(made.highlights, passages[Why.LOUD])
    assert "no transcript" in made.notes[0] and "keywords" in made.notes[0]
    nothing = find_highlights(replace(material, spoken=None, levels=None), Sensitivity.MAX, whole(material))
    assert nothing.highlights == () and "no sound" in nothing.notes[0]


def test_applause_is_found_where_nobody_speaks() -> None:
    material, _ = planted(3)
    assert material.levels is not None
    levels = np.concatenate((material.levels, np.full(300, USUAL_DB + 3), np.full(100, ROOM_DB))).astype(np.float32)
    louder = replace(material, levels=levels, duration_s=len(levels) * WINDOW_S)
    clapping = [one for one in found(louder) if any(reason.why is Why.REACTION for reason in one.reasons)]
    assert len(clapping) == 1
    assert clapping[0].source_start_s == pytest.approx(len(material.levels) * WINDOW_S, abs=0.02)
    assert clapping[0].reasons[0].sentence.startswith("Loud for 3.0 seconds while nobody speaks")


def test_highlights_lie_where_they_are_in_the_output_and_what_was_cut_is_none() -> None:
    material, passages = planted(4)
    cut = passages[Why.LOUD]
    keep = (Span(0.0, cut.start_s), Span(cut.end_s, material.duration_s))
    made = find_highlights(material, Sensitivity.HIGH, CutList(source_duration_s=material.duration_s, keep=keep))
    assert not any(reason.why is Why.LOUD for one in made.highlights for reason in one.reasons)
    for one in made.highlights:
        before = cut.length_s if one.source_start_s >= cut.end_s else 0.0
        assert one.start_s == pytest.approx(one.source_start_s - before, abs=0.002)


def test_a_question_is_one_with_and_without_its_mark() -> None:
    def asks(text: str) -> bool:
        words = tuple(HeardWord(f" {word}", at / 2, at / 2 + 0.5, 0.9) for at, word in enumerate(text.split()))
        one = Material(
            duration_s=len(words) / 2,
            levels=np.full(len(words) * 50, -30, np.float32),
            spoken=Spoken(language="en", model="", words=words),
        )
        return any(reason.why is Why.QUESTION for each in found(one, Sensitivity.MAX) for reason in each.reasons)

    assert asks("you like it?") and asks("what is the answer.")
    assert not asks("what a day.") and not asks("I know.")


@pytest.mark.asyncio(loop_scope="session")
async def test_what_was_planted_in_real_speech_is_found_with_true_reasons(
    media: Path, tmp_path: Path, whisper: Whisper
) -> None:
    said = [
        clips.speech("This is the last episode of the week.", media, words_per_minute=140) * 0.3,
        clips.speech("We talk about music and the studio.", media, words_per_minute=140) * 0.3,
        clips.speech("It was incredible and amazing.", media, words_per_minute=140),
        clips.speech("Now save the project and play it back.", media, words_per_minute=140) * 0.3,
        clips.speech("Here are two subtitles for the video.", media, words_per_minute=140) * 0.3,
        clips.speech("The lights in the studio are very small.", media, words_per_minute=140) * 0.3,
        clips.speech("You will find it in the timeline tomorrow.", media, words_per_minute=140) * 0.3,
        clips.speech("Thank you for listening to the show.", media, words_per_minute=140) * 0.3,
    ]
    sound, spans = clips.with_pauses(said, 0.8)
    path = clips.video(tmp_path / "planted.mp4", sound=sound)
    facts = await facts_of(path)
    await decode_sound(path, facts, tmp_path / "samples", deadline_s=60)
    levels, speech = loudness(tmp_path / "samples"), await find_speech(tmp_path / "samples")
    spoken = await whisper.transcribe(tmp_path / "samples", speech, Wanted(model=clips.MODEL))
    cuts = plan_cuts(loud_spans(levels, WINDOW_S, -45), facts, BatchSettings(), protected=spoken.spans)
    material = Material(
        duration_s=facts.duration_s, levels=levels, speech=tuple(speech), spoken=spoken, keywords=("subtitle",)
    )
    highlights = find_highlights(material, Sensitivity.HIGH, cuts).highlights

    def at(place: int) -> Highlight:
        middle = sum(spans[place]) / 2
        return next(one for one in highlights if one.source_start_s <= middle <= one.source_end_s)

    assert len(highlights) == 2
    loud, keyword = at(2), at(4)
    assert loud.reasons[0].why is Why.LOUD and loud.reasons[0].sentence in (
        "10 dB louder than usual.",
        "11 dB louder than usual.",
    )
    assert "Says “subtitles”." in [reason.sentence for reason in keyword.reasons]
    assert keyword.text.startswith("here are two subtitles") and keyword.text.endswith(".")
    assert keyword.start_s < keyword.source_start_s


async def test_changes_of_scene_are_found_in_key_frames(tmp_path: Path) -> None:
    path = tmp_path / "scenes.mp4"
    inputs = [f"color={color}:s=320x180:r=25:d=2" for color in ("white", "black", "white")]
    arguments = [word for source in inputs for word in ("-f", "lavfi", "-i", source)]
    clips.ffmpeg(*arguments, "-filter_complex", "concat=n=3:v=1", "-c:v", "libx264", "-preset", "fast", str(path))
    facts = await facts_of(path)
    told: list[float] = []
    changes = await scene_changes(path, facts, deadline_s=60, on_progress=told.append)
    assert changes == pytest.approx([2.0, 4.0], abs=0.05)
    assert told == pytest.approx([2 / 6, 4 / 6], abs=0.02)
    levels = np.full(600, -30, np.float32)
    words = tuple(HeardWord(f" {text}", 1.5 + at, 2.5 + at, 0.9) for at, text in enumerate(("goal", "now.")))
    spoken = Spoken(language="en", model="", words=words)
    material = Material(duration_s=6.0, levels=levels, spoken=spoken, scenes=tuple(changes), keywords=("goals",))
    (one,) = find_highlights(material, Sensitivity.MEDIUM, keep_everything(facts)).highlights
    assert [reason.sentence for reason in one.reasons] == ["Says “goal”.", "The scene changes."]
