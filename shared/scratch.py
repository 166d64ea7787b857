"""Scratch: folders for files in work, private to a process, that do not outlive it even when it is killed.

A process holds a lock (flock) on a file beside its folder. The kernel lets go of the lock when the process dies, however it
dies; whoever can take it may clear the folder. A process that is only frozen keeps its lock and its files.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "dailies-"
LOCK = ".lock"


class Scratch:
    """The scratch folder of this process, inside a folder that it may share with others of its kind on the same host."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.root.mkdir(parents=True, exist_ok=True)
        self.folder, self._lock = _taken(self.root)

    @contextmanager
    def room(self) -> Iterator[Path]:
        """An empty folder with a generated name, removed with all that is in it however the block ends."""
        folder = self.folder / secrets.token_hex(8)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self) -> int:
        """Clear what dead processes left in the shared root; returns how many folders there were. Blocks."""
        cleared = 0
        for lock in self.root.glob(f"{PREFIX}*{LOCK}"):
            if lock != self._path_of_lock and _cleared(lock):
                cleared += 1
        return cleared

    def close(self) -> None:
        """Remove this process's folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._path_of_lock.unlink(missing_ok=True)
        os.close(self._lock)

    @property
    def _path_of_lock(self) -> Path:
        return self.folder.with_name(self.folder.name + LOCK)


def _taken(root: Path) -> tuple[Path, int]:
    """A new folder and the descriptor that holds its lock."""
    while True:
        folder = root / (PREFIX + secrets.token_hex(8))
        lock = folder.with_name(folder.name + LOCK)
        descriptor = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
        if _locked(descriptor) and _is(lock, descriptor):
            folder.mkdir(mode=0o700)
            return folder, descriptor
        # Somebody swept the lock away before it was held.
        os.close(descriptor)


def _cleared(lock: Path) -> bool:
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        if not (_locked(descriptor) and _is(lock, descriptor)):
            return False
        # The lock goes last: should this process die here as well, the next sweep still finds the folder.
        shutil.rmtree(lock.with_name(lock.name.removesuffix(LOCK)), ignore_errors=True)
        lock.unlink()
        return True
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is(path: Path, descriptor: int) -> bool:
    """Whether the name still means the open file."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    return False
