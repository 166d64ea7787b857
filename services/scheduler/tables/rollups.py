"""daily_totals and daily_tallies: sums of each day for each user and for everybody, kept by the steps that change them.

Of what is counted by its name there is so much that long periods are read from sums of each month, monthly_tallies.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from piccolo.columns import UUID as UuidColumn
from piccolo.columns import BigInt, Date, DoublePrecision, Integer, Text
from piccolo.table import Table

from services.scheduler.rollups import COUNTS, Sums, Tallies, booked, whole_months
from services.scheduler.state import BatchState
from shared.database import Statement


class DailyTotals(Table, tablename="daily_totals"):
    """What came of the batches and videos of one owner that ended on one day (UTC)."""

    owner = UuidColumn()
    day = Date()
    batches_completed = Integer()
    batches_failed = Integer()
    batches_cancelled = Integer()
    elapsed_s = DoublePrecision()
    videos_completed = Integer()
    videos_failed = Integer()
    videos_cancelled = Integer()
    source_s = DoublePrecision()
    output_s = DoublePrecision()
    processing_s = DoublePrecision()
    videos_waited = Integer()
    waiting_s = DoublePrecision()

    @staticmethod
    def booking(old: BatchState, new: BatchState) -> list[Statement]:
        """What writes down the difference between two states of a batch, in the transaction that writes the state.

        To be the first of the statements that go `together`: PostgreSQL carries those out from the last to the first, and rows
        that everybody shares should be locked for as short as possible.
        """
        sums, tallies = booked(old, new)
        return [*_adding_sums(sums), *_adding_tallies(tallies)]

    @classmethod
    async def of(cls, owners: Sequence[UUID], since: date, until: date, step: str) -> list[dict[str, Any]]:
        """The sums of each step (`day`, `week`, `month`) of a period, both ends included; steps without anything are left out."""
        assert step in ("day", "week", "month")
        columns = ", ".join(f"sum({name}) as {name}" for name in COUNTS)
        rows: list[dict[str, Any]] = await cls.raw(
            f"select date_trunc('{step}', day)::date as day, {columns} from daily_totals where owner = any({{}})"
            " and day between {} and {} group by 1 order by 1",
            list(owners),
            since,
            until,
        )
        return rows


class DailyTallies(Table, tablename="daily_tallies"):
    """How often a reason or a setting occurred on one day."""

    owner = UuidColumn()
    day = Date()
    kind = Text()
    name = Text()
    number = BigInt()

    @classmethod
    async def of(cls, owners: Sequence[UUID], since: date, until: date) -> list[tuple[str, str, int]]:
        """Kind, name and number of what occurred in a period, the most frequent first: whole months at once, the rest by days."""
        first, last = whole_months(since, until)
        rows = await cls.raw(
            "select kind, name, sum(number)::bigint as count from ("
            "select kind, name, number from daily_tallies where owner = any({})"
            " and (day >= {} and day < {} or day >= {} and day <= {})"
            " union all select kind, name, number from monthly_tallies where owner = any({}) and month >= {} and month < {}"
            ") parts group by kind, name having sum(number) > 0 order by kind, count desc, name",
            list(owners),
            since,
            first,
            last,
            until,
            list(owners),
            first,
            last,
        )
        return [(row["kind"], row["name"], row["count"]) for row in rows]


def _adding_sums(sums: Sums) -> list[Statement]:
    if not sums:
        return []
    # Always in the same order: two transactions that change the same rows wait for each other, and never both at once.
    rows = [{"owner": owner, "day": day, **counts} for (owner, day), counts in sorted(sums.items())]
    names = ", ".join(COUNTS)
    more = ", ".join(f"{name} = t.{name} + excluded.{name}" for name in COUNTS)
    return [
        Statement(
            f"insert into daily_totals as t (owner, day, {names}) select owner, day, {names}"
            f" from jsonb_populate_recordset(null::daily_totals, {{}}::jsonb) on conflict (owner, day) do update set {more}",
            (msgspec.json.encode(rows).decode(),),
        )
    ]


def _adding_tallies(tallies: Tallies) -> list[Statement]:
    if not tallies:
        return []
    months: Tallies = {}
    for (owner, day, kind, name), number in tallies.items():
        key = (owner, day.replace(day=1), kind, name)
        months[key] = months.get(key, 0) + number
    return [_adding("daily_tallies", "day", tallies), _adding("monthly_tallies", "month", months)]


def _adding(table: str, step: str, tallies: Tallies) -> Statement:
    rows = [
        {"owner": owner, step: day, "kind": kind, "name": name, "number": number}
        for (owner, day, kind, name), number in sorted(tallies.items())
    ]
    return Statement(
        f"insert into {table} as t (owner, {step}, kind, name, number) select owner, {step}, kind, name, number"
        f" from jsonb_populate_recordset(null::{table}, {{}}::jsonb)"
        f" on conflict (owner, {step}, kind, name) do update set number = t.number + excluded.number",
        (msgspec.json.encode(rows).decode(),),
    )
