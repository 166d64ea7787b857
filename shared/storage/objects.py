"""What a store of objects can do, whether it is a folder on this machine or an S3-compatible service far away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from shared.errors import PermanentFailure
from shared.media import StoredObject
from shared.views import StoredPart

OCTETS = "application/octet-stream"

MAX_PARTS = 10_000
"""Parts of a multipart upload are numbered from 1 to this; the limit is S3's."""


JOINT = ".joint-"
"""What follows the key of an object in the keys of others that are there only while it is assembled."""


class OpenMultipart(Struct, frozen=True, kw_only=True):
    """A multipart upload that was begun and neither completed nor aborted."""

    key: str
    upload_id: str
    created_at: datetime


class StoredRange(Struct, frozen=True, kw_only=True):
    """A stretch of an object as it was recorded: by default, all of it."""

    stored: StoredObject
    start: int = 0
    length: int | None = None

    @property
    def size_bytes(self) -> int:
        """Bytes in the stretch."""
        return self.stored.size_bytes - self.start if self.length is None else self.length

    @property
    def whole(self) -> bool:
        """Whether it is the object from its first byte to its last, so that its CRC can be compared."""
        return self.start == 0 and self.size_bytes == self.stored.size_bytes


Piece = bytes | StoredRange


class BadPiece(PermanentFailure):
    """A stored piece is missing, or is not what was recorded of it. `number` counts the pieces from 0."""

    def __init__(self, number: int, *, missing: bool) -> None:
        super().__init__(f"Piece {number} is {'missing' if missing else 'not what was recorded of it'}.")
        self.number = number
        self.missing = missing


class ObjectStore(Protocol):
    """Objects by key. An object appears whole or not at all, and never changes: writing again puts a new one in its place.

    Keys are relative paths of letters, digits, `.`, `_` and `-`; any other raises `Invalid`. Prefixes end with `/`.
    Any write raises `OutOfSpace` when there is no room, and leaves nothing behind.
    """

    async def put_file(self, key: str, path: Path, content_type: str = OCTETS) -> StoredObject:
        """Store a file. It belongs to the store from then on: it must not be changed any more (a local store may link it)."""
        ...

    async def put_bytes(self, key: str, data: bytes, content_type: str = OCTETS) -> StoredObject:
        """Store something small."""
        ...

    async def put_stream(self, key: str, chunks: AsyncIterator[bytes], content_type: str = OCTETS) -> StoredObject:
        """Store what an iterator gives, in constant memory; if it raises, nothing is stored."""
        ...

    async def fetch(self, key: str, path: Path) -> StoredObject:
        """Bring an object to a scratch file, in place of what is there. The file is read-only: never change it in place.

        Raises `NotFound`, and `OutOfSpace` when the scratch disk is full.
        """
        ...

    def read(self, key: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The bytes of an object from `start`, all or `length` of them. Raises `NotFound`, and `Invalid` beyond its end."""
        ...

    async def stat(self, key: str) -> StoredObject:
        """What is recorded of an object; cheap. Raises `NotFound`."""
        ...

    async def copy(self, source: str, target: str) -> StoredObject:
        """Store the object again under another key, without the bytes passing through here. Raises `NotFound`."""
        ...

    async def assemble(
        self,
        key: str,
        pieces: Sequence[Piece],
        content_type: str = OCTETS,
        on_bytes: Callable[[int], None] | None = None,
    ) -> StoredObject:
        """Store bytes and stretches of stored objects, one behind the other, as one object; in constant memory.

        Where bytes pass through here, those of whole objects are checked against their recorded CRC; where the store copies
        by itself, against the recorded ETag. `on_bytes` hears how many more are in place, maybe from another thread. Raises
        `BadPiece`, and leaves nothing behind when it raises or is cancelled.
        """
        ...

    async def delete(self, key: str) -> None:
        """Remove an object; one that is not there is fine."""
        ...

    async def delete_prefix(self, prefix: str) -> int:
        """Remove all objects under a prefix and return how many there were. Open multipart uploads stay."""
        ...

    def list(self, prefix: str = "") -> AsyncIterator[StoredObject]:
        """All objects under a prefix, in the order of their keys. A listing may know neither types nor checksums: `stat` does."""
        ...

    async def create_multipart(self, key: str, content_type: str = OCTETS) -> str:
        """Begin an upload in parts and return its id."""
        ...

    async def list_parts(self, key: str, upload_id: str) -> tuple[StoredPart, ...]:
        """The parts that have arrived whole, by number. Raises `NotFound` when there is no such open upload."""
        ...

    async def complete_multipart(self, key: str, upload_id: str, parts: Sequence[StoredPart]) -> StoredObject:
        """Put the parts together: numbered 1, 2, 3 …, each with the size and ETag it has here, else raises `Invalid`.

        Completing again gives the same answer; raises `NotFound` when the upload was aborted or never begun.
        """
        ...

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Give an upload up and drop its parts; one that is not there is fine."""
        ...

    def list_multiparts(self, prefix: str = "") -> AsyncIterator[OpenMultipart]:
        """The open multipart uploads for keys under a prefix."""
        ...

    async def presign_put(self, key: str, size: int | None, content_type: str | None, expires: timedelta) -> str:
        """A URL that takes one PUT of exactly `size` bytes of this content type (sent as the header of that name).

        Without a size it takes up to the store's limit for one object; without a type it takes and keeps any.
        """
        ...

    async def presign_part(self, key: str, upload_id: str, number: int, size: int, expires: timedelta) -> str:
        """A URL that takes one part of exactly `size` bytes by PUT."""
        ...

    async def presign_get(self, key: str, file_name: str | None, content_type: str | None, expires: timedelta) -> str:
        """A URL to download an object, saved under `file_name`; also good for ranges."""
        ...

    async def prepare(self) -> None:
        """Make what has to be there before anything is stored. Raises `Unavailable` when that is not possible."""
        ...

    async def check(self) -> None:
        """Get a sign of life of the store. Raises `Unavailable`."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
