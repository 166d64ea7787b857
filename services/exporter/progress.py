"""Progress of one export, told to whoever watches a few times a second at most."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from shared.bus import Bus
from shared.messages import BuildExport, ExportProgressed

EVERY_S = 0.2
SURE_AFTER_S = 1.0
"""Seconds after which the speed says something about the time that is left."""


class Tally:
    """How far a run is; whoever works changes it as often as they like."""

    def __init__(self, operation: str) -> None:
        self.operation = operation
        self.done = 0.0
        self.total = 0.0
        self.stored = False
        self.begun = time.monotonic()

    def begin(self, total: float) -> None:
        """The work itself begins: so many bytes, or seconds, or whatever it is counted in."""
        self.done, self.total, self.begun = 0.0, total, time.monotonic()

    @property
    def percentage(self) -> int:
        """100 only when the file is in the store."""
        if self.stored:
            return 100
        return min(99, int(100 * self.done / self.total)) if self.total else 0

    @property
    def remaining_s(self) -> float | None:
        """Seconds left at the speed so far."""
        took = time.monotonic() - self.begun
        if self.stored or not self.total or not self.done or took < SURE_AFTER_S:
            return None
        return round(max(0.0, took * (self.total - self.done) / self.done), 1)


@asynccontextmanager
async def telling(bus: Bus, command: BuildExport, run_token: UUID, operation: str) -> AsyncIterator[Tally]:
    """Tell of the progress that the body notes in the tally, as long as it runs, and how it stood in the end."""
    tally = Tally(operation)
    revision = 0
    told: tuple[int, str] | None = None
    highest = 0

    async def tell() -> None:
        nonlocal revision, told, highest
        # Counting begins again when a damaged video is left out; what is shown does not go back.
        highest = max(highest, tally.percentage)
        now = (highest, tally.operation)
        if now == told:
            return
        told = now
        revision += 1
        await bus.publish(
            ExportProgressed(
                user_id=command.user_id,
                batch_id=command.batch_id,
                about_id=command.export_id,
                revision=revision,
                at=datetime.now(UTC),
                run_token=run_token,
                progress=highest,
                operation=tally.operation,
                remaining_s=tally.remaining_s,
            )
        )

    async def tell_for_ever() -> None:
        while True:
            await tell()
            await asyncio.sleep(EVERY_S)

    teller = asyncio.create_task(tell_for_ever())
    try:
        yield tally
        await tell()
    finally:
        teller.cancel()
