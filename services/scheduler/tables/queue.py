"""The fair queue: whose turn it is. Which of the user's own videos goes next is decided by priority, then age."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from piccolo.columns import UUID as UuidColumn
from piccolo.columns import Boolean, DoublePrecision, Integer, Text
from piccolo.table import Table

from shared.batches import Tier
from shared.database import Statement


class QueueUsers(Table, tablename="queue_users"):
    """A user in the queue, with virtual time, limits and counts."""

    user_id = UuidColumn(primary_key=True)
    tier = Text()
    weight = DoublePrecision()
    concurrency = Integer()
    virtual_time = DoublePrecision()
    waiting = Integer()
    running = Integer()

    @classmethod
    async def known(cls, user_id: UUID, tier: str, weight: float, concurrency: int) -> None:
        """Write down a user's limits as told last. Who was at the own limit and may do more comes back at the clock."""
        await cls.raw(
            "insert into queue_users as q (user_id, tier, weight, concurrency) values ({}, {}, {}, {}) on conflict (user_id)"
            " do update set tier = excluded.tier, weight = excluded.weight, concurrency = excluded.concurrency,"
            " virtual_time = case when q.running < q.concurrency then q.virtual_time"
            " else greatest(q.virtual_time, (select virtual_time from queue_clock)) end",
            user_id,
            tier,
            weight,
            concurrency,
        )

    @classmethod
    async def of(cls, user_id: UUID) -> dict[str, Any] | None:
        """A user's limits and counts, if anything is known of the user."""
        rows = await cls.raw("select * from queue_users where user_id = {}", user_id)
        return rows[0] if rows else None

    @classmethod
    async def waiting_now(cls) -> tuple[int, int]:
        """How many videos wait for a worker, and of how many users."""
        rows = await cls.raw(
            "select coalesce(sum(waiting), 0)::bigint as videos, count(*) as users from queue_users where waiting > 0"
        )
        return rows[0]["videos"], rows[0]["users"]

    @classmethod
    async def depth(cls) -> tuple[float, float, float, float]:
        """Videos that wait, users who wait, videos that run, and for how many seconds the next video of a user waits at most."""
        rows = await cls.raw(
            "select coalesce(sum(u.waiting), 0)::float8 as videos, count(*)::float8 as users,"
            " (select count(*) from batch_videos where status = 'processing')::float8 as running,"
            " coalesce(extract(epoch from now() - min(next.since)), 0)::float8 as oldest_s"
            " from queue_users u left join lateral (select greatest(b.started_at, v.uploaded_at, v.next_try_at) as since"
            " from batch_videos v join batch_jobs b on b.id = v.batch_job_id where v.user_id = u.user_id and v.queued"
            " order by v.priority desc, v.batch_created_at, v.position limit 1) next on true where u.waiting > 0"
        )
        row = rows[0]
        return row["videos"], row["users"], row["running"], row["oldest_s"]

    @classmethod
    async def tier_of(cls, user_id: UUID) -> Tier:
        """The user's tier as told last."""
        rows = await cls.raw("select tier from queue_users where user_id = {}", user_id)
        return Tier(rows[0]["tier"]) if rows else Tier.FREE

    @classmethod
    async def lock(cls, user_id: UUID) -> Tier:
        """Hold the user's row until the end of the transaction, so that quota is given out once; returns the tier."""
        rows = await cls.raw("select tier from queue_users where user_id = {} for update", user_id)
        return Tier(rows[0]["tier"]) if rows else Tier.FREE

    @staticmethod
    def moving(user_id: UUID, waiting: int, running: int, media_s: float) -> list[Statement]:
        """What counts videos that came into the queue or left it, and charges the user for them (below 0: gives back).

        A user who was not in the contest (had nothing waiting, or was at the own limit) comes back at the clock's virtual time:
        turns that nobody waited for are no credit. Nor is what was charged for nothing given back below the clock. A charge
        moves the clock to the start tag, never backwards.
        """
        if not (waiting or running or media_s):
            return []
        start = (
            "case when waiting > 0 and running < concurrency then virtual_time"
            " else greatest(virtual_time, (select virtual_time from queue_clock)) end"
        )
        tick = (
            "update queue_clock set virtual_time ="
            f" greatest(virtual_time, (select {start} from queue_users where user_id = {{}}))"
        )
        move = (
            "update queue_users set waiting = waiting + {}, running = running + {},"
            f" virtual_time = greatest({start} + {{}} / weight,"
            f" least({start}, (select virtual_time from queue_clock))) where user_id = {{}}"
        )
        clock = [Statement(tick, (user_id,))] if media_s > 0 else []
        return [*clock, Statement(move, (waiting, running, media_s, user_id))]

    @classmethod
    async def next(cls, slots: int) -> dict[str, Any] | None:
        """Whose turn it is: user_id, batch_job_id, id of the video, and how many videos the workers have (running).

        None when those are as many as slots, and when nobody may go.

        Of all users who wait and are below their own limit the one with the lowest virtual time; of that user's videos the
        first by priority, then by age.
        """
        rows = await cls.raw(
            "select u.user_id, v.id, v.batch_job_id, busy.running from"
            " (select count(*) as running from batch_videos where status = 'processing') busy"
            " join lateral (select user_id from queue_users where waiting > 0 and running < concurrency"
            " and busy.running < {} order by virtual_time, user_id limit 1) u on true"
            " left join lateral (select id, batch_job_id from batch_videos where user_id = u.user_id and queued"
            " order by priority desc, batch_created_at, position limit 1) v on true",
            slots,
        )
        return rows[0] if rows else None

    @classmethod
    async def recount(cls, user_id: UUID) -> None:
        """Count a user's videos anew. Should never be needed; it keeps a wrong count from holding up everybody."""
        await cls.raw(
            "update queue_users q set (waiting, running) = (select count(*) filter (where queued),"
            " count(*) filter (where status = 'processing') from batch_videos where user_id = q.user_id) where user_id = {}",
            user_id,
        )


class QueueClock(Table, tablename="queue_clock"):
    """The virtual time of the whole queue."""

    one = Boolean(primary_key=True)
    virtual_time = DoublePrecision()
