"""A simulation of many users on few workers: real tables and the real dispatcher, while the workers and the time are played.

Every dispatch is `Dispatcher.dispatch_one`, every step of a video goes through the same transactions as in production. After each
dispatch the invariants of start-time fair queuing are checked on the tables themselves.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import msgspec
from msgspec.structs import replace

from services.scheduler import events
from services.scheduler.service import Scheduler
from services.scheduler.state import BatchState
from services.scheduler.tables import BatchJobs, BatchVideos, QueueClock, QueueUsers
from shared.batches import Tier
from shared.messages import WorkerSeen
from shared.tiers import DEFAULT_TIERS
from shared.views import ProcessingResult
from tests.scheduler.states import NOW, batch, stored, video

LEASE = timedelta(seconds=30)
WITHOUT_QUOTAS = {
    tier: replace(limits, open_batches=10_000, minutes_per_month=10_000_000) for tier, limits in DEFAULT_TIERS.items()
}
RESULT = ProcessingResult(source_s=60, output_s=42)


class Run(msgspec.Struct, frozen=True, order=True):
    """A video in a worker's hands."""

    ends_s: float
    number: int
    batch_id: UUID
    video_id: UUID
    token: UUID
    seconds: float


class Turn(msgspec.Struct, frozen=True):
    """One dispatch: when, whose, which, and how long the video is."""

    at_s: float
    user: UUID
    video_id: UUID
    seconds: float
    free: bool
    """Whether it was paid for before a lease was lost."""


