"""What is in the hands of workers: videos and exports with a lease."""

from __future__ import annotations

from piccolo.columns import UUID as UuidColumn
from piccolo.table import Table

from services.scheduler.tables.columns import from_row
from shared.reports import WorkShown


class UnderWay(Table, tablename="batch_videos"):
    """A video or an export that a worker has claimed."""

    id = UuidColumn(primary_key=True)

    @classmethod
    async def everything(cls) -> list[tuple[str, WorkShown]]:
        """Each piece of work with the name of its worker, the oldest first."""
        rows = await cls.raw(
            "select worker, id, 'video' as kind, batch_job_id, user_id, name, current_stage as stage, attempt,"
            " started_at as since, lease_until from batch_videos where status = 'processing' and worker is not null"
            " union all select worker, e.id, 'export', batch_job_id, e.user_id, b.name, null, attempt, e.started_at, lease_until"
            " from exports e join batch_jobs b on b.id = batch_job_id where e.status = 'processing' and worker is not null"
            " order by since"
        )
        return [(row["worker"], from_row(row, WorkShown)) for row in rows]
