"""The S3 server of the local stack is ended by a kill, so nothing may get lost by one."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from shared.errors import Unavailable
from tests.shared.storage.s3_servers import empty, seaweedfs, store_at
from tests.shared.storage.sending import all_of, send_part


async def test_what_was_stored_is_there_after_a_kill(tmp_path: Path) -> None:
    with seaweedfs(tmp_path) as url:
        store = store_at(url)
        await empty(store)
        upload_id = await store.create_multipart("a/parts")
        await send_part(store, "a/parts", upload_id, 1, b"film")
        put = await store.put_bytes("a/whole", b"film")
        await store.close()
    with seaweedfs(tmp_path) as url:
        store = store_at(url)
        assert await store.stat("a/whole") == put
        await store.complete_multipart("a/parts", upload_id, await store.list_parts("a/parts", upload_id))
        # For a moment after its start it knows of objects, and not yet where their bytes lie.
        async with asyncio.timeout(30):
            while True:
                with suppress(Unavailable):
                    assert await all_of(store, "a/parts") == b"film"
                    break
                await asyncio.sleep(0.2)
        await store.close()
