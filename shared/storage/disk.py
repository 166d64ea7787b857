"""Files that appear whole or not at all: written aside, synced, then renamed into place."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar

from isal.isal_zlib import crc32, crc32_combine

from shared.errors import OutOfSpace

P = ParamSpec("P")
R = TypeVar("R")

CHUNK = 1024 * 1024
BEHIND = 16 * CHUNK
READ_ONLY = 0o440
FOLDER = 0o750
LEFT_OVER_S = 60.0
MOST_AT_ONCE = 512
"""Pieces in one write; systems take 1024."""


async def in_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run blocking work in a thread. A cancelled caller still waits for it to end, so that nothing goes on behind its back."""
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        task.exception()
        raise


@contextlib.contextmanager
def room_on(what: str) -> Iterator[None]:
    """Turn the operating system's word for a full disk into `OutOfSpace`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise OutOfSpace(f"The disk of the {what} is full; free some space, then try again.") from error
        raise


class Incoming:
    """A file on its way into the store: nobody sees it before it is sealed and moved, and discarding it leaves nothing.

    It is locked while it lives, so that `sweep` can tell the left-over of a killed process from a file being written.
    """

    def __init__(self, folder: Path, reserve_bytes: int = 0) -> None:
        self.path = folder / secrets.token_hex(16)
        self.reserve_bytes = reserve_bytes
        self.size = 0
        self.crc = 0
        self._begun = 0
        with room_on("store"):
            self._file = self.path.open("xb", buffering=0)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Append. Raises `OutOfSpace` also when less than the reserve would remain for the other users of the disk."""
        self.append(data, crc32(data))

    def append(self, data: bytes | bytearray | memoryview, crc: int) -> None:
        """Append what the caller has computed the CRC of."""
        with room_on("store"):
            self._require_room(len(data))
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]
        self.crc = crc32_combine(self.crc, crc, len(data))
        self.size += len(data)

    def write_all(self, pieces: Sequence[bytes]) -> None:
        """Append pieces without joining them first, and have the disk begin."""
        size = sum(map(len, pieces))
        if len(pieces) > MOST_AT_ONCE:
            self.write(b"".join(pieces))
        else:
            with room_on("store"):
                self._require_room(size)
                written = os.writev(self._file.fileno(), pieces)
            if written < size:
                # As when the disk is nearly full: the rest says so, or goes the slow way.
                os.ftruncate(self._file.fileno(), self.size)
                os.lseek(self._file.fileno(), self.size, os.SEEK_SET)
                self.write(b"".join(pieces))
            else:
                for piece in pieces:
                    self.crc = crc32(piece, self.crc)
                self.size += size
        self.write_behind()

    def _require_room(self, size: int) -> None:
        if self.reserve_bytes:
            room = os.fstatvfs(self._file.fileno())
            if room.f_bavail * room.f_frsize - size < self.reserve_bytes:
                raise OSError(errno.ENOSPC, "less than the reserve would remain")

    def write_behind(self) -> None:
        """Have the disk begin with what has gathered, so that sealing need not wait for all of it at the end."""
        if self.size - self._begun >= BEHIND:
            # The kernel starts writing these pages; it drops only pages that are on the disk already, which none is yet.
            os.posix_fadvise(self._file.fileno(), self._begun, self.size - self._begun, os.POSIX_FADV_DONTNEED)
            self._begun = self.size

    def seal(self) -> int:
        """Make the content durable and read-only. Returns its stamp, the time of modification in ns, unique for this file."""
        with room_on("store"):
            return seal(self._file.fileno())

    def discard(self) -> None:
        """Close, and remove what was not moved into place."""
        self.path.unlink(missing_ok=True)
        self._file.close()


def seal(descriptor: int) -> int:
    """Make a file durable and read-only; returns its stamp as the file system keeps it."""
    now = time.time_ns()
    os.utime(descriptor, ns=(now, now))
    os.fchmod(descriptor, READ_ONLY)
    os.fsync(descriptor)
    return os.fstat(descriptor).st_mtime_ns


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable."""
    sync_file(folder)


def sync_file(path: Path) -> None:
    """Make the content of a file durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, durably."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with room_on("store"), contextlib.suppress(FileExistsError):
        folder.mkdir(mode=FOLDER)
        sync_folder(folder.parent)


def move_into_place(path: Path, target: Path) -> None:
    """Rename, making the target's folder first, and again if somebody who tidies up removes it in between."""
    while True:
        try:
            make_folder(target.parent)
            path.replace(target)
            break
        except FileNotFoundError:
            if not path.exists():
                raise
    with contextlib.suppress(FileNotFoundError):
        sync_folder(target.parent)


def prune(folder: Path, root: Path) -> None:
    """Remove a folder and its parents below the root, as far as they are empty."""
    while folder != root:
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass
        except OSError:
            return
        folder = folder.parent


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on an existing or new file, against other threads and other processes alike."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> int:
    """Remove files that killed processes left half written; returns how many."""
    removed = 0
    for path in folder.iterdir():
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime < LEFT_OVER_S:
                continue
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                removed += 1
    return removed
