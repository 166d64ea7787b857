"""A store that a test can make wait, so that it can act in the middle of an export."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from shared.storage import LocalStore


class Gated(LocalStore):
    """The local store; but every read of a video gives one piece and then waits until the gate is open."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.reached = asyncio.Event()
        self.open_gate = asyncio.Event()
        self.reads: list[str] = []

    async def read(self, key: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Read, with a wait after the first piece."""
        self.reads.append(key)
        async for chunk in super().read(key, start, length):
            yield chunk
            self.reached.set()
            await self.open_gate.wait()
