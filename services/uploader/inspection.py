"""What happens to a file that has arrived: made whole, read once, looked into, pictured."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from isal.isal_zlib import crc32
from msgspec import Struct
from msgspec.structs import replace

from services.uploader.plans import source_key, thumbnail_key
from services.uploader.probe import inspect, thumbnail
from services.uploader.tables import Upload
from shared.errors import NotFound, PermanentFailure
from shared.files import BY_CONTAINER
from shared.media import MediaFacts, StoredObject
from shared.storage import ObjectStore
from shared.storage.objects import OCTETS

CHUNK = 1024 * 1024


class Inspected(Struct, frozen=True, kw_only=True):
    """What an inspection found."""

    source: StoredObject
    facts: MediaFacts
    thumbnail_key: str
    sha256: str


async def inspected(upload: Upload, store: ObjectStore, room: Path) -> Inspected:
    """Look closely at the file of a completed upload. `room` is an empty scratch folder.

    Raises `PermanentFailure` when it is not a video that can be processed; any other error means to try again.
    """
    source = await whole(upload, store)
    file = room / "source"
    await store.fetch(source.key, file)
    crc, sha256 = await asyncio.to_thread(checksums, file)
    if source.crc32 not in (None, crc):
        raise PermanentFailure("The file was damaged in the store; upload it again.")
    source = replace(source, crc32=crc)
    facts = await inspect(file)
    picture = room / "thumbnail.jpg"
    await thumbnail(file, facts, picture)
    stored = await store.put_file(thumbnail_key(upload.user_id, upload.video_id), picture, "image/jpeg")
    # The type by its content: what was claimed is not to be trusted.
    kind = BY_CONTAINER.get(facts.container, OCTETS)
    return Inspected(source=replace(source, content_type=kind), facts=facts, thumbnail_key=stored.key, sha256=sha256)


async def whole(upload: Upload, store: ObjectStore) -> StoredObject:
    """The source as one object, put together from what arrived unless that was done before."""
    key = source_key(upload.user_id, upload.video_id)
    try:
        found = await store.stat(key)
    except NotFound:
        pass
    else:
        # By an earlier run, which may have been killed before it dropped the parts.
        if upload.upload_id is not None:
            await store.abort_multipart(key, upload.upload_id)
        return found
    try:
        if upload.upload_id is None:
            return await store.copy(upload.key, key)
        parts = await store.list_parts(key, upload.upload_id)
        return await store.complete_multipart(key, upload.upload_id, parts)
    except NotFound:
        raise PermanentFailure("The file is not in the store any more; upload it again.") from None


def checksums(path: Path) -> tuple[int, str]:
    """CRC-32 of a file, and its SHA-256 in hex, in one pass."""
    crc, digest = 0, hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while data := file.read(CHUNK):
            crc = crc32(data, crc)
            digest.update(data)
    return crc, digest.hexdigest()
