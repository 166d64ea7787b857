"""Progress of one export, told to whoever watches a few times a second at most."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from shared.bus import Bus
from shared.messages import BuildExport, ExportProgressed

EVERY_S = 0.2


class Tally:
    """How far a run is; whoever works changes it as often as they like."""

    def __init__(self, operation: str) -> None:
        self.operation = operation
        self.done_bytes = 0
        self.total_bytes = 0
        self.stored = False

    @property
    def percentage(self) -> int:
        """100 only when the file is in the store."""
        if self.stored:
            return 100
        return min(99, 100 * self.done_bytes // self.total_bytes) if self.total_bytes else 0


@asynccontextmanager
async def telling(bus: Bus, command: BuildExport, run_token: UUID, operation: str) -> AsyncIterator[Tally]:
    """Tell of the progress that the body notes in the tally, as long as it runs, and how it stood in the end."""
    tally = Tally(operation)
    revision = 0
    told: tuple[int, str] | None = None

    async def tell() -> None:
        nonlocal revision, told
        now = (tally.percentage, tally.operation)
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
                progress=tally.percentage,
                operation=tally.operation,
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
