"""Runs that are compared with each other take turns, so that whatever else the machine does hits all of them alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def interleaved(candidates: Mapping[str, Callable[[], float]], *, rounds: int) -> dict[str, list[float]]:
    """Measure each candidate once a round; every other round goes backwards, so that nobody is always first."""
    found: dict[str, list[float]] = {name: [] for name in candidates}
    for number in range(rounds):
        names = list(candidates)
        for name in names if number % 2 == 0 else reversed(names):
            found[name].append(candidates[name]())
    return found
