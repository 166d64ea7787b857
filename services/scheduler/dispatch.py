"""Hands videos to workers, only as many as workers are free for, so that fairness is decided here and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib

from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString

from services.scheduler import events
from services.scheduler.changes import change
from services.scheduler.fairness import virtual_seconds
from services.scheduler.presence import Presence
from services.scheduler.tables import BatchJobs, BatchVideos, QueueUsers
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
                while await self.dispatch_one():
                    pass
            except Exception:
                log.exception("could not dispatch")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_AGAIN_S)

    async def dispatch_one(self) -> bool:
        """Give the next video to a worker; False when no worker is free or no video waits."""
        slots = self.presence.slots()
        if not slots:
            return False
        async with self.outbox.change():
            await _lock(self.outbox.engine)
            if await BatchVideos.running() >= slots:
                return False
            user = await QueueUsers.next()
            if user is None:
                return False
            video = await BatchVideos.next_of(user["user_id"])
            before = video and await BatchJobs.load(video["batch_job_id"], lock=True)
            if not video or not before:
                log.error("the queue's counts are wrong and are made anew", user_id=str(user["user_id"]))
                await QueueUsers.recount(user["user_id"])
                return True
            waiting = next(candidate for candidate in before.videos if candidate.id == video["id"])
            after = await change(self.outbox, self.bus, before.id, events.Dispatched(id=waiting.id))
            sent = next(candidate for candidate in after.videos if candidate.id == waiting.id)
            if sent.attempt == waiting.attempt:
                return True
            if not waiting.charged:
                charge = virtual_seconds(waiting.duration_seconds or 0.0, user["weight"])
                await QueueUsers.charge(user["user_id"], charge)
            log.info("dispatched", batch_id=str(before.id), video_id=str(sent.video_id), attempt=sent.attempt)
            return True


async def _lock(engine: PostgresEngine) -> None:
    await engine.run_querystring(QueryString("select pg_advisory_xact_lock({})", ONE_AT_A_TIME))
