"""What the work on a video takes: guessed from its facts, corrected by finished runs."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from services.scheduler.pace import Pace, Sample, guess_s, learned, left_s
from shared.batches import BatchSettings, OutputFormat, Quality
from tests.scheduler.states import FACTS

CUT = BatchSettings(remove_silence=True)
HOUR = replace(FACTS, duration_s=3600.0)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (CUT, replace(CUT, transcribe=True)),
        (CUT, replace(CUT, export_format=OutputFormat.WEBM)),
        (replace(CUT, export_quality=Quality.P720), replace(CUT, export_quality=Quality.UHD, upscale=True)),
        (BatchSettings(), CUT),
    ],
)
def test_more_work_takes_longer(less: BatchSettings, more: BatchSettings) -> None:
    assert guess_s(less, HOUR) < guess_s(more, HOUR)


def test_a_longer_and_a_larger_video_take_longer() -> None:
    assert guess_s(CUT, FACTS) < guess_s(CUT, HOUR)
    assert guess_s(CUT, HOUR) < guess_s(CUT, replace(HOUR, width=3840, height=2160))


def test_measurements_of_the_same_kind_count_most_and_those_of_others_a_little() -> None:
    webm = replace(CUT, export_format=OutputFormat.WEBM)
    slow = [Sample(settings=CUT, facts=HOUR, took_s=4 * guess_s(CUT, HOUR)) for _ in range(20)]
    pace = learned(slow)
    assert 3.5 < pace.work_s(CUT, HOUR) / guess_s(CUT, HOUR) <= 4
    assert 3 < pace.work_s(webm, HOUR) / guess_s(webm, HOUR) <= 4, "a slow machine is slow at everything"
    both = learned([*slow, *(Sample(settings=webm, facts=HOUR, took_s=guess_s(webm, HOUR)) for _ in range(20))])
    assert both.work_s(webm, HOUR) / guess_s(webm, HOUR) < 1.3


def test_without_measurements_the_guess_counts_and_one_strange_run_does_not_turn_everything_over() -> None:
    assert learned([]) == Pace() and learned([]).work_s(CUT, HOUR) == guess_s(CUT, HOUR)
    usual = [Sample(settings=CUT, facts=HOUR, took_s=guess_s(CUT, HOUR)) for _ in range(20)]
    strange = Sample(settings=CUT, facts=HOUR, took_s=1000 * guess_s(CUT, HOUR))
    assert learned([*usual, strange]).work_s(CUT, HOUR) < 1.3 * guess_s(CUT, HOUR)


@pytest.mark.parametrize(
    ("done", "busy_s", "expected"),
    [(None, None, 100), (None, 40, 60), (None, 400, 10), (0.0, 5, 100), (0.5, None, 50), (0.5, 50, 50), (0.5, 100, 75)],
)
def test_what_is_left_of_a_run_follows_first_the_estimate_then_its_own_pace(
    done: float | None, busy_s: float | None, expected: float
) -> None:
    assert left_s(100.0, done, busy_s) == pytest.approx(expected)
    assert left_s(100.0, 0.99, 990.0) == pytest.approx(10, rel=0.05)
