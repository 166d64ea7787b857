"""Which videos of the library are in which batches: the batch_videos table, read from the other side."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from piccolo.columns import UUID as UuidColumn
from piccolo.table import Table

from shared.batches import BatchStatus
from shared.library import VideoBatch


class BatchContents(Table, tablename="batch_videos"):
    """A video in a batch, as far as the library cares."""

    id = UuidColumn(primary_key=True)
    batch_job_id = UuidColumn()
    video_id = UuidColumn()

    @classmethod
    async def batches_of(cls, user_id: UUID, video_ids: Sequence[UUID]) -> list[VideoBatch]:
        """The batches of a user that these videos of the library are in, newest first."""
        rows = await cls.raw(
            "select v.video_id, b.id as batch_job_id, b.name as batch_name, b.status as batch_status"
            " from batch_videos v join batch_jobs b on b.id = v.batch_job_id"
            " where b.user_id = {} and b.deleted_at is null and v.video_id = any({}::uuid[]) order by b.created_at desc, b.id",
            user_id,
            list(video_ids),
        )
        return [VideoBatch(**{**row, "batch_status": BatchStatus(row["batch_status"])}) for row in rows]
