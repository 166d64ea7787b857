"""Looks, before anything is built, whether the stored files of an export are there and as large as they should be."""

from __future__ import annotations

from isal.isal_zlib import crc32
from msgspec.structs import replace

from services.exporter.product import Unusable
from services.exporter.progress import Tally
from shared.errors import NotFound
from shared.media import StoredObject
from shared.messages import ExportItem
from shared.storage import ObjectStore


async def present(item: ExportItem, store: ObjectStore, tally: Tally) -> ExportItem:
    """The item, with a checksum for each of its files; one that has none recorded is read for it. Raises `Unusable`."""
    return replace(
        item,
        stored=await _checked(item, item.stored, store, tally),
        extras=tuple(
            [replace(extra, stored=await _checked(item, extra.stored, store, tally)) for extra in item.extras]
        ),
    )


async def _checked(item: ExportItem, stored: StoredObject, store: ObjectStore, tally: Tally) -> StoredObject:
    try:
        there = await store.stat(stored.key)
        if there.size_bytes != stored.size_bytes:
            raise Unusable(item, "damaged")
        if stored.crc32 is not None:
            return stored
        tally.operation = f"Checking video {item.position}"
        crc = 0
        async for chunk in store.read(stored.key):
            crc = crc32(chunk, crc)
        return replace(stored, crc32=crc)
    except NotFound:
        raise Unusable(item, "missing") from None
