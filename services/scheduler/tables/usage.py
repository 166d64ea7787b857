"""usage_ledger: minutes held, settled and released; each line once, booked to the month of its hold."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from piccolo.columns import UUID as UuidColumn
from piccolo.columns import Date, DoublePrecision, Integer, Text, Timestamptz
from piccolo.table import Table

from services.scheduler.accounting import Entry
from services.scheduler.state import BatchState
from shared.database import Statement


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
        """Seconds of media that count against a user's month: held and not released."""
        rows = await cls.raw(
            "select coalesce(sum(case kind when 'hold' then seconds when 'release' then -seconds else 0 end), 0) as used"
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
            "select coalesce(sum(seconds) filter (where kind = 'settle'), 0) as used,"
            " coalesce(sum(case kind when 'hold' then seconds else -seconds end), 0) as held"
            " from usage_ledger where user_id = {} and month = {}",
            user_id,
            month_of(now),
        )
        return rows[0]["used"], rows[0]["held"]


def month_of(now: datetime) -> date:
    """The first day of the month (UTC)."""
    return now.date().replace(day=1)
