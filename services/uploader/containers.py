"""Containers by their own account: how long a file says it is, beside how long it is. No frame is read for it."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from shared.errors import PermanentFailure

MOST_BOXES = 200_000
"""Outermost boxes of an mp4: a recording of twelve hours in fragments of a second has half as many."""
_SEGMENT = b"\x18\x53\x80\x67"
_CUT_SHORT = "This file ends too early, so it was cut short when it was copied or recorded; upload the whole file."


def require_whole(path: Path) -> None:
    """Raise `PermanentFailure` when a file lacks bytes that its container announces.

    Looks at the outermost boxes of mp4 and mov (ISO 14496-12, 4.2), the first RIFF chunk of avi, and the segment of
    matroska and webm (RFC 8794). What has no announced length, such as a recording of a browser, passes.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] == b"RIFF":
            announced = int.from_bytes(head[4:8], "little") + 8
            whole = announced <= size + 1  # the last chunk may lack its padding byte
        elif head[:4] == b"\x1a\x45\xdf\xa3":
            whole = _matroska_end(file, size) <= size
        else:
            whole = _boxes_end(file, size) <= size
    if not whole:
        raise PermanentFailure(_CUT_SHORT)


def _boxes_end(file: BinaryIO, size: int) -> int:
    """Where the last outermost box ends by its own account. A file without `moov` never ends."""
    position, index_found = 0, False
    for _ in range(MOST_BOXES):
        if position + 8 > size:
            break
        file.seek(position)
        header = file.read(16)
        length = int.from_bytes(header[:4], "big")
        kind = header[4:8]
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        elif length == 0:
            length = size - position  # to the end of the file
        if kind == b"moov":
            index_found = True
        if length < 8 or not kind.isascii():
            break  # garbage after the last box harms nobody
        position += length
    else:
        raise PermanentFailure(
            "This file is cut into more pieces than any recording has; convert it, then upload it again."
        )
    return position if index_found or position > size else size + 1


def _matroska_end(file: BinaryIO, size: int) -> int:
    """Where the segment ends by its own account; the size of the file when it does not say."""
    file.seek(4)
    header_length, _ = _variable_integer(file)
    file.seek(file.tell() + header_length)
    if file.read(4) != _SEGMENT:
        return size
    length, unknown = _variable_integer(file)
    return size if unknown else file.tell() + length


def _variable_integer(file: BinaryIO) -> tuple[int, bool]:
    """An EBML size and whether it means "unknown" (RFC 8794, 4 and 6.2)."""
    first = file.read(1)
    if not first or first[0] == 0:
        raise PermanentFailure(_CUT_SHORT)
    length = 9 - first[0].bit_length()
    value = int.from_bytes(first + file.read(length - 1), "big") & ((1 << 7 * length) - 1)
    return value, value == (1 << 7 * length) - 1
