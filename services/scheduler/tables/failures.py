"""Videos that failed, of everybody, as operators see them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from piccolo.columns import UUID as UuidColumn
from piccolo.table import Table

from services.scheduler.tables.columns import from_row
from shared.reports import FailedVideo

DAY = "{}::date::timestamp at time zone 'utc'"
Cursor = tuple[datetime, UUID]
"""Where a failure stands: failed_at and id."""


class Failures(Table, tablename="batch_videos"):
    """A video that failed and was not tried again since."""

    id = UuidColumn(primary_key=True)

    @classmethod
    async def page(
        cls, since: date, until: date, code: str | None, after: Cursor | None, limit: int
    ) -> list[FailedVideo]:
        """Those of a period (UTC, both ends included), the last first, with one error code or with any; after one of them."""
        condition = f"v.completed_at >= {DAY} and v.completed_at < {DAY}"
        chosen: list[object] = [since, until + timedelta(days=1)]
        if code is not None:
            condition, chosen = f"{condition} and v.error_code = {{}}", [*chosen, code]
        if after is not None:
            condition += " and v.completed_at <= {} and (v.completed_at < {} or v.id > {})"
            chosen += [after[0], *after]
        rows = await cls.raw(
            "select v.id, v.batch_job_id, b.name as batch_name, v.user_id, v.name, v.size_bytes, v.completed_at as failed_at,"
            " coalesce(v.error_code, 'unknown') as error_code, v.error_message, v.attempt as attempts"
            " from batch_videos v join batch_jobs b on b.id = v.batch_job_id"
            f" where v.status = 'failed' and {condition} order by v.completed_at desc, v.id limit {{}}",
            *chosen,
            limit,
        )
        return [from_row(row, FailedVideo) for row in rows]
