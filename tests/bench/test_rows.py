"""The arithmetic of the benchmarks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.report import table, write
from bench.rows import Goal, compared, percentile, row
from bench.runs import interleaved


def test_a_row_has_ratio_goal_and_verdict() -> None:
    made = row("copying", 12.3456, unit="s", n=5, reference=10.0, reference_is="cp", goal=Goal(at_most=1.2, of="ratio"))
    assert (made.ours, made.ratio, made.goal, made.met) == (12.35, 1.235, "ratio at most 1.2", False)


def test_goals_have_two_sides() -> None:
    assert row("x", 999, unit="ms", n=1, goal=Goal(at_most=1000)).met is True
    assert row("x", 1001, unit="ms", n=1, goal=Goal(at_most=1000)).met is False
    assert row("x", 0.8, unit="MB/s", n=1, goal=Goal(at_least=0.8)).met is True
    assert Goal(at_least=1, at_most=2).text("s") == "at most 2 and at least 1 s"


def test_without_a_goal_there_is_no_verdict() -> None:
    made = row("x", 3.0, unit="s", n=1)
    assert (made.goal, made.met, made.ratio, made.reference) == (None, None, None, None)


def test_a_goal_on_a_ratio_needs_a_reference() -> None:
    with pytest.raises(ValueError, match="no reference"):
        row("x", 3.0, unit="s", n=1, goal=Goal(at_most=1, of="ratio"))


def test_compared_runs_are_told_by_their_medians() -> None:
    made = compared("x", [1.0, 9.0, 2.0], [4.0, 4.0, 100.0], reference_is="cat", unit="s")
    assert (made.ours, made.reference, made.ratio, made.n) == (2.0, 4.0, 0.5, 3)


@pytest.mark.parametrize(("percent", "value"), [(0, 1), (50, 50), (99, 99), (99.5, 100), (100, 100)])
def test_percentiles_are_values_that_were_measured(percent: float, value: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], percent) == value


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 50)


def test_candidates_take_turns_and_nobody_is_always_first() -> None:
    order: list[str] = []

    def measure(name: str) -> float:
        order.append(name)
        return float(len(order))

    found = interleaved({"ours": lambda: measure("ours"), "cat": lambda: measure("cat")}, rounds=3)
    assert order == ["ours", "cat", "cat", "ours", "ours", "cat"]
    assert found == {"ours": [1.0, 4.0, 5.0], "cat": [2.0, 3.0, 6.0]}


def test_the_file_is_a_list_of_rows_with_these_fields(tmp_path: Path) -> None:
    rows = [row("x", 1.0, unit="s", n=2, reference=2.0, reference_is="cat", goal=Goal(at_most=3))]
    path = write("topic", rows, tmp_path / "bench-results")
    assert path.name == "topic.json"
    assert json.loads(path.read_text()) == [
        {
            "row": "x",
            "ours": 1.0,
            "reference": 2.0,
            "reference_is": "cat",
            "ratio": 0.5,
            "unit": "s",
            "n": 2,
            "goal": "at most 3 s",
            "met": True,
        }
    ]
    assert [file.name for file in path.parent.iterdir()] == ["topic.json"]


def test_a_table_has_a_line_for_each_row() -> None:
    assert table("topic", [row("x", 1.0, unit="s", n=2), row("y", 1.0, unit="s", n=2)]).row_count == 2


def test_an_unknown_topic_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nonsense"]) == 2
    assert "There is no topic nonsense; there are " in capsys.readouterr().err
