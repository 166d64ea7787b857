"""A store that a test can make wait, so that it can act in the middle of an export."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence

from shared.media import StoredObject
from shared.storage import LocalStore, Piece
from shared.storage.objects import OCTETS


class Gated(LocalStore):
    """The local store; but an assembly stops after the first piece of a video until the gate is open."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.reached = asyncio.Event()
        self.open_gate = threading.Event()
        self.assemblies = 0

    async def assemble(
        self,
        key: str,
        pieces: Sequence[Piece],
        content_type: str = OCTETS,
        on_bytes: Callable[[int], None] | None = None,
    ) -> StoredObject:
        """Put together, with a wait in between."""
        self.assemblies += 1
        loop = asyncio.get_running_loop()
        passed, first = 0, pieces[0]
        assert isinstance(first, bytes)
        given_up = threading.Event()

        def heard(count: int) -> None:
            nonlocal passed
            passed += count
            if on_bytes is not None:
                on_bytes(count)
            if passed > len(first):
                loop.call_soon_threadsafe(self.reached.set)
                while not self.open_gate.is_set() and not given_up.is_set():
                    self.open_gate.wait(0.02)

        work = asyncio.ensure_future(super().assemble(key, pieces, content_type, heard))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            given_up.set()
            work.cancel()
            await asyncio.wait([work])
            raise
