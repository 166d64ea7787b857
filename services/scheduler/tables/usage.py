"""usage_ledger: minutes held, settled, released and refunded; each line once, booked to the month of its hold."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from piccolo.columns import UUID as UuidColumn
from piccolo.columns import Date, DoublePrecision, Integer, Text, Timestamptz
from piccolo.table import Table

from services.scheduler.accounting import Entry
from services.scheduler.state import BatchState
from shared.database import Statement

Cursor = tuple[datetime, UUID, int, str]
"""Where a line stands: booked_at, batch_video_id, generation, kind."""


class UsageLedger(Table, tablename="usage_ledger"):
    """A line of the ledger. It has no foreign key: it outlives the batch it tells of."""

    batch_video_id = UuidColumn()
    generation = Integer()
    kind = Text()
    user_id = UuidColumn()
    batch_job_id = UuidColumn()
    seconds = DoublePrecision()
    month = Date()
    booked_at = Timestamptz()

    @staticmethod
    def booking(batch: BatchState, entries: tuple[Entry, ...], now: datetime) -> list[Statement]:
        """What writes lines; one that is there already stays as it is."""
        return [
            Statement(
                "insert into usage_ledger (batch_video_id, generation, kind, user_id, batch_job_id, seconds, month, booked_at)"
                " select {}, {}::integer, {}, {}, {}, {}, coalesce((select month from usage_ledger where batch_video_id = {}"
                " and generation = {} and kind = 'hold'), {}), {} on conflict do nothing",
                (
                    entry.batch_video_id,
                    entry.generation,
                    entry.kind.value,
                    batch.user_id,
                    batch.id,
                    entry.seconds,
                    entry.batch_video_id,
                    entry.generation,
                    month_of(now),
                    now,
                ),
            )
            for entry in entries
        ]

    @classmethod
    async def used_s(cls, user_id: UUID, now: datetime) -> float:
        """Seconds of media that count against a user's month: held, and neither released nor refunded."""
        rows = await cls.raw(
            "select coalesce(sum(case kind when 'hold' then seconds when 'settle' then 0 else -seconds end), 0) as used"
            " from usage_ledger where user_id = {} and month = {}",
            user_id,
            month_of(now),
        )
        used: float = rows[0]["used"]
        return used

    @classmethod
    async def used_and_held_s(cls, user_id: UUID, now: datetime) -> tuple[float, float]:
        """Seconds of media in a user's month: of videos that were processed, and of those that wait or run."""
        rows = await cls.raw(
            "select coalesce(sum(case kind when 'settle' then seconds when 'refund' then -seconds else 0 end), 0) as used,"
            " coalesce(sum(case kind when 'hold' then seconds when 'refund' then 0 else -seconds end), 0) as held"
            " from usage_ledger where user_id = {} and month = {}",
            user_id,
            month_of(now),
        )
        return rows[0]["used"], rows[0]["held"]

    @classmethod
    async def months(cls, user_id: UUID, limit: int = 36) -> list[dict[str, Any]]:
        """What a user has used in each month, the last first: seconds used, held and refunded, videos and batches."""
        # By batch first, as the index has them: counting different ones would sort all lines.
        rows: list[dict[str, Any]] = await cls.raw(
            "select month, sum(used) as used, sum(held) as held, sum(refunded) as refunded, sum(videos)::bigint as videos,"
            " count(*) filter (where videos > 0) as batches from (select month,"
            " sum(case kind when 'settle' then seconds when 'refund' then -seconds else 0 end) as used,"
            " sum(case kind when 'hold' then seconds when 'refund' then 0 else -seconds end) as held,"
            " sum(case kind when 'refund' then seconds else 0 end) as refunded,"
            " count(*) filter (where kind = 'settle') as videos"
            " from usage_ledger where user_id = {} group by month, batch_job_id) batches"
            " group by month order by month desc limit {}",
            user_id,
            limit,
        )
        return rows

    @classmethod
    async def lines(
        cls, user_id: UUID, since: date | None, until: date | None, after: Cursor | None, limit: int
    ) -> list[dict[str, Any]]:
        """Lines of a user in the order in which they were booked, with the names of batch and video as far as those are known."""
        condition = "l.user_id = {}"
        chosen: list[Any] = [user_id]
        for comparison, value in ((">=", since), ("<=", until)):
            if value is not None:
                condition, chosen = f"{condition} and l.month {comparison} {{}}", [*chosen, value]
        if after is not None:
            condition += " and (l.booked_at, l.batch_video_id, l.generation, l.kind) > ({}, {}, {}, {})"
            chosen += after
        rows: list[dict[str, Any]] = await cls.raw(
            "select l.*, b.name as batch_name, v.name as video_name from usage_ledger l"
            " left join batch_jobs b on b.id = l.batch_job_id left join batch_videos v on v.id = l.batch_video_id"
            f" where {condition} order by l.booked_at, l.batch_video_id, l.generation, l.kind limit {{}}",
            *chosen,
            limit,
        )
        return rows

    @classmethod
    async def refund(cls, batch_id: UUID, video_id: UUID | None) -> list[dict[str, Any]]:
        """Repay what was used for a batch's videos, or for one of them (by its library id); returns the new lines."""
        rows: list[dict[str, Any]] = await cls.raw(
            "with new as (insert into usage_ledger"
            " (batch_video_id, generation, kind, user_id, batch_job_id, seconds, month, booked_at)"
            " select l.batch_video_id, l.generation, 'refund', l.user_id, l.batch_job_id, l.seconds, l.month, clock_timestamp()"
            " from usage_ledger l where l.batch_job_id = {} and l.kind = 'settle' and ({}::uuid is null or l.batch_video_id in"
            " (select id from batch_videos where batch_job_id = {} and video_id = {}))"
            " on conflict do nothing returning *)"
            " select new.*, b.name as batch_name, v.name as video_name from new left join batch_jobs b on b.id = new.batch_job_id"
            " left join batch_videos v on v.id = new.batch_video_id order by booked_at, batch_video_id, generation",
            batch_id,
            video_id,
            batch_id,
            video_id,
        )
        return rows


def month_of(now: datetime) -> date:
    """The first day of the month (UTC)."""
    return now.date().replace(day=1)
