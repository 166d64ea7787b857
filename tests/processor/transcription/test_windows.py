"""Speech is packed into windows, and words find back to where they were said."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.processor.transcription.windows import PAD_S, WINDOW_S, Window, padded, plan_windows, unheard
from shared.media import Span

gaps_and_lengths = st.lists(st.tuples(st.floats(0.01, 90), st.floats(0.03, 80)), max_size=40)


def spans_of(steps: list[tuple[float, float]]) -> list[Span]:
    spans, at = [], 0.0
    for gap, length in steps:
        spans.append(Span(at + gap, at + gap + length))
        at += gap + length
    return spans


@given(gaps_and_lengths)
def test_all_speech_is_heard_once_and_no_window_is_too_long(steps: list[tuple[float, float]]) -> None:
    speech = spans_of(steps)
    duration_s = speech[-1].end_s + 1.0 if speech else 1.0
    windows = plan_windows(speech, duration_s)
    pieces = [piece for window in windows for piece in window.pieces]
    assert all(window.length_s <= WINDOW_S + 1e-6 for window in windows)
    assert all(before.end_s <= after.start_s + 1e-6 for before, after in pairwise(pieces))
    assert sum(piece.length_s for piece in pieces) == pytest.approx(
        sum(span.length_s for span in padded(speech, duration_s))
    )
    for span in speech:
        heard = sum(max(0.0, min(span.end_s, piece.end_s) - max(span.start_s, piece.start_s)) for piece in pieces)
        assert heard == pytest.approx(span.length_s, abs=1e-6)


def test_short_sentences_share_a_window_without_the_silence_between_them() -> None:
    speech = [Span(10, 12), Span(60, 63), Span(300, 301)]
    (window,) = plan_windows(speech, 400)
    assert window.length_s == pytest.approx(6 + 6 * PAD_S)


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        (Span(0.5, 1.0), Span(10.5, 11.0)),
        (Span(2.2, 2.8), Span(20.2, 20.8)),
        # A word at the seam belongs to where its middle is, and never spans what lies between.
        (Span(1.8, 2.1), Span(11.8, 12.0)),
        (Span(1.9, 2.4), Span(20.0, 20.4)),
        (Span(3.9, 5.0), Span(21.9, 22.0)),
    ],
)
def test_a_word_is_put_back_where_it_was_said(heard: Span, said: Span) -> None:
    found = Window((Span(10, 12), Span(20, 22))).on_timeline(heard)
    assert (found.start_s, found.end_s) == pytest.approx((said.start_s, said.end_s))


def test_speech_without_words_is_heard_once_more() -> None:
    speech = [Span(0, 2), Span(3, 5), Span(8, 8.5)]
    assert unheard(speech, [Span(0.1, 1.9)]) == [Span(3, 5), Span(8, 8.5)]
    assert unheard(speech, [Span(0.1, 1.9), Span(3.1, 3.6)]) == [Span(3.6, 5), Span(8, 8.5)]
    assert unheard(speech, [Span(0.1, 1.9), Span(3.1, 4.9)]) == [], "half a second may be a cough"
    assert unheard(speech, []) == speech
