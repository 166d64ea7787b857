"""The scheduler's end of the wires, real ones: it grants and renews, hears events and updates, and keeps count."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec
from nats.aio.msg import Msg

from shared import messages
from shared.bus import Bus, answers
from shared.messages import (
    Claim,
    ClaimRun,
    Durable,
    ProcessVideo,
    Renewal,
    RenewLease,
    VideoFailed,
    VideoProcessed,
    VideoProgressed,
    WorkerSeen,
    WorkStopped,
)
from shared.work import Work

U = TypeVar("U")


class SchedulerEnd:
    """What was asked and said, by the video of a batch that it was about."""

    def __init__(self, bus: Bus, work: Work, lease_s: float = 1.0) -> None:
        self.bus = bus
        self.work = work
        self.lease_s = lease_s
        self.claims: list[ClaimRun] = []
        self.tokens: dict[UUID, list[UUID]] = defaultdict(list)
        self.over: dict[UUID, str] = {}
        """Videos on which nothing runs any more, and the verdict that says why."""
        self.processed: dict[UUID, VideoProcessed] = {}
        """The event that counted."""
        self.failed: dict[UUID, VideoFailed] = {}
        self.late: list[VideoProcessed | VideoFailed] = []
        """Events of runs that had been superseded."""
        self.progress: dict[UUID, list[VideoProgressed]] = defaultdict(list)
        """By the library's id of the video."""
        self.seen: list[WorkerSeen] = []
        self._attempts: dict[UUID, int] = {}
        self._changed = asyncio.Event()
        self._closing = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._consumer = threading.Thread(target=self._consume, daemon=True)

    async def open(self) -> None:
        """Begin to answer and to hear."""
        await self.bus.serve([claim_run, renew_lease], self)
        await self.bus.listen("live.>", self._progressed)
        await self.bus.listen("workers.>", self._worker_seen)
        self._consumer.start()

    async def close(self) -> None:
        """Hear nothing more."""
        self._closing.set()
        await asyncio.to_thread(self._consumer.join)
        await self.bus.close()
        await self.work.stop()

    async def until(self, condition: Callable[[], U], timeout_s: float = 60.0) -> U:
        """Wait until something that was said makes the condition true, and return what it gave."""
        async with asyncio.timeout(timeout_s):
            while not (result := condition()):
                self._changed.clear()
                await self._changed.wait()
        return result

    async def output_of(self, video: ProcessVideo) -> VideoProcessed:
        """What came of a video that has to succeed."""
        work_id = video.batch_video_id
        await self.until(lambda: work_id in self.processed or work_id in self.failed)
        assert work_id not in self.failed, self.failed[work_id].reason
        return self.processed[work_id]

    async def failure_of(self, video: ProcessVideo) -> VideoFailed:
        """Why a video failed that has to fail."""
        work_id = video.batch_video_id
        await self.until(lambda: work_id in self.processed or work_id in self.failed)
        assert work_id not in self.processed, "it succeeded"
        return self.failed[work_id]

    async def cancel(self, work_id: UUID) -> None:
        """Want the video no more, and tell whoever is at it."""
        self.over[work_id] = "cancelled"
        await self.bus.publish(WorkStopped(run_token=self.tokens[work_id][-1], verdict="cancelled"))

    async def dispatch(self, video: ProcessVideo) -> None:
        """Hand a video to the processors."""
        await self.work.send(video)

    def claim(self, request: ClaimRun) -> Claim:
        """Grant with a new token that fences the earlier ones; an attempt before the newest is superseded."""
        self.claims.append(request)
        self._changed.set()
        if verdict := self.over.get(request.work_id):
            return Claim(verdict=verdict)
        if request.attempt < self._attempts.get(request.work_id, 0):
            return Claim(verdict="superseded")
        self._attempts[request.work_id] = request.attempt
        self.tokens[request.work_id].append(uuid4())
        return Claim(verdict="granted", run_token=self.tokens[request.work_id][-1], lease_s=self.lease_s)

    def renew(self, query: RenewLease) -> Renewal:
        """Let only the newest run of a video go on."""
        if query.work_id in self.over and self.over[query.work_id] == "cancelled":
            return Renewal(verdict="cancelled")
        newest = self.tokens[query.work_id][-1:] == [query.run_token]
        return Renewal(verdict="go_on" if newest and query.work_id not in self.over else "superseded")

    def hear(self, event: Durable) -> None:
        """Count an event of the newest run; put the others aside."""
        if not isinstance(event, VideoProcessed | VideoFailed) or event.batch_video_id not in self.tokens:
            return  # said to the scheduler of another test
        work_id = event.batch_video_id
        if self.tokens[work_id][-1:] != [event.run_token] or work_id in self.over:
            self.late.append(event)
        elif isinstance(event, VideoProcessed):
            self.processed[work_id] = event
            self.over[work_id] = "done"
        else:
            self.failed[work_id] = event
            self.over[work_id] = "done"
        self._changed.set()

    def _consume(self) -> None:
        consumer = self.work.broker.consume("scheduler", prefetch=10, timeout=50)
        while not self._closing.is_set():
            message = next(consumer)
            if message is not None:
                kind: type[Durable] = getattr(messages, message.actor_name)
                self._loop.call_soon_threadsafe(self.hear, msgspec.convert(message.kwargs, kind))
                consumer.ack(message)
        consumer.close()

    async def _progressed(self, message: Msg) -> None:
        update = msgspec.json.decode(message.data, type=VideoProgressed)
        self.progress[update.about_id].append(update)
        self._changed.set()

    async def _worker_seen(self, message: Msg) -> None:
        self.seen.append(msgspec.json.decode(message.data, type=WorkerSeen))
        self._changed.set()


@answers(ClaimRun)
async def claim_run(request: ClaimRun, at: Any) -> Claim:
    """May a worker do it?"""
    answer: Claim = at.claim(request)
    return answer


@answers(RenewLease)
async def renew_lease(query: RenewLease, at: Any) -> Renewal:
    """May it go on?"""
    answer: Renewal = at.renew(query)
    return answer
