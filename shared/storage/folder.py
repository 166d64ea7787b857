"""The objects of the local store as files: found, listed, committed and removed. Everything here blocks; call it in a thread.

<root>/objects/<key>         the data, read-only
<root>/records/<key>.json    what is recorded of it
<root>/uploads/<upload id>/  the parts of multipart uploads
<root>/incoming/             files being written
<root>/locks/                one lock for each of 64 groups of keys, held while an object is replaced
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from zlib import crc32 as spread

from isal.isal_zlib import crc32
from msgspec.structs import replace

from shared.errors import Invalid, NotFound, Unavailable
from shared.media import StoredObject
from shared.storage import disk, records
from shared.storage.disk import CHUNK, Incoming, locked, make_folder, move_into_place, prune, room_on, seal
from shared.storage.keys import check_key, check_prefix
from shared.storage.records import Line

GROUPS = 64


class Folder:
    """The root folder of a local store."""

    def __init__(self, root: Path, reserve_bytes: int) -> None:
        self.root = root.resolve()
        self.reserve_bytes = reserve_bytes
        self.objects = self.root / "objects"
        self.records = self.root / "records"
        self.uploads = self.root / "uploads"
        self.incoming = self.root / "incoming"
        self.locks = self.root / "locks"
        for folder in (self.objects, self.records, self.uploads, self.incoming, self.locks):
            make_folder(folder)

    def check(self) -> None:
        """See that the folder is there and can be written to. Raises `Unavailable`."""
        if not (self.incoming.is_dir() and os.access(self.incoming, os.W_OK)):
            raise Unavailable("The folder of the store is not there or cannot be written to; is its disk mounted?")

    def path(self, key: str) -> Path:
        """Where the data of a key is. Raises `Invalid` when the key is none, or would lead through a symbolic link."""
        return _walk(self.objects, check_key(key))

    def record(self, key: str) -> Path:
        """Where the record of a key is."""
        return _walk(self.records, f"{check_key(key)}.json")

    def receive(self) -> Incoming:
        """A new file for bytes that are still arriving."""
        return Incoming(self.incoming, self.reserve_bytes)

    def open(self, key: str) -> tuple[BinaryIO, Line]:
        """The data of an object, and its line. The file stays readable when the object is replaced or deleted."""
        try:
            descriptor = os.open(self.path(key), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            raise _missing(key) from None
        data = os.fstat(descriptor)
        if not stat.S_ISREG(data.st_mode):
            os.close(descriptor)
            raise _missing(key)
        return os.fdopen(descriptor, "rb", buffering=0), records.line_of(records.read_lines(self.record(key)), data)

    def line(self, key: str) -> Line:
        """What is recorded of an object. Raises `NotFound`."""
        try:
            data = self.path(key).stat(follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            raise _missing(key) from None
        if not stat.S_ISREG(data.st_mode):
            raise _missing(key)
        return records.line_of(records.read_lines(self.record(key)), data)

    def keep(self, incoming: Path, key: str, new: Line) -> StoredObject:
        """Put sealed data into place as the object of this key."""
        target = self.path(key)
        with room_on("store"), self._locked(key):
            if target.is_dir() or any(parent.is_file() for parent in target.parents):
                raise Invalid(f"{key!r} would be a folder and an object at once; choose another key.")
            lines = [new]
            with contextlib.suppress(NotFound):
                lines.append(self.line(key))
            records.write_lines(self.record(key), tuple(lines), self.incoming)
            move_into_place(incoming, target)
        return records.stored(key, new)

    def keep_file(self, path: Path, key: str, content_type: str) -> StoredObject:
        """Store a file: linked when it lies on the same file system and has no other name, else copied."""
        check_key(key)
        with path.open("rb", buffering=0) as source:
            _shield(source)
            data, place = os.fstat(source.fileno()), self._new_name()
            if data.st_nlink != 1 or data.st_uid != os.geteuid() or not _linked(source, path, place):
                return self._keep_copy(source, key, content_type)
            try:
                size, crc = _read_through(source)
                return self.keep(place, key, records.line(seal(source.fileno()), size, crc, content_type))
            finally:
                place.unlink(missing_ok=True)

    def fetch(self, key: str, path: Path) -> StoredObject:
        """Bring the data to `path`, by a hard link where that is possible."""
        file, known = self.open(key)
        aside = path.with_name(f".{path.name}.fetching")
        with file:
            aside.unlink(missing_ok=True)
            try:
                if not _linked(file, self.path(key), aside):
                    with room_on("scratch folder"), aside.open("xb", buffering=0) as copy:
                        shutil.copyfileobj(file, copy, CHUNK)
                        os.fchmod(copy.fileno(), disk.READ_ONLY)
                aside.replace(path)
            finally:
                aside.unlink(missing_ok=True)
        return records.stored(key, known)

    def copy(self, source: str, target: str) -> StoredObject:
        """Store an object under a second key; the two share their data, which never changes."""
        file, known = self.open(source)
        with file:
            _shield(file)
            place = self._new_name()
            if not _linked(file, self.path(source), place):
                return self._keep_copy(file, target, known.content_type)
            try:
                return self.keep(place, target, replace(known, upload_id=None))
            finally:
                place.unlink(missing_ok=True)

    def _keep_copy(self, file: BinaryIO, key: str, content_type: str) -> StoredObject:
        place = self.receive()
        try:
            while data := file.read(CHUNK):
                place.write(data)
            return self.keep(place.path, key, records.line(place.seal(), place.size, place.crc, content_type))
        finally:
            place.discard()

    def _new_name(self) -> Path:
        return self.incoming / secrets.token_hex(16)

    def delete(self, key: str) -> None:
        """Remove an object, its record, and the folders that are empty without it."""
        path, record = self.path(key), self.record(key)
        with self._locked(key):
            for file, root in ((path, self.objects), (record, self.records)):
                with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
                    file.unlink()
                prune(file.parent, root)

    def delete_prefix(self, prefix: str) -> int:
        """Remove all objects under a prefix."""
        if not check_prefix(prefix):
            raise Invalid("Deleting everything at once is not offered; name a prefix.")
        count = 0
        for key in list(self.keys(prefix)):
            self.delete(key)
            count += 1
        # Records whose data never came, because a process was killed in between.
        leftover = self.records / prefix
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
            prune(leftover.parent, self.records)
        return count

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys under a prefix, in the order of their bytes."""
        check_prefix(prefix)
        folder = self.path(prefix[:-1]) if prefix else self.objects
        try:
            # A folder counts with its slash, so that `a-b` comes before `a/b`, as it does on S3.
            names = sorted(
                entry.name + ("/" if entry.is_dir(follow_symlinks=False) else "")
                for entry in os.scandir(folder)
                if not entry.is_symlink()
            )
        except (FileNotFoundError, NotADirectoryError):
            return
        for name in names:
            if name.endswith("/"):
                yield from self.keys(prefix + name)
            else:
                yield prefix + name

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """All objects under a prefix; those deleted meanwhile are left out."""
        for key in self.keys(prefix):
            with contextlib.suppress(NotFound):
                yield records.stored(key, self.line(key))

    def _locked(self, key: str) -> contextlib.AbstractContextManager[None]:
        return locked(self.locks / f"{spread(key.encode()) % GROUPS:02d}")


def _walk(path: Path, name: str) -> Path:
    for segment in name.split("/"):
        path = path / segment
        if path.is_symlink():
            raise Invalid(f"{name!r} leads through a symbolic link; the store follows none.")
    return path


def _shield(file: BinaryIO) -> None:
    """Lock a file against the sweep of left-over files, which takes only those that nobody has locked."""
    fcntl.flock(file, fcntl.LOCK_SH)


def _linked(file: BinaryIO, path: Path, name: Path) -> bool:
    """Give an open file another name. False where that is not possible: on another disk, or for another owner's file.

    It is also False when the path does not lead to that very file any more, because it is a symbolic link or was replaced.
    """
    try:
        os.link(path, name, follow_symlinks=False)
    except OSError:
        return False
    if os.path.samestat(os.fstat(file.fileno()), name.lstat()):
        return True
    name.unlink()
    return False


def _read_through(file: BinaryIO) -> tuple[int, int]:
    size = crc = 0
    while data := file.read(CHUNK):
        size, crc = size + len(data), crc32(data, crc)
    return size, crc


def _missing(key: str) -> NotFound:
    return NotFound(f"The store has no object {key!r}.")
