"""Keeps two stacks out of one folder."""

import fcntl
import os
import time
from pathlib import Path

from stack.errors import StackError


class FolderLock:
    """A lock that the kernel gives back when its owner dies, however it dies. The file holds the owner's process id."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> None:
        """Take the lock. Raises `StackError` when somebody has it."""
        try:
            self._path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except PermissionError:
            raise StackError(
                f"You may not write to {self._path.parent}, which another user made; run as that user, or remove it."
            ) from None
        if not _try(file):
            os.close(file)
            owner = holder(self._path)
            raise StackError(
                f"Dailies is already running from {self._path.parent} (process {owner}); end it with: make down"
            )
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self._file = file

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not ours."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _try(file: int) -> bool:
    """Try for a moment: `holder` has the lock for an instant while it looks."""
    for _ in range(20):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.01)
        else:
            return True
    return False


def holder(path: Path) -> int | None:
    """The process that has the lock, or nothing."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.pread(file, 20, 0).strip() or 0)
    else:
        return None
    finally:
        os.close(file)
