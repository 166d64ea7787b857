"""Words become sentences, and lie in the output where they are heard."""

from __future__ import annotations

import pytest

from services.processor.cuts import many_on_output, on_output
from services.processor.transcription.protocol import HeardWord
from services.processor.transcription.transcript import MOST_WORDS, Spoken, sentences, transcript
from shared.media import CutList, Span


def word(text: str, start_s: float, end_s: float) -> HeardWord:
    return HeardWord(f" {text}", start_s, end_s, 0.9)


SPOKEN = Spoken(
    language="en",
    model="tiny",
    words=(word("Hello,", 1.0, 1.4), word("you.", 1.4, 1.8), word("Good", 5.0, 5.2), word("night", 5.3, 5.8)),
)
CUT = CutList(source_duration_s=8.0, keep=(Span(0.8, 2.0), Span(4.8, 6.0)))


def test_a_sentence_ends_at_its_mark_or_at_a_pause() -> None:
    said = [word("One.", 0, 1), word("Two", 1, 2), word("three", 2, 3), word("four", 4.5, 5), word("“five”?", 5, 6)]
    found = ["".join(each.text for each in one).strip() for one in sentences([*said, word("six", 6, 7)])]
    assert found == ["One.", "Two three", "four “five”?", "six"]


def test_a_sentence_without_end_is_ended() -> None:
    said = [word("so", at, at + 1) for at in range(3 * MOST_WORDS)]
    assert [len(one) for one in sentences(said)] == [MOST_WORDS] * 3


def test_times_are_those_of_the_output_and_those_of_the_source_are_kept() -> None:
    made = transcript(SPOKEN, CUT)
    assert made.text == "Hello, you. Good night"
    assert [(one.start, one.end, one.source_start, one.source_end) for one in made.segments] == [
        (0.2, 1.0, 1.0, 1.8),
        (1.4, 2.2, 5.0, 5.8),
    ]


def test_words_that_were_cut_are_not_in_the_transcript() -> None:
    made = transcript(SPOKEN, CutList(source_duration_s=8.0, keep=(Span(4.8, 6.0),)))
    assert made.text == "Good night" and made.segments[0].start == 0.2


@pytest.mark.parametrize("cut_list", [CUT, CutList(source_duration_s=8.0, keep=())])
def test_many_moments_are_where_each_of_them_is(cut_list: CutList) -> None:
    moments = [at / 10 for at in range(80)]
    assert many_on_output(cut_list, moments) == pytest.approx([on_output(cut_list, at) for at in moments])
