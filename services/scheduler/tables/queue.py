"""The fair queue: whose turn it is. Which of the user's own videos goes next is decided by priority, then age."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from piccolo.columns import UUID as UuidColumn
from piccolo.columns import Boolean, DoublePrecision, Integer, Text
from piccolo.table import Table

from shared.batches import Tier


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
        """Write down a user's limits as told last."""
        await cls.raw(
            "insert into queue_users (user_id, tier, weight, concurrency) values ({}, {}, {}, {}) on conflict (user_id)"
            " do update set tier = excluded.tier, weight = excluded.weight, concurrency = excluded.concurrency",
            user_id,
            tier,
            weight,
            concurrency,
        )

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

    @classmethod
    async def moved(cls, user_id: UUID, waiting: int, running: int) -> None:
        """Count videos that came into the queue or left it; a user who was idle starts at the clock's virtual time."""
        await cls.raw(
            "update queue_users set waiting = waiting + {}, running = running + {},"
            " virtual_time = case when waiting + running = 0 then greatest(virtual_time, (select virtual_time from queue_clock))"
            " else virtual_time end where user_id = {}",
            waiting,
            running,
            user_id,
        )

    @classmethod
    async def next(cls) -> dict[str, Any] | None:
        """The user whose turn it is: waiting, below the own limit, with the lowest virtual time."""
        rows = await cls.raw(
            "select user_id, virtual_time, weight from queue_users where waiting > 0 and running < concurrency"
            " order by virtual_time, user_id limit 1"
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

    @classmethod
    async def charge(cls, user_id: UUID, virtual_seconds: float) -> None:
        """Charge a user for a dispatch and move the clock to its start tag, never backwards."""
        await cls.raw(
            "with tag as (select virtual_time from queue_users where user_id = {}),"
            " clock as (update queue_clock set virtual_time = greatest(virtual_time, (select virtual_time from tag)))"
            " update queue_users set virtual_time = virtual_time + {} where user_id = {}",
            user_id,
            virtual_seconds,
            user_id,
        )


class QueueClock(Table, tablename="queue_clock"):
    """The virtual time of the whole queue."""

    one = Boolean(primary_key=True)
    virtual_time = DoublePrecision()
