"""Shows the logs of a service while they grow."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from stack import logs
from stack.errors import StackError

LAST_LINES = 100


@dataclass
class Source:
    """A log file that is being read, and the half line at its end."""

    path: Path
    file: BinaryIO
    rest: bytes = b""


def files(folder: Path, name: str) -> list[Path]:
    """The log files of a service ("processor"), a process ("processor.worker.1") or a server ("postgres").

    Raises `StackError` when there is none.
    """
    found = [path for path in sorted(folder.glob("*.log")) if path.stem == name or path.stem.startswith(f"{name}.")]
    if not found:
        known = ", ".join(sorted(path.stem for path in folder.glob("*.log"))) or "none yet"
        raise StackError(f"There is no log of {name}; there are: {known}.")
    return found


def last(paths: list[Path], count: int = LAST_LINES) -> Iterator[tuple[str, str]]:
    """The last lines of each file, as (process, line)."""
    for path in paths:
        yield from ((path.stem, line) for line in logs.tail(path, count))


def follow(paths: list[Path], *, pause_s: float = 0.2) -> Iterator[tuple[str, str]]:
    """New lines for ever, as (process, line); a file that was begun anew is read from its beginning."""
    sources = [_open(path, at_end=True) for path in paths]
    while True:
        quiet = True
        for number, source in enumerate(sources):
            for line in new_lines(source):
                quiet = False
                yield source.path.stem, line
            if _was_replaced(source):
                source.file.close()
                sources[number] = _open(source.path, at_end=False)
        if quiet:
            time.sleep(pause_s)


def _open(path: Path, *, at_end: bool) -> Source:
    while not path.exists():
        # It is being begun anew right now.
        time.sleep(0.01)
    file = path.open("rb")
    if at_end:
        file.seek(0, 2)
    return Source(path=path, file=file)


def new_lines(source: Source) -> Iterator[str]:
    """The whole lines that were written since the last look."""
    *lines, source.rest = (source.rest + source.file.read()).split(b"\n")
    for line in lines:
        yield line.decode(errors="replace")


def _was_replaced(source: Source) -> bool:
    try:
        return source.path.stat().st_ino != os.fstat(source.file.fileno()).st_ino
    except FileNotFoundError:
        return False
