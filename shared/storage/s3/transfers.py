"""Large objects to and from S3, in pieces that travel side by side. Memory is bounded: four pieces of 16 MiB."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from isal.isal_zlib import crc32

from shared.media import StoredObject
from shared.storage.disk import CHUNK, READ_ONLY, in_thread, room_on
from shared.storage.objects import MAX_PARTS
from shared.storage.s3 import documents
from shared.storage.s3.connection import Changed, Connection
from shared.views import StoredPart

PIECE = 16 * 1024 * 1024
AT_ONCE = 4


def piece_size(size: int) -> int:
    """The size of the parts of an object, so that 10,000 are enough."""
    return max(PIECE, -(-size // MAX_PARTS))


def checksum(path: Path) -> tuple[int, int]:
    """Size and CRC-32 of a file. Blocks."""
    size = crc = 0
    with path.open("rb", buffering=0) as file:
        while data := file.read(CHUNK):
            size, crc = size + len(data), crc32(data, crc)
    return size, crc


async def put_part(connection: Connection, key: str, upload_id: str, number: int, data: bytes) -> StoredPart:
    """Send one part."""
    query = {"partNumber": str(number), "uploadId": upload_id}
    answer = await connection.ask("PUT", key, query=query, body=data)
    return StoredPart(number=number, size_bytes=len(data), etag=documents.unquoted(answer.headers["ETag"]))


async def send_file(connection: Connection, key: str, upload_id: str, path: Path, size: int) -> list[StoredPart]:
    """Send a file as the parts of an upload."""
    step = piece_size(size)
    slots = asyncio.Semaphore(AT_ONCE)

    async def send(number: int, offset: int) -> StoredPart:
        async with slots:
            data = await asyncio.to_thread(_stretch_of, path, offset, min(step, size - offset))
            return await put_part(connection, key, upload_id, number, data)

    async with side_by_side() as group:
        tasks = [group.create_task(send(number, offset)) for number, offset in enumerate(range(0, size, step), 1)]
    return [task.result() for task in tasks]


async def send_pieces(
    connection: Connection, key: str, upload_id: str, pieces: AsyncIterator[bytes]
) -> list[StoredPart]:
    """Send pieces as they come as the parts of an upload; the source waits while four of them are under way."""
    slots = asyncio.Semaphore(AT_ONCE)
    tasks: list[asyncio.Task[StoredPart]] = []

    async def send(number: int, data: bytes) -> StoredPart:
        try:
            return await put_part(connection, key, upload_id, number, data)
        finally:
            slots.release()

    async with side_by_side() as group:
        async for piece in pieces:
            await slots.acquire()
            tasks.append(group.create_task(send(len(tasks) + 1, piece)))
    return [task.result() for task in tasks]


async def gathered(chunks: AsyncIterator[bytes], size: int) -> AsyncIterator[bytes]:
    """The same bytes in pieces of one size; the last is smaller."""
    waiting = bytearray()
    async for chunk in chunks:
        waiting += chunk
        while len(waiting) >= size:
            yield bytes(waiting[:size])
            del waiting[:size]
    if waiting:
        yield bytes(waiting)


async def fetch_file(connection: Connection, known: StoredObject, path: Path) -> None:
    """Bring a version of an object to a file. Raises `Changed` when it is replaced meanwhile."""
    aside = path.with_name(f".{path.name}.fetching")
    slots = asyncio.Semaphore(AT_ONCE)

    async def bring(descriptor: int, offset: int) -> None:
        async with slots:
            async for at, chunk in stretches(connection, known, offset, min(offset + PIECE, known.size_bytes)):
                with room_on("scratch folder"):
                    await in_thread(_write_all, descriptor, chunk, at)

    try:
        with room_on("scratch folder"):
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
        try:
            async with side_by_side() as group:
                for offset in range(0, known.size_bytes, PIECE):
                    group.create_task(bring(descriptor, offset))
            os.fchmod(descriptor, READ_ONLY)
        finally:
            os.close(descriptor)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


async def stretches(
    connection: Connection, known: StoredObject, start: int, end: int
) -> AsyncIterator[tuple[int, bytes]]:
    """The bytes of a version from `start` up to `end`, with their places. A connection that breaks is taken up where it broke."""
    breaks = 0
    while start < end:
        before = start
        async for chunk in connection.read(known.key, _wanted(known, start, end)):
            yield start, chunk
            start += len(chunk)
        breaks = 0 if start > before else breaks + 1
        if breaks > AT_ONCE:
            raise Changed(f"{known.key!r} ends before its size; it was replaced.")


@asynccontextmanager
async def side_by_side() -> AsyncIterator[asyncio.TaskGroup]:
    """A group of tasks whose first error is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from errors


def _wanted(known: StoredObject, start: int, end: int) -> Mapping[str, str]:
    return {"Range": f"bytes={start}-{end - 1}", "If-Match": f'"{known.etag}"'}


def _stretch_of(path: Path, offset: int, size: int) -> bytes:
    with path.open("rb", buffering=0) as file:
        data = os.pread(file.fileno(), size, offset)
    if len(data) != size:
        raise OSError(f"{path} became shorter while it was being stored.")
    return data


def _write_all(descriptor: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written
