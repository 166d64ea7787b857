"""Puts an object together inside of S3: large stretches are copied by the service, what lies between them passes through here.

A part of a multipart upload has at least 5 MiB, except the last. So whatever is smaller goes into one part with its
neighbours, and takes from the next large stretch what is missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence

from isal.isal_zlib import crc32, crc32_combine
from msgspec import Struct

from shared.errors import NotFound
from shared.storage.objects import BadPiece, Piece, StoredRange
from shared.storage.s3 import documents, transfers
from shared.storage.s3.connection import Changed, Connection
from shared.views import StoredPart

LEAST = 5 * 1024 * 1024
"""The smallest part that S3 takes, except for the last."""
MOST_COPIED = 256 * 1024 * 1024
"""Stretches are copied in parts of at most this size, so that several are copied at once (S3 takes up to 5 GiB)."""


class Stretch(Struct, frozen=True):
    """Bytes from `start` up to `end` of the piece with this number."""

    number: int
    start: int
    end: int

    @property
    def size(self) -> int:
        """How many."""
        return self.end - self.start


class Plan(Struct, frozen=True):
    """One part: a single stretch that the service copies, or several that pass through here."""

    stretches: tuple[Stretch, ...]
    copied: bool


def size_of(piece: Piece) -> int:
    """Bytes of a piece."""
    return len(piece) if isinstance(piece, bytes) else piece.size_bytes


def plans(pieces: Sequence[Piece], least: int = LEAST, most_copied: int = MOST_COPIED) -> Iterator[Plan]:
    """The parts, in their order. Pure. All but the last have at least `least` bytes; those passing through have little more."""
    waiting: list[Stretch] = []
    held = 0
    for number, piece in enumerate(pieces):
        start, end = 0, size_of(piece)
        while start < end:
            if isinstance(piece, StoredRange) and (held == 0 or held >= least) and end - start >= least:
                if waiting:
                    yield Plan(tuple(waiting), copied=False)
                    waiting, held = [], 0
                stop = end if end - start < most_copied + least else start + most_copied
                yield Plan((Stretch(number, start, stop),), copied=True)
            else:
                # What lies here already is filled up to a part, and no further if the rest can be copied.
                missing = least - held if held < least else least
                stop = min(end, start + missing)
                waiting.append(Stretch(number, start, stop))
                held += stop - start
                if held >= 2 * least:
                    yield Plan(tuple(waiting), copied=False)
                    waiting, held = [], 0
            start = stop
    if waiting:
        yield Plan(tuple(waiting), copied=False)


def checksum(pieces: Sequence[Piece]) -> int | None:
    """CRC-32 of the whole, from those of its pieces; None when one of them is a stretch, or was never read."""
    crc = 0
    for piece in pieces:
        if isinstance(piece, bytes):
            crc = crc32(piece, crc)
        elif piece.whole and piece.stored.crc32 is not None:
            crc = crc32_combine(crc, piece.stored.crc32, piece.size_bytes)
        elif piece.size_bytes:
            return None
    return crc


async def content(connection: Connection, pieces: Sequence[Piece], plan: Plan) -> bytes:
    """The bytes of a part that passes through here. Raises `BadPiece`."""
    data = bytearray()
    for stretch in plan.stretches:
        piece = pieces[stretch.number]
        if isinstance(piece, bytes):
            data += piece[stretch.start : stretch.end]
            continue
        first = len(data)
        begin, end = piece.start + stretch.start, piece.start + stretch.end
        try:
            async for _, chunk in transfers.stretches(connection, piece.stored, begin, end):
                data += chunk
        except (NotFound, Changed) as error:
            raise BadPiece(stretch.number, missing=isinstance(error, NotFound)) from error
        known = piece.stored.crc32
        if piece.whole and stretch.size == piece.size_bytes and known is not None and crc32(data[first:]) != known:
            raise BadPiece(stretch.number, missing=False)
    return bytes(data)


async def send(
    connection: Connection,
    key: str,
    upload_id: str,
    pieces: Sequence[Piece],
    parts: Sequence[Plan],
    on_bytes: Callable[[int], None] | None,
) -> list[StoredPart]:
    """Bring all parts into an upload, some side by side. Raises `BadPiece`."""
    slots = asyncio.Semaphore(transfers.AT_ONCE)

    async def one(number: int, plan: Plan) -> StoredPart:
        async with slots:
            if plan.copied:
                part = await _copied(connection, key, upload_id, number, pieces, plan.stretches[0])
            else:
                data = await content(connection, pieces, plan)
                part = await transfers.put_part(connection, key, upload_id, number, data)
        if on_bytes is not None:
            on_bytes(part.size_bytes)
        return part

    async with transfers.side_by_side() as group:
        tasks = [group.create_task(one(number, plan)) for number, plan in enumerate(parts, 1)]
    return [task.result() for task in tasks]


async def _copied(
    connection: Connection, key: str, upload_id: str, number: int, pieces: Sequence[Piece], stretch: Stretch
) -> StoredPart:
    piece = pieces[stretch.number]
    assert isinstance(piece, StoredRange)
    headers = {
        "x-amz-copy-source": f"/{connection.internal.bucket}/{piece.stored.key}",
        "x-amz-copy-source-range": f"bytes={piece.start + stretch.start}-{piece.start + stretch.end - 1}",
        "x-amz-copy-source-if-match": f'"{piece.stored.etag}"',
    }
    query = {"partNumber": str(number), "uploadId": upload_id}
    try:
        answer = await connection.ask("PUT", key, query=query, headers=headers)
    except (NotFound, Changed) as error:
        raise BadPiece(stretch.number, missing=isinstance(error, NotFound)) from error
    etag = documents.unquoted(documents.value(answer.body, "ETag"))
    return StoredPart(number=number, size_bytes=stretch.size, etag=etag)
