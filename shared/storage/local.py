"""The store on this machine's disk: the embedded default. Several services share it by mounting the same folder."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from shared.errors import Invalid
from shared.media import StoredObject
from shared.storage import assembling, disk, records, signing
from shared.storage import parts as multipart
from shared.storage.counting import counted, traffic
from shared.storage.disk import CHUNK, Incoming, in_thread
from shared.storage.folder import Folder
from shared.storage.keys import check_number, check_size
from shared.storage.objects import OCTETS, OpenMultipart, Piece
from shared.storage.pouring import pour
from shared.views import StoredPart

PAGE = 500


class LocalStore:
    """An `ObjectStore` on a folder, with signed URLs for the endpoint that serves it. Errors are those of the interface."""

    def __init__(
        self, root: Path, url: str, keys: signing.Keys, *, reserve_bytes: int = 0, max_object_bytes: int = 2 * 1024**3
    ) -> None:
        self.folder = Folder(root, reserve_bytes)
        self.url = url.rstrip("/")
        self.keys = keys
        self.max_object_bytes = max_object_bytes

    @counted("put", "in")
    async def put_file(self, key: str, path: Path, content_type: str = OCTETS) -> StoredObject:
        """Store a file; on the same disk by a link, without copying it."""
        return await in_thread(self.folder.keep_file, path, key, content_type)

    async def put_bytes(self, key: str, data: bytes, content_type: str = OCTETS) -> StoredObject:
        """Store something small."""

        async def once() -> AsyncIterator[bytes]:
            yield data

        return await self.put_stream(key, once(), content_type)

    @counted("put", "in")
    async def put_stream(
        self, key: str, chunks: AsyncIterator[bytes], content_type: str = OCTETS, size: int | None = None
    ) -> StoredObject:
        """Store what an iterator gives. With a `size` it raises `Invalid` or `TooLarge` unless exactly as much comes."""
        self.folder.path(key)
        incoming = await in_thread(self.folder.receive)
        try:
            await pour(chunks, incoming, size)
            return await in_thread(self._keep, incoming, key, content_type)
        finally:
            incoming.discard()

    def _keep(self, incoming: Incoming, key: str, content_type: str) -> StoredObject:
        stamp = incoming.seal()
        return self.folder.keep(incoming.path, key, records.line(stamp, incoming.size, incoming.crc, content_type))

    @counted("put", "in")
    async def put_part(
        self, key: str, upload_id: str, number: int, chunks: AsyncIterator[bytes], size: int
    ) -> StoredPart:
        """Store one part of an open upload, of exactly `size` bytes. Raises `NotFound`, `Invalid` and `TooLarge`."""
        check_number(number)
        await in_thread(multipart.stored_parts, self.folder, key, upload_id)
        incoming = await in_thread(self.folder.receive)
        try:
            await pour(chunks, incoming, size)
            await in_thread(incoming.seal)
            return await in_thread(multipart.keep, self.folder, key, upload_id, number, incoming)
        finally:
            incoming.discard()

    @counted("get", "out")
    async def fetch(self, key: str, path: Path) -> StoredObject:
        """Bring an object to a scratch file; on the same disk by a link, without copying it."""
        return await in_thread(self.folder.fetch, key, path)

    async def read(self, key: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The bytes of an object, or of a stretch of it."""
        file, stored = await self.open(key)
        with file:
            if not 0 <= start <= stored.size_bytes or (length is not None and length < 0):
                raise Invalid(f"{key!r} has {stored.size_bytes} bytes; ask for a stretch inside of it.")
            end = stored.size_bytes if length is None else min(stored.size_bytes, start + length)
            async for chunk in stretch(file, start, end):
                yield chunk

    @counted("get")
    async def open(self, key: str) -> tuple[BinaryIO, StoredObject]:
        """An object as it is now, for reading; the caller closes the file. Raises `NotFound`."""
        file, line = await in_thread(self.folder.open, key)
        return file, records.stored(key, line)

    @counted("head")
    async def stat(self, key: str) -> StoredObject:
        """What is recorded of an object."""
        return records.stored(key, await in_thread(self.folder.line, key))

    @counted("put")
    async def copy(self, source: str, target: str) -> StoredObject:
        """Store the object again under another key; the two share their data."""
        return await in_thread(self.folder.copy, source, target)

    @counted("post", "in")
    async def assemble(
        self,
        key: str,
        pieces: Sequence[Piece],
        content_type: str = OCTETS,
        on_bytes: Callable[[int], None] | None = None,
    ) -> StoredObject:
        """Write pieces one behind the other in one pass, checking what passes."""
        given_up = threading.Event()
        work = asyncio.ensure_future(
            in_thread(assembling.assemble, self.folder, key, pieces, content_type, on_bytes, given_up)
        )
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            given_up.set()
            await asyncio.wait([work])
            work.exception()
            raise

    @counted("delete")
    async def delete(self, key: str) -> None:
        """Remove an object, and the folders that are empty without it."""
        await in_thread(self.folder.delete, key)

    @counted("delete")
    async def delete_prefix(self, prefix: str) -> int:
        """Remove all objects under a prefix."""
        return await in_thread(self.folder.delete_prefix, prefix)

    async def list(self, prefix: str = "") -> AsyncIterator[StoredObject]:
        """All objects under a prefix, in the order of their keys."""
        found = self.folder.list(prefix)
        while page := await in_thread(lambda: tuple(islice(found, PAGE))):
            for stored in page:
                yield stored

    async def create_multipart(self, key: str, content_type: str = OCTETS) -> str:
        """Begin an upload in parts."""
        return await in_thread(multipart.create, self.folder, key, content_type)

    async def list_parts(self, key: str, upload_id: str) -> tuple[StoredPart, ...]:
        """The parts that have arrived whole."""
        return await in_thread(multipart.stored_parts, self.folder, key, upload_id)

    async def complete_multipart(self, key: str, upload_id: str, parts: Sequence[StoredPart]) -> StoredObject:
        """Check the parts and put them together."""
        return await in_thread(multipart.complete, self.folder, key, upload_id, parts)

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Give an upload up and drop its parts."""
        await in_thread(multipart.abort, self.folder, key, upload_id)

    async def list_multiparts(self, prefix: str = "") -> AsyncIterator[OpenMultipart]:
        """The open uploads for keys under a prefix."""
        for upload in await in_thread(lambda: tuple(multipart.open_uploads(self.folder, prefix))):
            yield upload

    async def prepare(self) -> None:
        """Its folders were made with it."""

    async def check(self) -> None:
        """See that the folder is there and can be written to."""
        await in_thread(self.folder.check)

    async def close(self) -> None:
        """Nothing is held open."""

    async def sweep(self) -> int:
        """Remove what killed processes left half written; returns how many files."""
        return await in_thread(disk.sweep, self.folder.incoming)

    async def presign_put(self, key: str, size: int | None, content_type: str | None, expires: timedelta) -> str:
        """A URL for one PUT, at the endpoint of this store."""
        return self._url("PUT", key, expires, size=size, content_type=content_type)

    async def presign_part(self, key: str, upload_id: str, number: int, size: int, expires: timedelta) -> str:
        """A URL for one part, at the endpoint of this store."""
        return self._url("PUT", key, expires, size=size, part=check_number(number), upload_id=upload_id)

    async def presign_get(self, key: str, file_name: str | None, content_type: str | None, expires: timedelta) -> str:
        """A URL to download an object, at the endpoint of this store."""
        return self._url("GET", key, expires, file_name=file_name, content_type=content_type)

    def _url(
        self,
        method: str,
        key: str,
        expires: timedelta,
        *,
        size: int | None = None,
        part: int | None = None,
        upload_id: str | None = None,
        content_type: str | None = None,
        file_name: str | None = None,
    ) -> str:
        if size is not None:
            check_size(size, self.max_object_bytes)
        grant = signing.Grant(
            method=method,
            key=key,
            expires=int(time.time() + expires.total_seconds()),
            length=size,
            most=self.max_object_bytes if method == "PUT" and size is None else None,
            part=part,
            upload=upload_id,
            type=content_type,
            name=file_name,
        )
        return self.url + signing.signed_path(grant, self.keys)


async def stretch(file: BinaryIO, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes of an open file from `start` up to `end`, in pieces."""
    await in_thread(file.seek, start)
    while start < end:
        chunk = await in_thread(file.read, min(CHUNK, end - start))
        if not chunk:
            return
        start += len(chunk)
        traffic.labels("out").inc(len(chunk))
        yield chunk
