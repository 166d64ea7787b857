"""What people see in the terminal: log lines with the name of their process in front, each process in its colour."""

import queue
import sys
import threading
import zlib
from typing import TextIO

COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
# So many lines wait for a slow terminal; more are dropped (the log files have them all), never a process held up.
WAITING_LINES = 10_000


class Console:
    """Prints lines from many threads, in a thread of its own. `colour` is for terminals only."""

    def __init__(self, out: TextIO = sys.stdout, *, colour: bool) -> None:
        self._out = out
        self._colour = colour
        self._lines: queue.Queue[str | None] = queue.Queue(WAITING_LINES)
        self._printer = threading.Thread(target=self._print, name="console", daemon=True)
        self._printer.start()

    def line(self, process: str, text: str) -> None:
        """Print a log line of a process."""
        self._put(f"{self._paint(f'{process:<18}', process)} {text}")

    def say(self, text: str) -> None:
        """Print news of the stack itself."""
        self._put(text)

    def close(self) -> None:
        """Print what is waiting, for at most two seconds (a stopped terminal takes nothing)."""
        self._put(None)
        self._printer.join(2.0)

    def _put(self, line: str | None) -> None:
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            return

    def _paint(self, text: str, process: str) -> str:
        if not self._colour:
            return text
        return f"\x1b[{COLOURS[zlib.crc32(process.encode()) % len(COLOURS)]}m{text}\x1b[0m"

    def _print(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                print(line, file=self._out, flush=True)
            except (OSError, ValueError):
                return


def wants_colour(out: TextIO, environment: dict[str, str]) -> bool:
    """Whether to write colours: on a terminal, unless the user set NO_COLOR (no-color.org)."""
    return out.isatty() and not environment.get("NO_COLOR")
