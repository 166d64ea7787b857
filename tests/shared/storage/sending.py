"""How tests put bytes into a store and look at what is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from shared.storage import LocalStore, ObjectStore


def on(*kinds: str) -> pytest.MarkDecorator:
    """Run a test of the contract on these stores alone, because the other server gets this wrong.

    SeaweedFS lists by folders, and goes on listing a part that was replaced. Moto dates every upload to 2010, lets an
    upload be asked about under any key, and copies a part whatever its source's ETag.
    """
    return pytest.mark.parametrize("store", kinds, indirect=True)


async def send_part(store: ObjectStore, key: str, upload_id: str, number: int, data: bytes) -> str:
    """Send one part and return its ETag. A local store takes it directly: its HTTP endpoint has tests of its own."""

    async def once() -> AsyncIterator[bytes]:
        yield data

    if isinstance(store, LocalStore):
        return (await store.put_part(key, upload_id, number, once(), len(data))).etag
    url = await store.presign_part(key, upload_id, number, len(data), timedelta(minutes=1))
    async with httpx.AsyncClient(timeout=30) as http:
        return (await http.put(url, content=data)).raise_for_status().headers["etag"].strip('"')


async def chunks(*pieces: bytes) -> AsyncIterator[bytes]:
    """Pieces as they would arrive."""
    for piece in pieces:
        yield piece


async def all_of(store: ObjectStore, key: str, start: int = 0, length: int | None = None) -> bytes:
    """What the store has of a stretch."""
    return b"".join([chunk async for chunk in store.read(key, start, length)])


async def keys(store: ObjectStore, prefix: str = "") -> list[str]:
    """The keys under a prefix."""
    return [stored.key async for stored in store.list(prefix)]


def files(store: LocalStore) -> list[str]:
    """Everything in the store's folder but its locks."""
    root = store.folder.root
    return sorted(
        str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and path.parent.name != "locks"
    )
