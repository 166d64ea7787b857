"""Hands videos to workers, only as many as workers are free for, so that fairness is decided here and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib

from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString

from services.scheduler import events
from services.scheduler.changes import change
from services.scheduler.presence import Presence
from services.scheduler.tables import QueueUsers
from shared.bus import Bus
from shared.logs import logger
from shared.outbox import Outbox

log = logger(__name__)

ONE_AT_A_TIME = 0x6461696C
"""Key of the advisory lock: of all scheduler processes, one dispatches at any moment."""
LOOK_AGAIN_S = 1.0


class Dispatcher:
    """The loop that gives waiting videos to free workers. Any number of schedulers may run one."""

    def __init__(self, outbox: Outbox, presence: Presence, bus: Bus) -> None:
        self.outbox = outbox
        self.presence = presence
        self.bus = bus
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something has changed that may let a video start."""
        self._wake.set()

    async def dispatch_for_ever(self) -> None:
        """Dispatch whenever a worker is free and a video waits."""
        while True:
            self._wake.clear()
            try:
                while await self._dispatch():
                    pass
            except Exception:
                log.exception("could not dispatch")
            # Not `wait_for`: in Python 3.11 it loses a cancellation that comes together with the wake-up.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN_S):
                    await self._wake.wait()

    async def dispatch_one(self) -> bool:
        """Give the next video to a worker; False when no worker is free or no video waits."""
        return await self._dispatch() is not None

    async def _dispatch(self) -> int | None:
        """As `dispatch_one`, but tells how many slots are left: with none there is nothing more to look for."""
        slots = self.presence.slots()
        if not slots:
            return None
        async with self.outbox.change():
            await _lock(self.outbox.engine)
            turn = await QueueUsers.next(slots)
            if turn is None:
                return None
            left: int = slots - turn["running"]
            if turn["id"] is None:
                log.error("the queue's counts are wrong and are made anew", user_id=str(turn["user_id"]))
                await QueueUsers.recount(turn["user_id"])
                return left
            # Between the choice and the batch's lock its owner may have paused or cancelled it: then nothing happens.
            batch = await change(self.outbox, self.bus, turn["batch_job_id"], events.Dispatched(id=turn["id"]))
            video = next(candidate for candidate in batch.videos if candidate.id == turn["id"])
            if video.running:
                left -= 1
            return left


async def _lock(engine: PostgresEngine) -> None:
    await engine.run_querystring(QueryString("select pg_advisory_xact_lock({})", ONE_AT_A_TIME))
