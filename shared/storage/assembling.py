"""Puts an object of the local store together from bytes and from stretches of other objects, in one pass."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from isal.isal_zlib import crc32, crc32_combine

from shared.errors import NotFound, TransientFailure
from shared.media import StoredObject
from shared.storage import records
from shared.storage.folder import Folder
from shared.storage.objects import BadPiece, Piece, StoredRange

BUFFER = 256 * 1024
"""Small enough to stay in the processor's cache from the read, over the checksum, to the write."""


def assemble(
    folder: Folder,
    key: str,
    pieces: Sequence[Piece],
    content_type: str,
    on_bytes: Callable[[int], None] | None,
    given_up: threading.Event,
) -> StoredObject:
    """Write the pieces one behind the other and put the whole into place. Blocks. Raises `BadPiece`."""
    folder.path(key)
    incoming = folder.receive()
    buffer = memoryview(bytearray(BUFFER))

    def write(data: bytes | memoryview, crc: int) -> None:
        if given_up.is_set():
            raise TransientFailure("Nobody waits for this any more.")
        incoming.append(data, crc)
        incoming.write_behind()
        if on_bytes is not None:
            on_bytes(len(data))

    try:
        for number, piece in enumerate(pieces):
            if isinstance(piece, bytes):
                write(piece, crc32(piece))
            else:
                try:
                    good = _copied(folder, piece, buffer, write)
                except NotFound:
                    raise BadPiece(number, missing=True) from None
                if not good:
                    raise BadPiece(number, missing=False)
        stamp = incoming.seal()
        return folder.keep(incoming.path, key, records.line(stamp, incoming.size, incoming.crc, content_type))
    finally:
        incoming.discard()


def _copied(folder: Folder, piece: StoredRange, buffer: memoryview, write: Callable[[memoryview, int], None]) -> bool:
    """Write a stretch; whether it is what was recorded."""
    file, known = folder.open(piece.stored.key)
    with file:
        if known.size_bytes != piece.stored.size_bytes:
            return False
        file.seek(piece.start)
        left, crc = piece.size_bytes, 0
        while left and (count := file.readinto(buffer[: min(left, BUFFER)])):  # type: ignore[attr-defined]
            data = buffer[:count]
            # Once over the bytes is enough for both checksums, of the piece and of the whole.
            of_data = crc32(data)
            crc = crc32_combine(crc, of_data, count)
            write(data, of_data)
            left -= count
    return not left and (not piece.whole or piece.stored.crc32 in (None, crc))
