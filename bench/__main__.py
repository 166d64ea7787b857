"""`make bench`: measure, show, and write down."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bench import report, sizes
from bench.topics import TOPICS
from shared import logs
from stack.errors import StackError

RESULTS = Path(__file__).resolve().parent.parent / "bench-results"


def main(arguments: Sequence[str]) -> int:
    """Run the topics, or all of them; the exit status tells whether every goal is met."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure Dailies beside what people know.")
    parser.add_argument("--scale", type=float, default=1.0, help="how long clips are, in parts of their usual length")
    parser.add_argument("topics", nargs="*")
    asked = parser.parse_args(arguments)
    wanted: list[str] = asked.topics
    sizes.scale = asked.scale
    unknown = [name for name in wanted if name not in TOPICS]
    if unknown:
        print(f"There is no topic {', '.join(unknown)}; there are {', '.join(TOPICS)}.", file=sys.stderr)
        return 2
    logs.configure("warning", "text", "bench")
    # Where nobody looks, lines may be long; half-empty columns are of no use in a log.
    console = Console(width=None if sys.stdout.isatty() else 160)
    missed = 0
    for name in wanted or TOPICS:
        try:
            rows = TOPICS[name]()
        except StackError as error:
            print(f"{name} could not be measured: {error}", file=sys.stderr)
            return 1
        console.print(report.table(name, rows))
        print(f"Written to {report.write(name, rows, RESULTS)}\n")
        missed += sum(row.met is False for row in rows)
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
