"""Presence: a worker says every few seconds, and at once when something changes, that it lives and what it is at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from services.processor import metrics
from shared.bus import Bus
from shared.messages import WorkerSeen


class Presence:
    """What the scheduler knows of this worker: its slots, and the videos of batches that occupy some of them."""

    def __init__(self, bus: Bus, worker: str, slots: int) -> None:
        self.bus = bus
        self.worker = worker
        self.slots = slots
        metrics.slots.set(slots)
        self._running: list[UUID] = []
        self._started_at = datetime.now(UTC)

    @asynccontextmanager
    async def busy(self, work_id: UUID) -> AsyncIterator[None]:
        """Occupy a slot."""
        self._running.append(work_id)
        metrics.busy_slots.inc()
        await self.tell()
        try:
            yield
        finally:
            self._running.remove(work_id)
            metrics.busy_slots.dec()
            await self.tell()

    async def tell(self) -> None:
        """Say now how things are."""
        await self.bus.publish(
            WorkerSeen(
                worker=self.worker,
                service="processor",
                slots=self.slots,
                running=tuple(self._running),
                started_at=self._started_at,
            )
        )

    async def tell_every(self, seconds: float) -> None:
        """Say it again and again."""
        while True:
            await self.tell()
            await asyncio.sleep(seconds)

    async def leave(self) -> None:
        """Offer no slot any more, so that nothing is sent here while the process ends."""
        self.slots = 0
        await self.tell()
