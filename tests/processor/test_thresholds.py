"""A threshold of the file's own, and where speech really begins and ends."""

from __future__ import annotations

import numpy as np
import pytest

from services.processor.listening import WINDOW_S, Levels
from services.processor.thresholds import MOST_MOVED_S, fitting_threshold, trimmed, with_beginnings_and_ends
from shared.media import Span


def levels(floor_db: float, loud_db: float, *loud: tuple[float, float]) -> Levels:
    """Four seconds that are loud in some places."""
    found = np.full(round(4 / WINDOW_S), floor_db, np.float32)
    for start_s, end_s in loud:
        found[round(start_s / WINDOW_S) : round(end_s / WINDOW_S)] = loud_db
    return found


@pytest.mark.parametrize(
    ("floor_db", "loud_db", "threshold_db"),
    [(-50, -20, -35), (-30, -20, -24), (-28, -22, -22), (-90, -30, -60), (-62, -50, -56)],
)
def test_the_threshold_lies_between_noise_and_speech(floor_db: float, loud_db: float, threshold_db: float) -> None:
    assert fitting_threshold(levels(floor_db, loud_db, (1, 2)), [Span(1, 2)]) == pytest.approx(threshold_db, abs=0.1)


def test_without_speech_it_lies_a_third_above_the_noise_and_without_sound_it_is_the_usual_one() -> None:
    assert fitting_threshold(levels(-50, -20, (1, 3)), ()) == pytest.approx(-41, abs=0.1)
    assert fitting_threshold(np.full(10, -120, np.float32), ()) == -40
    assert fitting_threshold(np.empty(0, np.float32), [Span(0, 1)]) == -40


def near(found: list[Span], *wanted: tuple[float, float]) -> bool:
    """Two windows count as the same place."""
    edges = [(span.start_s, span.end_s) for span in found]
    return len(edges) == len(wanted) and np.allclose(edges, wanted, atol=2.01 * WINDOW_S)


def test_speech_ends_where_its_sound_does() -> None:
    clear = levels(-70, -20, (1, 2))
    assert near(trimmed([Span(0.9, 2.2)], clear), (1, 2))
    assert near(trimmed([Span(0.6, 2.4)], clear), (0.6 + MOST_MOVED_S, 2.4 - MOST_MOVED_S)), "but no more than so far"
    assert near(trimmed([Span(1.2, 1.8)], clear), (1.2, 1.8))


def test_in_noise_speech_stays_as_it_was_found() -> None:
    assert trimmed([Span(0.9, 2.2)], levels(-40, -20, (1, 2))) == [Span(0.9, 2.2)]
    assert trimmed([Span(3.9, 4.5)], levels(-70, -70)) == [Span(3.9, 4.5)]
    assert trimmed([Span(5, 6)], levels(-70, -20, (1, 2))) == [Span(5, 6)], "nor is there anything beyond the end"


def test_loud_beginnings_and_ends_that_the_model_missed_belong_to_speech() -> None:
    found = with_beginnings_and_ends([Span(1.2, 1.9)], levels(-60, -20, (1, 2.1), (3, 3.5)))
    assert near(found[1:], (1, 2.1)), "and what is loud elsewhere does not"
