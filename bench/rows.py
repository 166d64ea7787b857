"""A measurement as a row: ours beside a reference, their ratio, and whether the goal is met."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from msgspec import Struct


class Goal(Struct, frozen=True, kw_only=True):
    """A bound on our number, or on its ratio to the reference."""

    at_most: float | None = None
    at_least: float | None = None
    of: str = "ours"
    """`ours` or `ratio`."""

    def met(self, value: float) -> bool:
        """Whether a value keeps the bound."""
        return (self.at_most is None or value <= self.at_most) and (self.at_least is None or value >= self.at_least)

    def text(self, unit: str) -> str:
        """The bound in words, such as `at most 1000 ms` or `ratio at least 0.8`."""
        bounds = [("at most", self.at_most), ("at least", self.at_least)]
        said = " and ".join(f"{words} {bound:g}" for words, bound in bounds if bound is not None)
        return f"ratio {said}" if self.of == "ratio" else f"{said} {unit}"


class Row(Struct, frozen=True, kw_only=True):
    """What was measured. `n` is the number of measurements behind `ours`."""

    row: str
    ours: float
    reference: float | None
    reference_is: str | None
    ratio: float | None
    """Ours over the reference."""
    unit: str
    n: int
    goal: str | None
    met: bool | None


def row(
    name: str,
    ours: float,
    *,
    unit: str,
    n: int,
    reference: float | None = None,
    reference_is: str | None = None,
    goal: Goal | None = None,
) -> Row:
    """Make a row. A goal on a ratio needs a reference: raises `ValueError` without."""
    ratio = ours / reference if reference else None
    met = None
    if goal is not None:
        value = ratio if goal.of == "ratio" else ours
        if value is None:
            raise ValueError(f"The goal of {name!r} is on a ratio, but there is no reference.")
        met = goal.met(value)
    return Row(
        row=name,
        ours=_rounded(ours),
        reference=None if reference is None else _rounded(reference),
        reference_is=reference_is,
        ratio=None if ratio is None else _rounded(ratio),
        unit=unit,
        n=n,
        goal=None if goal is None else goal.text(unit),
        met=met,
    )


def compared(
    name: str,
    ours: Sequence[float],
    reference: Sequence[float],
    *,
    reference_is: str,
    unit: str,
    goal: Goal | None = None,
) -> Row:
    """A row of the medians of runs that were interleaved, see `bench.runs`."""
    return row(
        name,
        statistics.median(ours),
        unit=unit,
        n=len(ours),
        reference=statistics.median(reference),
        reference_is=reference_is,
        goal=goal,
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed (nearest rank)."""
    if not values:
        raise ValueError("There is no percentile of nothing.")
    rank = max(1, -(-len(values) * percent // 100))
    return sorted(values)[int(rank) - 1]


def _rounded(value: float) -> float:
    """Four significant digits: more would pretend."""
    return float(f"{value:.4g}")
