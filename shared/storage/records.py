"""What is recorded beside each object of the local store: its ETag, CRC-32 and content type.

The move of the data into place is the one moment at which an object changes. The record is written just before and knows
both the old data and the new, each by stamp and size; whichever is in place, its line is there. Data without a line (put
there by hand, or restored without its times) still counts, only without a CRC.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from shared.media import StoredObject
from shared.storage.disk import Incoming, move_into_place
from shared.storage.objects import OCTETS


class Line(Struct, frozen=True, kw_only=True):
    """One version of an object's data."""

    stamp: int
    """Time of modification in ns, as the file has it."""
    size_bytes: int
    etag: str
    crc32: int | None
    content_type: str
    upload_id: str | None = None
    """The multipart upload it was put together from."""


def line(stamp: int, size_bytes: int, crc32: int | None, content_type: str, upload_id: str | None = None) -> Line:
    """A line for new data. The ETag names content and moment, `<CRC-32>-<stamp>`, both in hex: it is no MD5 and no secret."""
    etag = f"{crc32 or 0:08x}-{stamp:x}"
    return Line(
        stamp=stamp, size_bytes=size_bytes, etag=etag, crc32=crc32, content_type=content_type, upload_id=upload_id
    )


def read_lines(path: Path) -> tuple[Line, ...]:
    """The lines of a record; none when it is missing or unreadable."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Line, ...])
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return ()


def line_of(lines: tuple[Line, ...], data: os.stat_result) -> Line:
    """The line that describes the data."""
    for known in lines:
        if known.stamp == data.st_mtime_ns and known.size_bytes == data.st_size:
            return known
    return line(data.st_mtime_ns, data.st_size, None, OCTETS)


def write_lines(path: Path, lines: tuple[Line, ...], incoming: Path) -> None:
    """Put a record into place, durably."""
    file = Incoming(incoming)
    try:
        file.write(msgspec.json.encode(lines))
        file.seal()
        move_into_place(file.path, path)
    finally:
        file.discard()


def stored(key: str, known: Line) -> StoredObject:
    """A line as the rest of the system sees it."""
    return StoredObject(
        key=key,
        size_bytes=known.size_bytes,
        etag=known.etag,
        crc32=known.crc32,
        content_type=known.content_type,
    )
