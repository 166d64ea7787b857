"""Which files of this machine belong to which unfinished upload, so that it can go on after the client was killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec import Struct

from client.errors import UsageError


class JournalFile(Struct, frozen=True, kw_only=True):
    """A file as it was when its upload began."""

    video_id: UUID
    path: str
    size_bytes: int
    mtime_ns: int


class Entry(Struct, frozen=True, kw_only=True):
    """A batch whose files are being sent from here."""

    url: str
    batch_id: UUID
    name: str
    start: bool
    """Whether the batch is started once everything has arrived."""
    files: tuple[JournalFile, ...]


class Journal:
    """A folder with a small file for each batch whose upload is unfinished."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, entry: Entry) -> None:
        """Remember an upload that begins."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(entry.batch_id)
        new = path.with_suffix(".new")
        new.write_bytes(msgspec.json.encode(entry))
        new.replace(path)

    def remove(self, batch_id: UUID) -> None:
        """Forget an upload that has ended."""
        self._path(batch_id).unlink(missing_ok=True)

    def find(self, batch_id: UUID) -> Entry | None:
        """The unfinished upload of a batch, if it was begun here."""
        return _read(self._path(batch_id))

    def entries(self, url: str) -> Iterator[Entry]:
        """All unfinished uploads to an installation."""
        for path in sorted(self.folder.glob("*.json")):
            if (entry := _read(path)) is not None and entry.url == url:
                yield entry

    def _path(self, batch_id: UUID) -> Path:
        return self.folder / f"{batch_id}.json"


def unchanged(file: JournalFile) -> Path:
    """The file, if it is still the one whose upload began. Raises `UsageError` when it is not."""
    path = Path(file.path)
    try:
        facts = path.stat()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read any more ({error.strerror}); put it back, or cancel the batch."
        ) from error
    if (facts.st_size, facts.st_mtime_ns) != (file.size_bytes, file.mtime_ns):
        raise UsageError(f"{path} has changed since its upload began; submit it again, and cancel this batch.")
    return path


def _read(path: Path) -> Entry | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Entry)
    except (OSError, msgspec.MsgspecError):
        return None
