"""What a speech model makes up is left out; what people say stays."""

from __future__ import annotations

import pytest

from services.processor.transcription.guards import believed, in_place, possible
from services.processor.transcription.protocol import HeardPassage, HeardWord
from services.processor.transcription.windows import Window
from shared.media import Span


def words(text: str, *, each_s: float = 0.4, start_s: float = 0.0) -> tuple[HeardWord, ...]:
    return tuple(
        HeardWord(f" {word}", start_s + at * each_s, start_s + (at + 1) * each_s, 0.9)
        for at, word in enumerate(text.split())
    )


def passage(text: str, *, no_speech: float = 0.1, sure: float = -0.2, repetitive: float = 1.5) -> HeardPassage:
    return HeardPassage(words(text), no_speech, sure, repetitive)


def text(found: list[HeardWord]) -> str:
    return "".join(word.text for word in found).strip()


def test_words_that_are_likely_no_speech_are_left_out() -> None:
    assert believed([passage("thanks for watching", no_speech=0.9, sure=-1.5)]) == []
    assert text(believed([passage("thanks for watching", no_speech=0.9, sure=-0.3)])) == "thanks for watching"


@pytest.mark.parametrize(
    ("said", "repetitive", "kept"),
    [
        ("No, no, no!", 1.2, "No, no, no!"),
        ("so " * 30, 3.0, "so"),
        ("see you soon. " * 5 + "Bye.", 1.8, "see you soon. Bye."),
        ("very very good", 1.1, "very very good"),
        ("very very good", 2.6, "very good"),
        ("one two three one two three", 1.9, "one two three one two three"),
    ],
)
def test_a_phrase_that_comes_again_and_again_is_kept_once(said: str, repetitive: float, kept: str) -> None:
    assert text(believed([passage(said, repetitive=repetitive)])) == kept


def test_a_sentence_that_nobody_can_say_so_fast_is_left_out() -> None:
    spoken = words("thank you for listening.")
    invented = words("thank you for listening.", each_s=0.08, start_s=1.6)
    assert possible([*spoken, *invented]) == list(spoken)


def test_a_word_does_not_reach_into_a_silence() -> None:
    heard = [HeardWord(" hello", 0.0, 1.2, 0.9), HeardWord(" again", 1.3, 2.4, 0.9)]
    speech = [Span(10.4, 10.8), Span(20.5, 21.0)]
    placed = in_place(heard, Window((Span(10.0, 11.2), Span(20.1, 21.4))), speech)
    assert [(word.start_s, word.end_s) for word in placed] == [(10.28, 10.92), (20.38, 21.12)]
