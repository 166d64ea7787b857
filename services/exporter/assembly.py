"""Puts an archive together as its plan says, one piece at a time, and checks every video while it passes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from isal.isal_zlib import crc32
from msgspec.structs import replace

from services.exporter.archive import Plan
from services.exporter.progress import Tally
from shared.errors import NotFound, PermanentFailure
from shared.messages import ExportItem
from shared.storage import ObjectStore

SHOWN_NAME = 80
"""Characters of a video's name in a sentence."""


async def assembled(plan: Plan, store: ObjectStore, tally: Tally) -> AsyncGenerator[bytes, None]:
    """The bytes of the archive. Raises `PermanentFailure` when a video is missing or is not what was recorded of it."""
    tally.total_bytes = plan.layout.size_bytes
    places = {position: number for number, position in enumerate(dict.fromkeys(one.position for one in plan.items), 1)}
    for item, placed in zip(plan.items, plan.layout.files, strict=True):
        tally.operation = f"Adding video {places[item.position]} of {len(places)}"
        yield placed.header
        async with aclosing(_verified(item, store)) as chunks:
            async for chunk in chunks:
                yield chunk
                tally.done_bytes += len(chunk)
    tally.operation = "Finishing the archive"
    yield plan.layout.directory


async def with_checksums(items: tuple[ExportItem, ...], store: ObjectStore, tally: Tally) -> tuple[ExportItem, ...]:
    """The items, each with its checksum; one that has none recorded is read for it. Raises `PermanentFailure` if missing."""
    known = []
    for number, item in enumerate(items, 1):
        if item.stored.crc32 is None:
            tally.operation = f"Checking video {number} of {len(items)}"
            size, crc = 0, 0
            async with aclosing(_chunks(item, store)) as chunks:
                async for chunk in chunks:
                    size, crc = size + len(chunk), crc32(chunk, crc)
            item = replace(item, stored=replace(item.stored, size_bytes=size, crc32=crc))
        known.append(item)
    return tuple(known)


async def _verified(item: ExportItem, store: ObjectStore) -> AsyncGenerator[bytes, None]:
    size, crc = 0, 0
    async with aclosing(_chunks(item, store)) as chunks:
        async for chunk in chunks:
            size, crc = size + len(chunk), crc32(chunk, crc)
            if size > item.stored.size_bytes:
                break
            yield chunk
    if (size, crc) != (item.stored.size_bytes, item.stored.crc32):
        raise PermanentFailure(
            f"The stored file of {_named(item)} is damaged; process it again, or export the batch without it."
        )


async def _chunks(item: ExportItem, store: ObjectStore) -> AsyncGenerator[bytes, None]:
    try:
        async for chunk in store.read(item.stored.key):
            yield chunk
    except NotFound:
        raise PermanentFailure(
            f"The stored file of {_named(item)} is missing; process it again, or export the batch without it."
        ) from None


def _named(item: ExportItem) -> str:
    name = item.name if len(item.name) <= SHOWN_NAME else f"{item.name[: SHOWN_NAME - 1]}…"
    return f"video {item.position} (“{name}”)"
