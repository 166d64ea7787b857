"""batch_jobs and batch_videos: loaded as a `BatchState`, saved as the difference between two of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, get_type_hints
from uuid import UUID

from msgspec.structs import replace
from piccolo.columns import JSONB, BigInt, Boolean, DoublePrecision, Integer, Text, Timestamptz, Varchar
from piccolo.columns import UUID as UuidColumn
from piccolo.table import Table

from services.scheduler.fairness import charges_s
from services.scheduler.progress import percentage
from services.scheduler.state import BatchState, VideoState, stored_bytes
from services.scheduler.tables.columns import from_row, insert, to_column, update
from services.scheduler.tables.queue import QueueUsers
from services.scheduler.tables.videos import BatchVideos
from shared.batches import BatchStatus, VideoStatus
from shared.database import Statement, together

BATCH_FIELDS = tuple(name for name in BatchState.__struct_fields__ if name not in ("videos", "revision"))
BATCH_TYPES = get_type_hints(BatchState)
SORTS = {"created_at", "priority", "status", "name", "progress_percentage"}


class BatchJobs(Table, tablename="batch_jobs"):
    """A batch and what its videos add up to."""

    id = UuidColumn(primary_key=True)
    user_id = UuidColumn()
    name = Varchar(length=100)
    description = Text(null=True)
    settings = JSONB()
    status = Text()
    priority = Integer()
    total_videos = Integer()
    completed_videos = Integer()
    failed_videos = Integer()
    cancelled_videos = Integer()
    total_duration_seconds = DoublePrecision()
    processed_duration_seconds = DoublePrecision()
    progress_percentage = Integer()
    estimated_time_remaining = Integer(null=True)
    error_message = Text(null=True)
    start_id = UuidColumn(null=True)
    start_when_uploaded = Boolean()
    revision = BigInt()
    created_at = Timestamptz()
    started_at = Timestamptz(null=True)
    completed_at = Timestamptz(null=True)
    updated_at = Timestamptz()
    delete_at = Timestamptz(null=True)
    deleted_at = Timestamptz(null=True)
    stored_bytes = BigInt()

    @classmethod
    async def now(cls) -> datetime:
        """PostgreSQL's clock, the only one that counts."""
        rows = await cls.raw("select clock_timestamp() as now")
        moment: datetime = rows[0]["now"]
        return moment

    @classmethod
    async def load(cls, batch_id: UUID, *, user_id: UUID | None = None) -> BatchState | None:
        """A batch with its videos, if it exists (and belongs to the user)."""
        found = await cls._load(batch_id, user_id)
        return found[0] if found else None

    @classmethod
    async def lock(cls, batch_id: UUID, *, user_id: UUID | None = None) -> tuple[BatchState, datetime] | None:
        """As `load`, locked against other changes, with the time by PostgreSQL's clock at which the lock was had."""
        return await cls._load(batch_id, user_id, " for update")

    @classmethod
    async def _load(cls, batch_id: UUID, user_id: UUID | None, how: str = "") -> tuple[BatchState, datetime] | None:
        rows = await cls.raw(f"select * from batch_jobs where id = {{}} and deleted_at is null{how}", batch_id)
        if not rows or (user_id is not None and rows[0]["user_id"] != user_id):
            return None
        # Not in one statement with the batch: that one may have waited for the lock, and would see the videos of before.
        videos = await BatchVideos.raw(
            "select clock_timestamp() as now, videos.* from (select) one"
            " left join batch_videos videos on batch_job_id = {} order by position",
            batch_id,
        )
        found = tuple(from_row(row, VideoState) for row in videos if row["id"] is not None)
        return from_row(rows[0], BatchState, videos=found), videos[0]["now"]

    @classmethod
    async def name_of(cls, batch_id: UUID) -> str:
        """What a batch is called."""
        rows = await cls.raw("select name from batch_jobs where id = {}", batch_id)
        return str(rows[0]["name"]) if rows else ""

    @classmethod
    async def to_be_started(cls, *, video_id: UUID | None = None, batch_id: UUID | None = None) -> list[UUID]:
        """Batches with this video, or this one, to start by themselves: all their uploads are there or were refused."""
        these = "= {}" if video_id is None else "in (select batch_job_id from batch_videos where video_id = {})"
        rows = await cls.raw(
            f"""
            select id from batch_jobs b where id {these}
                and start_when_uploaded and status = 'pending' and deleted_at is null
                and not exists (
                    select 1 from batch_videos v where v.batch_job_id = b.id
                        and v.uploaded_at is null and v.status in ('pending', 'uploading')
                )
            """,
            video_id or batch_id,
        )
        return [row["id"] for row in rows]

    @classmethod
    async def add(cls, batch: BatchState) -> None:
        """Write down a new batch and its videos."""
        fields = {**_batch_columns(batch), **_sums(batch)}
        await cls.raw(insert("batch_jobs", fields, BATCH_TYPES), *fields.values())
        await BatchVideos.add(batch, batch.videos)

    @classmethod
    async def store(cls, old: BatchState, new: BatchState, now: datetime, also: Iterable[Statement] = ()) -> BatchState:
        """Write what is different, keep the sums and the user's queue in step, and return the batch as it is now.

        Other statements of the same step go along in the same round trip.
        """
        if new == old:
            await together(cls._meta.db, *also)
            return old
        before = {video.id: video for video in old.videos}
        changed = {video.id for video in new.videos if video != before.get(video.id)}
        new = replace(
            new,
            revision=old.revision + 1,
            updated_at=now,
            videos=tuple(replace(video, updated_at=now) if video.id in changed else video for video in new.videos),
        )
        fields = {**_changes(old, new), "revision": new.revision}
        kept = {video.id for video in new.videos}
        for gone in (video for video in old.videos if video.id not in kept):
            await BatchVideos.raw("delete from batch_videos where id = {}", gone.id)
        # The queue's order is in the rows of the videos.
        stale = new.videos if new.priority != old.priority else [video for video in new.videos if video.id in changed]
        waiting = sum(video.queued for video in new.videos) - sum(video.queued for video in old.videos)
        running = sum(video.running for video in new.videos) - sum(video.running for video in old.videos)
        await together(
            cls._meta.db,
            *also,
            *BatchVideos.storing(new, before, (video for video in stale if video.id in before)),
            *QueueUsers.moving(new.user_id, waiting, running, charges_s(old.videos, new.videos)),
            Statement(update("batch_jobs", fields, BATCH_TYPES), (*fields.values(), new.id)),
        )
        await BatchVideos.add(new, (video for video in new.videos if video.id not in before))
        return new

    @classmethod
    async def open_batches(cls, user_id: UUID) -> int:
        """How many of a user's batches are processing or paused."""
        rows = await cls.raw(
            "select count(*) as n from batch_jobs where user_id = {} and deleted_at is null and status in ('processing', 'paused')",
            user_id,
        )
        count: int = rows[0]["n"]
        return count

    @classmethod
    async def stored_by(cls, user_id: UUID) -> int:
        """Bytes of the results of a user's batches."""
        rows = await cls.raw(
            "select coalesce(sum(stored_bytes), 0)::bigint as n from batch_jobs where user_id = {} and deleted_at is null",
            user_id,
        )
        return int(rows[0]["n"])

    @classmethod
    async def out_of_time(cls, least_s: float, factor: float) -> list[dict[str, Any]]:
        """Batches that have used up max(least, factor x media) seconds of processing time: id and budget in seconds."""
        rows: list[dict[str, Any]] = await cls.raw(
            "select id, greatest({}::float8, {}::float8 * total_duration_seconds) as budget_s from batch_jobs"
            " where busy_since is not null and status in ('processing', 'paused')"
            " and spent_s + extract(epoch from clock_timestamp() - busy_since)"
            " > greatest({}::float8, {}::float8 * total_duration_seconds) limit 100",
            least_s,
            factor,
            least_s,
            factor,
        )
        return rows

    @classmethod
    async def purge(cls) -> int:
        """Remove the rows of deleted batches whose exports are gone; returns how many."""
        rows = await cls.raw(
            "delete from batch_jobs b where deleted_at is not null and not exists (select 1 from exports e"
            " where e.batch_job_id = b.id and e.status in ('pending', 'processing', 'completed')) returning id"
        )
        return len(rows)

    @classmethod
    async def page(
        cls, user_id: UUID, status: BatchStatus | None, limit: int, offset: int, sort: str
    ) -> tuple[list[dict[str, Any]], dict[str, int]]:
        """A page of rows of a user's batches, and how many there are in each status. `sort` is one of `SORTS`, perhaps after `-`."""
        column, direction = sort.lstrip("-"), "desc" if sort.startswith("-") else "asc"
        assert column in SORTS
        where = "user_id = {} and deleted_at is null"
        values: list[Any] = [user_id]
        counts = await cls.raw(f"select status, count(*) as n from batch_jobs where {where} group by status", *values)
        if status is not None:
            where, values = where + " and status = {}", [*values, status.value]
        order = f"order by {column} {direction}, id"
        # Only what is on the page is read whole, and only where something may run it is counted.
        rows = await cls.raw(
            "select batch_jobs.*, case when status in ('processing', 'paused') then (select count(*) from batch_videos v"
            " where v.batch_job_id = batch_jobs.id and v.status = 'processing') else 0 end as running"
            f" from (select id from batch_jobs where {where} {order} limit {{}} offset {{}}) page"
            f" join batch_jobs using (id) {order}",
            *values,
            limit,
            offset,
        )
        return rows, {row["status"]: row["n"] for row in counts}


def _batch_columns(batch: BatchState) -> dict[str, Any]:
    return {name: to_column(getattr(batch, name)) for name in BATCH_FIELDS}


def _changes(old: BatchState, new: BatchState) -> dict[str, Any]:
    changed = [name for name in BATCH_FIELDS if getattr(old, name) != getattr(new, name)]
    before = _sums(old)
    sums = {name: value for name, value in _sums(new).items() if value != before[name]}
    return {**{name: to_column(getattr(new, name)) for name in changed}, **sums}


def _sums(batch: BatchState) -> dict[str, Any]:
    known = [video for video in batch.videos if video.duration_seconds is not None]
    return {
        "total_videos": len(batch.videos),
        "completed_videos": batch.count(VideoStatus.COMPLETED),
        "failed_videos": batch.count(VideoStatus.FAILED),
        "cancelled_videos": batch.count(VideoStatus.CANCELLED),
        "total_duration_seconds": sum(video.duration_seconds or 0.0 for video in known),
        "processed_duration_seconds": sum(
            video.duration_seconds or 0.0 for video in known if video.status is VideoStatus.COMPLETED
        ),
        "progress_percentage": percentage(batch),
        "stored_bytes": stored_bytes(batch),
    }