class Play:
    """What has happened so far. Times are seconds of the play; a worker needs a second for ten of media."""

    def __init__(self, at: Scheduler, seed: int, slots: int, *, faults: bool = False) -> None:
        at.settings = replace(at.settings, tiers=WITHOUT_QUOTAS)
        self.at = at
        self.random = Random(seed)
        self.slots = slots
        self.faults = faults
        self.now_s = 0.0
        self.weights: dict[UUID, float] = {}
        self.turns: list[Turn] = []
        self.runs: list[Run] = []
        self.clock = 0.0
        self.longest_s = 1.0
        self._paid: set[tuple[UUID, int]] = set()

    async def user(self, tier: Tier = Tier.FREE, **wanted: float) -> UUID:
        """A new user; `weight` and `concurrency` are those of the tier unless told."""
        limits = replace(DEFAULT_TIERS[tier], **wanted)
        user_id = UUID(int=self.random.getrandbits(128))
        await QueueUsers.known(user_id, tier.value, limits.weight, int(limits.concurrency))
        self.weights[user_id] = limits.weight
        return user_id

    async def add(self, user_id: UUID, lengths_s: Iterable[float], priority: int = 5) -> UUID:
        """A batch of videos that are uploaded, started."""
        videos = [video(number, seconds=seconds) for number, seconds in enumerate(lengths_s, 1)]
        self.longest_s = max(self.longest_s, *(entry.duration_seconds or 0.0 for entry in videos))
        new = replace(
            batch(*videos, user_id=user_id), priority=priority, created_at=NOW + timedelta(seconds=self.now_s)
        )
        async with self.at.outbox.change():
            await BatchJobs.add(new)
        await self.step(new.id, events.Start(job_id=uuid4()))
        return new.id

    async def step(self, batch_id: UUID, event: events.BatchEvent) -> BatchState:
        """Something happens to a batch, as in production."""
        return await self.at.change(batch_id, event)

    async def fill(self) -> int:
        """Dispatch until every slot is taken or nobody may go; the workers begin. Gives the number of dispatches."""
        await hear(self.at, self.slots)
        count = 0
        while True:
            before = await tags()
            if len(self.runs) == self.slots or not any(may for _, may in before.values()):
                assert not await self.at.dispatcher.dispatch_one()
                return count
            assert await self.at.dispatcher.dispatch_one(), "a slot is free and somebody may go"
            row = await self._dispatched()
            await self._begin(row)
            await self._check(before, row)
            count += 1

    async def end_one(self) -> Run:
        """The worker that is done first is done; with faults, one in eight lost its lease or failed."""
        run = heapq.heappop(self.runs)
        self.now_s = run.ends_s
        roll = self.random.random() if self.faults else 1.0
        if roll < 0.05:
            event: events.BatchEvent = events.LeaseLost(id=run.video_id, run_token=run.token)
        elif roll < 0.12:
            event = events.Failed(
                id=run.video_id,
                run_token=run.token,
                permanent=roll < 0.07,
                code="x",
                reason="It broke.",
                backoff=timedelta(),
            )
        else:
            event = events.Processed(
                id=run.video_id, run_token=run.token, output=stored(f"runs/{run.token}"), result=RESULT
            )
        await self.step(run.batch_id, event)
        if isinstance(event, events.Failed):
            await self.step(run.batch_id, events.Due())
        return run

    def drop(self, batch_id: UUID) -> None:
        """The workers let go of a batch that was cancelled."""
        self.runs = [run for run in self.runs if run.batch_id != batch_id]
        heapq.heapify(self.runs)

    def served(self, users: Sequence[UUID], since: int = 0) -> dict[UUID, float]:
        """Media seconds that each user was given, over the user's weight, from a turn on."""
        found = dict.fromkeys(users, 0.0)
        for turn in self.turns[since:]:
            if turn.user in found and not turn.free:
                found[turn.user] += turn.seconds / self.weights[turn.user]
        return found

    def count(self, user_id: UUID) -> int:
        """How many videos of a user were dispatched."""
        return sum(turn.user == user_id and not turn.free for turn in self.turns)

    async def _dispatched(self) -> dict[str, object]:
        rows = await BatchVideos.raw(
            "select v.id, batch_job_id, user_id, duration_seconds, retry_count, q.running as own, q.concurrency"
            " from batch_videos v join queue_users q using (user_id)"
            " where v.status = 'processing' and v.run_token is null"
        )
        (row,) = rows
        return dict(row)

    async def _begin(self, row: dict[str, object]) -> None:
        entry, batch_id = msgspec.convert(row["id"], UUID), msgspec.convert(row["batch_job_id"], UUID)
        seconds = msgspec.convert(row["duration_seconds"], float)
        token = uuid4()
        await self.step(batch_id, events.Claimed(id=entry, run_token=token, worker="w", lease=LEASE))
        one = (entry, msgspec.convert(row["retry_count"], int))
        user_id = msgspec.convert(row["user_id"], UUID)
        self.turns.append(Turn(self.now_s, user_id, entry, seconds, free=one in self._paid))
        self._paid.add(one)
        takes_s = seconds / 10 * self.random.uniform(0.8, 1.2)
        heapq.heappush(self.runs, Run(self.now_s + takes_s, len(self.turns), batch_id, entry, token, seconds))

    async def _check(self, before: dict[UUID, tuple[float, bool]], row: dict[str, object]) -> None:
        user_id = msgspec.convert(row["user_id"], UUID)
        tag, eligible = before[user_id]
        assert eligible, "who goes next waits and is below the own limit"
        assert tag == min(time for time, may in before.values() if may), "the lowest virtual time goes next"
        assert msgspec.convert(row["own"], int) <= msgspec.convert(row["concurrency"], int)
        assert len(self.runs) <= self.slots
        clock = await clock_now()
        assert clock >= self.clock, "the clock never goes backwards"
        self.clock = clock
        for user, (time, may) in (await tags()).items():
            assert time >= clock or not may, "nobody in the contest has credit"
            assert time <= clock + self.longest_s / self.weights[user] + 1e-6, "nobody is more than one video ahead"


async def tags() -> dict[UUID, tuple[float, bool]]:
    """Each user's virtual time, and whether the user is in the contest."""
    rows = await QueueUsers.raw("select *, waiting > 0 and running < concurrency as may from queue_users")
    return {row["user_id"]: (row["virtual_time"], row["may"]) for row in rows}


async def clock_now() -> float:
    """The virtual time of the whole queue."""
    rows = await QueueClock.raw("select virtual_time from queue_clock")
    return float(rows[0]["virtual_time"])


async def counts_agree() -> bool:
    """Whether the queue's counts are those of the videos."""
    rows = await QueueUsers.raw(
        "select 1 from queue_users q where (waiting, running) <> (select count(*) filter (where queued),"
        " count(*) filter (where status = 'processing') from batch_videos v where v.user_id = q.user_id)"
    )
    return not rows


async def hear(at: Scheduler, slots: int) -> None:
    """Let a scheduler hear of one worker with so many slots."""

    class Heard:
        data = msgspec.json.encode(WorkerSeen(worker="w", service="processor", slots=slots, running=(), started_at=NOW))

    await at.presence.hear(Heard())  # type: ignore[arg-type]


def jain(shares: Iterable[float]) -> float:
    """Jain's index of fairness: 1 when all are equal, 1/n when one has everything (Jain, Chiu and Hawe, 1984)."""
    values = list(shares)
    return sum(values) ** 2 / (len(values) * sum(value * value for value in values))
