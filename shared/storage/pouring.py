"""Bytes that arrive, on their way into a file: while one piece is written, the next is arriving."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from shared.errors import Invalid, TooLarge
from shared.storage.disk import CHUNK, Incoming, in_thread


async def pour(chunks: AsyncIterator[bytes], incoming: Incoming, size: int | None) -> None:
    """Write what arrives, a mebibyte at a time: a thread is asked once for each, not once a packet.

    Raises `TooLarge` or `Invalid` unless exactly `size` bytes come, where that is known. Nothing is being written any more
    when it ends, however it ends.
    """
    gathered: list[bytes] = []
    held = received = 0
    writing: asyncio.Task[None] | None = None
    try:
        async for chunk in chunks:
            received += len(chunk)
            if size is not None and received > size:
                raise TooLarge(f"More than the {size} bytes that were announced arrived; send exactly those.")
            gathered.append(chunk)
            held += len(chunk)
            if held >= CHUNK:
                if writing is not None:
                    await writing
                writing = asyncio.create_task(_written(incoming, gathered))
                gathered, held = [], 0
        if size is not None and received < size:
            raise Invalid(f"Only {received} of the {size} bytes that were announced arrived; send all of them.")
    except BaseException:
        if writing is not None:
            writing.cancel()
            await asyncio.wait([writing])
        raise
    if writing is not None:
        await writing
    if gathered:
        await _written(incoming, gathered)


async def _written(incoming: Incoming, pieces: list[bytes]) -> None:
    await in_thread(incoming.write_all, pieces)
