"""Performance traces of Chromium: how long its tasks take on the main thread of a page."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

CATEGORIES = ("devtools.timeline", "disabled-by-default-devtools.timeline", "__metadata")


class Event(Struct, frozen=True):
    """An event of a trace. Times are in microseconds; `tdur` is what the processor spent on it."""

    name: str = ""
    pid: int = 0
    tid: int = 0
    ph: str = ""
    dur: float = 0
    tdur: float = 0
    args: dict[str, object] = {}


class Trace(Struct, frozen=True):
    """What Chromium writes."""

    traceEvents: tuple[Event, ...]  # noqa: N815


class Longest(Struct, frozen=True, kw_only=True):
    """The longest that a task took by the clock, and the most that one took of the processor. Milliseconds.

    On a machine that does other things at the same time the first is longer: the task has to wait in between.
    """

    clock_ms: float
    processor_ms: float


def longest_task(trace: bytes) -> Longest:
    """What kept the main thread of a page for the longest time. Raises `ValueError` when nothing did."""
    events = msgspec.json.decode(trace, type=Trace).traceEvents
    main = set(_main_threads(events))
    tasks = [one for one in events if one.name == "RunTask" and one.ph == "X" and (one.pid, one.tid) in main]
    if not tasks:
        raise ValueError("The trace has no tasks of a page.")
    by_clock, by_processor = max(one.dur for one in tasks), max(one.tdur for one in tasks)
    return Longest(clock_ms=by_clock / 1000, processor_ms=by_processor / 1000)


def keep(trace: bytes, path: Path) -> None:
    """Write a trace so that Chromium's developer tools open it."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(trace, compresslevel=3))


def _main_threads(events: Iterable[Event]) -> Iterable[tuple[int, int]]:
    for event in events:
        if event.name == "thread_name" and event.args.get("name") == "CrRendererMain":
            yield event.pid, event.tid
