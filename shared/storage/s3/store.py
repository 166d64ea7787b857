"""The store on S3: an `ObjectStore` whose bytes are far away. Errors are those of the interface."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from isal.isal_zlib import crc32

from shared.errors import Invalid, NotFound, TransientFailure
from shared.media import StoredObject
from shared.storage.disk import in_thread
from shared.storage.disposition import disposition
from shared.storage.keys import check_key, check_number, check_prefix, check_size
from shared.storage.objects import OCTETS, OpenMultipart, Piece
from shared.storage.s3 import assembling, bucket, documents, joints, transfers
from shared.storage.s3.connection import Changed, Connection
from shared.storage.s3.transfers import PIECE
from shared.views import StoredPart

CRC = "x-amz-meta-crc32"
"""Where the checksum of an object is kept: as metadata of its own, because not every service knows S3's checksums."""
DELETED_AT_ONCE = 1000


class S3Store:
    """One bucket. `kept` are the headers of everything written: encryption and storage class."""

    def __init__(
        self, connection: Connection, *, kept: Mapping[str, str] | None = None, max_object_bytes: int = 2 * 1024**3
    ) -> None:
        self.connection = connection
        self.kept = dict(kept or {})
        self.max_object_bytes = max_object_bytes

    async def prepare(self) -> None:
        """Make the bucket if it is not there. Raises `Unavailable` when it can neither be reached nor made."""
        await bucket.prepare(self.connection)

    async def check(self) -> None:
        """Ask for the bucket, which costs next to nothing. Raises `Unavailable`."""
        await self.connection.ask("HEAD")

    async def close(self) -> None:
        """Close the connections."""
        await self.connection.close()

    async def put_file(self, key: str, path: Path, content_type: str = OCTETS) -> StoredObject:
        """Store a file, in parts side by side when it is large."""
        check_key(key)
        size, crc = await in_thread(transfers.checksum, path)
        if size <= PIECE:
            return await self.put_bytes(key, await in_thread(path.read_bytes), content_type)
        upload_id = await self._create(key, content_type, {CRC: f"{crc:08x}"})
        try:
            parts = await transfers.send_file(self.connection, key, upload_id, path, size)
            etag = await self._complete(key, upload_id, parts)
        except BaseException:
            await self.abort_multipart(key, upload_id)
            raise
        return StoredObject(key=key, size_bytes=size, etag=etag, crc32=crc, content_type=content_type)

    async def put_bytes(self, key: str, data: bytes, content_type: str = OCTETS) -> StoredObject:
        """Store something small."""
        crc = crc32(data)
        headers = {"Content-Type": content_type, CRC: f"{crc:08x}", **self.kept}
        answer = await self.connection.ask("PUT", check_key(key), headers=headers, body=data)
        etag = documents.unquoted(answer.headers["ETag"])
        return StoredObject(key=key, size_bytes=len(data), etag=etag, crc32=crc, content_type=content_type)

    async def put_stream(self, key: str, chunks: AsyncIterator[bytes], content_type: str = OCTETS) -> StoredObject:
        """Store what an iterator gives. Of a large object only the answer has the checksum: it was not known at the start."""
        check_key(key)
        pieces = transfers.gathered(chunks, PIECE)
        first = await anext(pieces, b"")
        if len(first) < PIECE:
            return await self.put_bytes(key, first, content_type)
        size = crc = 0

        async def counted() -> AsyncIterator[bytes]:
            nonlocal size, crc
            size, crc = len(first), crc32(first)
            yield first
            async for piece in pieces:
                size, crc = size + len(piece), crc32(piece, crc)
                yield piece

        upload_id = await self._create(key, content_type, {})
        try:
            parts = await transfers.send_pieces(self.connection, key, upload_id, counted())
            etag = await self._complete(key, upload_id, parts)
        except BaseException:
            await self.abort_multipart(key, upload_id)
            raise
        return StoredObject(key=key, size_bytes=size, etag=etag, crc32=crc, content_type=content_type)

    async def fetch(self, key: str, path: Path) -> StoredObject:
        """Bring an object to a scratch file, in pieces side by side."""
        for _ in range(3):
            known = await self.stat(key)
            try:
                await transfers.fetch_file(self.connection, known, path)
            except Changed:
                continue
            return known
        raise TransientFailure(f"{key!r} is replaced again and again; try later.")

    async def read(self, key: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The bytes of an object, or of a stretch of it, all of one version."""
        known = await self.stat(key)
        if not 0 <= start <= known.size_bytes or (length is not None and length < 0):
            raise Invalid(f"{key!r} has {known.size_bytes} bytes; ask for a stretch inside of it.")
        end = known.size_bytes if length is None else min(known.size_bytes, start + length)
        async for _, chunk in transfers.stretches(self.connection, known, start, end):
            yield chunk

    async def stat(self, key: str) -> StoredObject:
        """What is recorded of an object."""
        headers = (await self.connection.ask("HEAD", check_key(key))).headers
        crc = headers.get(CRC)
        return StoredObject(
            key=key,
            size_bytes=int(headers["Content-Length"]),
            etag=documents.unquoted(headers["ETag"]),
            crc32=int(crc, 16) if crc else None,
            content_type=headers.get("Content-Type", OCTETS),
        )

    async def copy(self, source: str, target: str) -> StoredObject:
        """Store the object again under another key; the service copies, up to 5 GiB."""
        if check_key(source) != check_key(target):
            headers = {"x-amz-copy-source": f"/{self.connection.internal.bucket}/{source}", **self.kept}
            try:
                await self.connection.ask("PUT", target, headers=headers)
            except NotFound:
                raise NotFound(f"The store has no object {source!r}.") from None
        return await self.stat(target)

    async def assemble(
        self,
        key: str,
        pieces: Sequence[Piece],
        content_type: str = OCTETS,
        on_bytes: Callable[[int], None] | None = None,
    ) -> StoredObject:
        """Store bytes and stretches of objects as one; large stretches never leave the service."""
        crc = assembling.checksum(pieces)
        return await joints.assembled(
            key,
            pieces,
            joint=lambda at, some: self._assemble(at, some, OCTETS, None, None),
            whole=lambda some: self._assemble(key, some, content_type, crc, on_bytes),
            delete=self.delete,
        )

    async def _assemble(
        self,
        key: str,
        pieces: Sequence[Piece],
        content_type: str,
        crc: int | None,
        on_bytes: Callable[[int], None] | None,
    ) -> StoredObject:
        parts = list(assembling.plans(pieces))
        if len(parts) <= 1 and not any(part.copied for part in parts):
            data = await assembling.content(self.connection, pieces, parts[0]) if parts else b""
            stored = await self.put_bytes(key, data, content_type)
            if on_bytes is not None:
                on_bytes(len(data))
            return stored
        upload_id = await self._create(check_key(key), content_type, {} if crc is None else {CRC: f"{crc:08x}"})
        try:
            sent = await assembling.send(self.connection, key, upload_id, pieces, parts, on_bytes)
            etag = await self._complete(key, upload_id, sent)
        except BaseException:
            await self.abort_multipart(key, upload_id)
            raise
        size = sum(part.size_bytes for part in sent)
        return StoredObject(key=key, size_bytes=size, etag=etag, crc32=crc, content_type=content_type)

    async def delete(self, key: str) -> None:
        """Remove an object."""
        await self.connection.ask("DELETE", check_key(key))

    async def delete_prefix(self, prefix: str) -> int:
        """Remove all objects under a prefix, a thousand at a time."""
        if not check_prefix(prefix):
            raise Invalid("Deleting everything at once is not offered; name a prefix.")
        found = [stored.key async for stored in self.list(prefix)]
        for first in range(0, len(found), DELETED_AT_ONCE):
            body = documents.deletion(found[first : first + DELETED_AT_ONCE])
            # S3 wants this one checked; its MD5 is no matter of security.
            digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
            headers = {"Content-MD5": digest, "Content-Type": "application/xml"}
            answer = await self.connection.ask("POST", query={"delete": ""}, headers=headers, body=body)
            if wrong := documents.not_deleted(answer.body):
                raise TransientFailure(f"The store did not delete everything under {prefix!r}: {wrong.code}.")
        return len(found)

    async def list(self, prefix: str = "") -> AsyncIterator[StoredObject]:
        """All objects under a prefix. S3's listings tell no types and no checksums: ask `stat` for those."""
        query = {"list-type": "2", "prefix": check_prefix(prefix)}
        while True:
            page = documents.listing((await self.connection.ask("GET", query=query)).body)
            for stored in page.objects:
                yield stored
            if page.next_token is None:
                return
            query["continuation-token"] = page.next_token

    async def create_multipart(self, key: str, content_type: str = OCTETS) -> str:
        """Begin an upload in parts."""
        return await self._create(key, content_type, {})

    async def list_parts(self, key: str, upload_id: str) -> tuple[StoredPart, ...]:
        """The parts that have arrived whole."""
        query = {"uploadId": upload_id, "max-parts": "1000"}
        found: list[StoredPart] = []
        while True:
            page = documents.parts((await self.connection.ask("GET", check_key(key), query=query)).body)
            found += page.parts
            if page.next_number is None:
                return tuple(found)
            query["part-number-marker"] = page.next_number

    async def complete_multipart(self, key: str, upload_id: str, parts: Sequence[StoredPart]) -> StoredObject:
        """Check the parts and have them put together."""
        try:
            here = set(await self.list_parts(key, upload_id))
            if [part.number for part in parts] != list(range(1, len(parts) + 1)) or not parts:
                raise Invalid("The parts of an upload are numbered 1, 2, 3 and so on; give all of them, in order.")
            for part in parts:
                if part not in here:
                    raise Invalid(f"Part {part.number} is missing or not the one that was named; send it again.")
            await self._complete(key, upload_id, parts)
        except NotFound as gone:
            # By somebody else, or by us before an answer was lost: then the object is there, of so many parts.
            try:
                known = await self.stat(key)
            except NotFound:
                raise gone from None
            if known.size_bytes != sum(part.size_bytes for part in parts):
                raise
            return known
        return await self.stat(key)

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Give an upload up; the service drops its parts."""
        try:
            await self.connection.ask("DELETE", check_key(key), query={"uploadId": upload_id})
        except NotFound:
            return

    async def list_multiparts(self, prefix: str = "") -> AsyncIterator[OpenMultipart]:
        """The open uploads for keys under a prefix."""
        query = {"uploads": "", "prefix": check_prefix(prefix)}
        while True:
            page = documents.uploads((await self.connection.ask("GET", query=query)).body)
            for upload in page.uploads:
                yield upload
            if page.next_key is None:
                return
            query |= {"key-marker": page.next_key, "upload-id-marker": page.next_upload}

    async def presign_put(self, key: str, size: int | None, content_type: str | None, expires: timedelta) -> str:
        """A URL for one PUT. Without a size it takes any: S3 cannot bound it, so whoever completes has to look."""
        headers = {} if content_type is None else {"Content-Type": content_type}
        if size is not None:
            headers["Content-Length"] = str(check_size(size, self.max_object_bytes))
        return self.connection.link("PUT", check_key(key), {}, headers, expires)

    async def presign_part(self, key: str, upload_id: str, number: int, size: int, expires: timedelta) -> str:
        """A URL for one part."""
        query = {"partNumber": str(check_number(number)), "uploadId": upload_id}
        headers = {"Content-Length": str(check_size(size, self.max_object_bytes))}
        return self.connection.link("PUT", check_key(key), query, headers, expires)

    async def presign_get(self, key: str, file_name: str | None, content_type: str | None, expires: timedelta) -> str:
        """A URL to download an object."""
        query = {"response-content-disposition": disposition(file_name)}
        if content_type is not None:
            query["response-content-type"] = content_type
        return self.connection.link("GET", check_key(key), query, {}, expires)

    async def _create(self, key: str, content_type: str, metadata: Mapping[str, str]) -> str:
        headers = {"Content-Type": content_type, **metadata, **self.kept}
        answer = await self.connection.ask("POST", check_key(key), query={"uploads": ""}, headers=headers)
        return documents.value(answer.body, "UploadId")

    async def _complete(self, key: str, upload_id: str, parts: Sequence[StoredPart]) -> str:
        headers = {"Content-Type": "application/xml"}
        body = documents.completion(parts)
        answer = await self.connection.ask("POST", key, query={"uploadId": upload_id}, headers=headers, body=body)
        return documents.unquoted(documents.value(answer.body, "ETag"))
