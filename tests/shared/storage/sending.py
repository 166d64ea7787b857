"""How a test sends the bytes of a part to a store: a local one takes them directly, its HTTP endpoint has tests of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

from shared.storage import LocalStore, ObjectStore


async def send_part(store: ObjectStore, key: str, upload_id: str, number: int, data: bytes) -> str:
    """Send one part and return the ETag that the store gives it."""

    async def once() -> AsyncIterator[bytes]:
        yield data

    assert isinstance(store, LocalStore)
    return (await store.put_part(key, upload_id, number, once(), len(data))).etag
