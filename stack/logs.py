"""Log files that do not grow for ever."""

import threading
from collections import deque
from pathlib import Path

LIMIT_BYTES = 8 * 1024 * 1024


class LogFile:
    """Appends to a file; at `limit_bytes` it becomes `<name>.1` (replacing the one before) and a new one begins."""

    def __init__(self, path: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self._path = path
        self._limit = limit_bytes
        self._lock = threading.Lock()
        self._file = path.open("ab", buffering=0)

    def write(self, line: bytes) -> None:
        """Append a line. A full disk loses log lines, never a process that writes them."""
        with self._lock:
            try:
                if self._file.tell() + len(line) > self._limit:
                    self._file.close()
                    self._path.replace(older(self._path))
                    self._file = self._path.open("ab", buffering=0)
                self._file.write(line)
            except (OSError, ValueError):
                return

    def close(self) -> None:
        """Close the file; what is written later is dropped."""
        with self._lock:
            self._file.close()

    def tail(self, count: int) -> list[str]:
        """The last lines."""
        return tail(self._path, count)


def older(path: Path) -> Path:
    """Where the earlier part of a log file is."""
    return path.with_name(path.name + ".1")


def tail(path: Path, count: int) -> list[str]:
    """The last lines of a log file and the part before it."""
    lines: deque[str] = deque(maxlen=count)
    for part in (older(path), path):
        if part.exists():
            with part.open(errors="replace") as file:
                lines.extend(line.rstrip("\n") for line in file)
    return list(lines)
