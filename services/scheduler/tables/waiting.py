"""What waits, as operators see it: whose turn it is, and with which priority."""

from __future__ import annotations

from typing import Any

from piccolo.columns import UUID as UuidColumn
from piccolo.table import Table

from services.scheduler.tables.columns import from_row
from shared.reports import PriorityCount, QueuedUser

MOST_USERS = 100


class Waiting(Table, tablename="batch_videos"):
    """A video that waits for a worker."""

    id = UuidColumn(primary_key=True)

    @classmethod
    async def users(cls) -> tuple[QueuedUser, ...]:
        """Who waits, in the order of turns, each with the video that goes next; who is at the own limit comes last."""
        rows = await cls.raw(
            "select u.user_id, u.tier, u.waiting, u.running, u.concurrency, v.batch_job_id, b.name as batch_name,"
            " v.name as video_name, v.priority,"
            " greatest(b.started_at, v.uploaded_at, b.created_at) as waiting_since from"
            " (select * from queue_users where waiting > 0"
            " order by running >= concurrency, virtual_time, user_id limit {}) u"
            " join lateral (select * from batch_videos where user_id = u.user_id and queued"
            " order by priority desc, batch_created_at, position limit 1) v on true"
            " join batch_jobs b on b.id = v.batch_job_id"
            " order by u.running >= u.concurrency, u.virtual_time, u.user_id",
            MOST_USERS,
        )
        return tuple(from_row(row, QueuedUser) for row in rows)

    @classmethod
    async def priorities(cls) -> tuple[PriorityCount, ...]:
        """How many videos wait with each priority, the highest first."""
        rows = await cls.raw(
            "select priority, count(*) as videos from batch_videos where queued group by priority order by priority desc"
        )
        return tuple(from_row(row, PriorityCount) for row in rows)

    @classmethod
    async def counts(cls) -> dict[str, Any]:
        """How many videos run, how many wait for the time of their next try (retries), and how many exports wait."""
        rows: list[dict[str, Any]] = await cls.raw(
            "select (select count(*) from batch_videos where status = 'processing') as running,"
            " (select count(*) from batch_videos v join batch_jobs b on b.id = v.batch_job_id where v.status = 'pending'"
            " and not v.queued and v.next_try_at is not null and b.status in ('processing', 'paused')) as retries,"
            " (select count(*) from exports where status = 'pending') as exports"
        )
        return rows[0]
