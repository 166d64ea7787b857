"""The ZIP format for entries that are stored as they are and whose size and CRC are known beforehand.

Knowing both, every byte around the videos is decided before the first of them is read: the archive can be written in one pass,
or put together by a store from literal pieces and copies. After PKWARE's APPNOTE.TXT 6.3.10; section numbers refer to it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct

UINT16 = 0xFFFF
UINT32 = 0xFFFFFFFF

STORED_VERSION = 20
ZIP64_VERSION = 45
MADE_ON_UNIX = 3 << 8
UTF8_NAMES = 1 << 11
REGULAR_FILE_0644 = 0o100644 << 16
ZIP64_EXTRA = 0x0001
TIME_EXTRA = 0x5455

LOCAL_HEADER = struct.Struct("<4s5H3I2H")
CENTRAL_HEADER = struct.Struct("<4s6H3I5H2I")
END64 = struct.Struct("<4sQ2H2I4Q")
END64_LOCATOR = struct.Struct("<4sIQI")
END = struct.Struct("<4s4H2IH")

DAWN = datetime(1980, 1, 1, tzinfo=UTC)
"""The earliest time that the format knows, for files of which no time is known."""


class Entry(Struct, frozen=True, kw_only=True):
    """A file to store under a name that is safe already."""

    name: str
    size_bytes: int
    crc32: int
    modified: datetime = DAWN
    """With its time zone."""


class Placed(Struct, frozen=True, kw_only=True):
    """An entry with its place: the header begins at `offset`, the file's bytes follow at once."""

    entry: Entry
    offset: int
    header: bytes


class Layout(Struct, frozen=True, kw_only=True):
    """A whole archive but for the bytes of the files: for each one its header and its data, and the directory at the end."""

    files: tuple[Placed, ...]
    directory: bytes
    size_bytes: int


def lay_out(entries: Sequence[Entry]) -> Layout:
    """Place the entries one behind the other."""
    files = []
    offset = 0
    for entry in entries:
        placed = Placed(entry=entry, offset=offset, header=_local_header(entry))
        files.append(placed)
        offset += len(placed.header) + entry.size_bytes
    central = b"".join(_central_header(placed) for placed in files)
    directory = central + _end(len(files), len(central), offset)
    return Layout(files=tuple(files), directory=directory, size_bytes=offset + len(directory))


def _local_header(entry: Entry) -> bytes:
    """4.3.7, and 4.5.3: here the extra field for large files has both sizes or is not there."""
    name = entry.name.encode()
    large = entry.size_bytes >= UINT32
    extra = struct.pack("<2H2Q", ZIP64_EXTRA, 16, entry.size_bytes, entry.size_bytes) if large else b""
    extra += _time_extra(entry.modified)
    size = min(entry.size_bytes, UINT32)
    version = ZIP64_VERSION if large else STORED_VERSION
    time, date = _dos_time(entry.modified)
    return (
        LOCAL_HEADER.pack(b"PK\3\4", version, UTF8_NAMES, 0, time, date, entry.crc32, size, size, len(name), len(extra))
        + name
        + extra
    )


def _central_header(placed: Placed) -> bytes:
    """4.3.12, and 4.5.3: here the extra field for large files has just the values that do not fit, in a fixed order."""
    entry = placed.entry
    name = entry.name.encode()
    values = [value for value in (entry.size_bytes, entry.size_bytes, placed.offset) if value >= UINT32]
    extra = struct.pack(f"<2H{len(values)}Q", ZIP64_EXTRA, 8 * len(values), *values) if values else b""
    extra += _time_extra(entry.modified)
    size = min(entry.size_bytes, UINT32)
    version = ZIP64_VERSION if values else STORED_VERSION
    time, date = _dos_time(entry.modified)
    return (
        CENTRAL_HEADER.pack(
            b"PK\1\2",
            MADE_ON_UNIX | ZIP64_VERSION,
            version,
            UTF8_NAMES,
            0,
            time,
            date,
            entry.crc32,
            size,
            size,
            len(name),
            len(extra),
            0,
            0,
            0,
            REGULAR_FILE_0644,
            min(placed.offset, UINT32),
        )
        + name
        + extra
    )


def _end(count: int, size: int, offset: int) -> bytes:
    """4.3.16, preceded by 4.3.14 and 4.3.15 when a value does not fit."""
    end64 = b""
    if count >= UINT16 or size >= UINT32 or offset >= UINT32:
        made = MADE_ON_UNIX | ZIP64_VERSION
        end64 = END64.pack(b"PK\6\6", END64.size - 12, made, ZIP64_VERSION, 0, 0, count, count, size, offset)
        end64 += END64_LOCATOR.pack(b"PK\6\7", 0, offset + size, 1)
    entries = min(count, UINT16)
    return end64 + END.pack(b"PK\5\6", 0, 0, entries, entries, min(size, UINT32), min(offset, UINT32), 0)


def _time_extra(moment: datetime) -> bytes:
    """4.5.2, Info-ZIP's extended timestamp: Unix time, so that whoever unpacks has it right in any time zone."""
    seconds = min(max(int(moment.timestamp()), -(2**31)), 2**31 - 1)
    return struct.pack("<2HBi", TIME_EXTRA, 5, 1, seconds)


def _dos_time(moment: datetime) -> tuple[int, int]:
    """4.4.6: in steps of two seconds, from 1980 to 2107. It has no time zone; here it is UTC, the same on every machine."""
    moment = min(max(moment.astimezone(UTC), DAWN), datetime(2107, 12, 31, 23, 59, 58, tzinfo=UTC))
    time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    date = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    return time, date
