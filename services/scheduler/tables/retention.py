"""batch_jobs and exports, read for what is to be deleted because its time is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from piccolo.columns import UUID as UuidColumn
from piccolo.table import Table

from services.scheduler.tables.columns import from_row
from shared.batches import Tier
from shared.insight import Deletion
from shared.tiers import Limits

IDLE = "b.deleted_at is null and b.status in ('pending', 'completed', 'failed', 'cancelled')"
ENDED = "coalesce(b.completed_at, b.updated_at)"
"""The end of a batch; of one that was never started, when it was touched last."""
KEPT = """
left join queue_users u on u.user_id = b.user_id
join unnest({}::text[], {}::float8[]) as tiers(tier, days) on tiers.tier = coalesce(u.tier, 'free') and tiers.days > 0
"""
IN_USE = """exists (select 1 from exports e where e.batch_job_id = b.id and (e.status in ('pending', 'processing')
    or (e.status = 'completed' and e.expires_at > clock_timestamp())))"""
"""Somebody has its results packed, or may be downloading them."""


class Retention(Table, tablename="batch_jobs"):
    """A batch, as far as its deletion is concerned."""

    id = UuidColumn(primary_key=True)

    @classmethod
    async def to_announce(cls, tiers: Mapping[Tier, Limits], warning_days: float) -> list[tuple[UUID, datetime]]:
        """Batches whose time is nearly over and that nobody was told of, and when each is to be deleted."""
        names, days = _days(tiers)
        rows = await cls.raw(
            f"select b.id, greatest({ENDED} + tiers.days * interval '1 day',"
            f" clock_timestamp() + {{}} * interval '1 day') as delete_at from batch_jobs b {KEPT}"
            f" where {IDLE} and b.delete_at is null"
            f" and {ENDED} < clock_timestamp() - (tiers.days - {{}}::float8) * interval '1 day'"
            f" and {ENDED} < clock_timestamp() - ({{}}::float8 - {{}}::float8) * interval '1 day' order by 2, 1 limit 500",
            warning_days,
            names,
            days,
            warning_days,
            # Known before the rows are read, so that an index finds them.
            min((value for value in days if value > 0), default=0.0),
            warning_days,
        )
        return [(row["id"], row["delete_at"]) for row in rows]

    @classmethod
    async def to_keep(cls, tiers: Mapping[Tier, Limits]) -> list[UUID]:
        """Batches that may stay for longer than was announced, because of another tier or another limit."""
        rows = await cls.raw(
            "select b.id from batch_jobs b left join queue_users u on u.user_id = b.user_id"
            " join unnest({}::text[], {}::float8[]) as tiers(tier, days) on tiers.tier = coalesce(u.tier, 'free')"
            " where b.deleted_at is null and b.delete_at is not null and (tiers.days <= 0"
            " or b.completed_at + tiers.days * interval '1 day' > b.delete_at) limit 500",
            *_days(tiers),
        )
        return [row["id"] for row in rows]

    @classmethod
    async def to_delete(cls) -> list[UUID]:
        """Batches whose announced time has come and whose results nobody has packed or downloads."""
        rows = await cls.raw(
            f"select b.id from batch_jobs b where {IDLE} and b.delete_at <= clock_timestamp() and not {IN_USE}"
            " order by b.delete_at limit 500"
        )
        return [row["id"] for row in rows]

    @classmethod
    async def in_use(cls, batch_id: UUID) -> bool:
        """Whether somebody has the results of a batch packed, or may be downloading them."""
        rows = await cls.raw(f"select {IN_USE} as used from batch_jobs b where b.id = {{}}", batch_id)
        return bool(rows and rows[0]["used"])

    @classmethod
    async def within(
        cls, tiers: Mapping[Tier, Limits], warning_days: float, days: float, limit: int, user_id: UUID | None
    ) -> tuple[list[Deletion], dict[str, Any]]:
        """What of one user or of all will be deleted within so many days as things stand, the first first; how much it is in all."""
        names, kept = _days(tiers)
        of_user = "" if user_id is None else " and b.user_id = {}"
        found = (
            f"select b.id as batch_job_id, b.user_id, b.name, b.status, {ENDED} as ended_at, b.total_videos as videos,"
            f" b.stored_bytes, b.delete_at is not null as announced, {IN_USE} as in_use, coalesce(b.delete_at, greatest({ENDED}"
            f" + tiers.days * interval '1 day', clock_timestamp() + {{}} * interval '1 day')) as delete_at"
            f" from batch_jobs b {KEPT} where {IDLE}{of_user}"
        )
        values = (warning_days, names, kept, *(() if user_id is None else (user_id,)), days)
        due = f"from ({found}) found where delete_at <= clock_timestamp() + {{}} * interval '1 day'"
        rows = await cls.raw(f"select * {due} order by delete_at, batch_job_id limit {{}}", *values, limit)
        total = await cls.raw(
            f"select count(*) as batches, coalesce(sum(stored_bytes), 0)::bigint as stored_bytes {due}", *values
        )
        return [from_row(row, Deletion) for row in rows], total[0]


def _days(tiers: Mapping[Tier, Limits]) -> tuple[list[str], list[float]]:
    return [tier.value for tier in tiers], [float(limits.retention_days) for limits in tiers.values()]
