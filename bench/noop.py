"""A stand-in for processors that has nothing to do: it takes each video from RabbitMQ, claims it, and reports it processed at once.

Everything else is real: the scheduler's processes, the claim, the tables, both queues.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

from bench.queue import NOTHING, RESULT
from shared.bus import Bus
from shared.messages import ClaimRun, ProcessVideo, VideoProcessed, WorkerSeen
from shared.work import Work, handles

NAME = "bench"
HEARTBEAT_S = 1.0


class NoopWorker:
    """When each video was begun, and when its slot was free again. Seconds of one clock."""

    def __init__(self, bus: Bus, work: Work, slots: int, wanted: int) -> None:
        self.bus = bus
        self.work = work
        self.slots = slots
        self.wanted = wanted
        self.begun: list[float] = []
        self.freed: list[float] = []
        self.done = asyncio.Event()

    async def tell_for_ever(self) -> None:
        """Say that there are free slots."""
        started = datetime.now(UTC)
        while True:
            seen = WorkerSeen(worker=NAME, service="processor", slots=self.slots, running=(), started_at=started)
            await self.bus.publish(seen)
            await asyncio.sleep(HEARTBEAT_S)


@handles(ProcessVideo, retries=0)
async def process_video(command: ProcessVideo, at: NoopWorker) -> None:
    """Claim it, and be done."""
    begun = time.perf_counter()
    claim = ClaimRun(request_id=uuid4(), work_id=command.batch_video_id, attempt=command.attempt, worker=NAME)
    granted = await at.bus.ask(claim)
    if granted.run_token is None:
        return  # It was sent before the queue was filled anew.
    at.begun.append(begun)
    done = VideoProcessed(
        batch_video_id=command.batch_video_id, run_token=granted.run_token, output=NOTHING, result=RESULT
    )
    await at.work.send(done)
    at.freed.append(time.perf_counter())
    if len(at.freed) >= at.wanted:
        at.done.set()


@asynccontextmanager
async def noop_worker(nats_url: str, rabbitmq_url: str, *, slots: int, wanted: int) -> AsyncIterator[NoopWorker]:
    """Work on so many videos at a time until so many are done."""
    bus, work = await Bus.connect(nats_url, NAME), Work(rabbitmq_url)
    at = NoopWorker(bus, work, slots, wanted)
    work.start([process_video], at, slots={ProcessVideo.to: slots})
    telling = asyncio.create_task(at.tell_for_ever())
    try:
        yield at
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        await work.stop()
        await bus.close()
