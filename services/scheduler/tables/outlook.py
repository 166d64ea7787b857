"""What an estimate of the time left is made of: what runs, what a user has waiting, who waits besides, what finished runs took."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct
from piccolo.columns import UUID as UuidColumn
from piccolo.table import Table

from services.scheduler.pace import Sample
from services.scheduler.tables.columns import from_row
from shared.batches import BatchSettings, BatchStatus, VideoStatus
from shared.media import MediaFacts

SAMPLES = 200
"""Finished runs to learn from: the newest, because machines and programs change."""
PLAYED = 200
"""Users who are played one by one; the others count together."""
SETTINGS = "coalesce(v.settings, b.settings) as settings"


class Unfinished(Struct, frozen=True, kw_only=True):
    """A video that runs or waits."""

    id: UUID
    batch_job_id: UUID
    user_id: UUID
    video_id: UUID
    status: VideoStatus
    batch_status: BatchStatus
    settings: BatchSettings
    facts: MediaFacts | None
    attempt: int
    run_token: UUID | None
    busy_s: float | None
    """Seconds since its first run began."""
    ready_s: float
    """Seconds until it may be tried again."""


class Waiter(Struct, frozen=True, kw_only=True):
    """A user in the queue; without an id, all those together who are further back."""

    user_id: UUID | None
    virtual_time: float
    weight: float
    concurrency: int
    waiting: int
    video_s: float | None
    """The usual length of the videos that go next."""


class Place(Struct, frozen=True, kw_only=True):
    """Where a user stands in the contest, and the clock of the queue."""

    user_id: UUID
    virtual_time: float
    weight: float
    concurrency: int
    waiting: int
    clock: float


class Outlook(Table, tablename="batch_videos"):
    """Videos that are not finished, and those that are, as far as an estimate needs them."""

    id = UuidColumn(primary_key=True)

    @classmethod
    async def unfinished(cls, user_id: UUID) -> list[Unfinished]:
        """What runs, of everybody, and what waits in the user's own started batches, in the order of the queue."""
        rows = await cls.raw(
            f"select v.id, v.batch_job_id, v.user_id, v.video_id, v.status, b.status as batch_status, {SETTINGS}, v.facts,"
            " v.attempt, v.run_token, extract(epoch from clock_timestamp() - v.started_at)::float8 as busy_s,"
            " coalesce(greatest(extract(epoch from v.next_try_at - clock_timestamp()), 0), 0)::float8 as ready_s"
            " from batch_videos v join batch_jobs b on b.id = v.batch_job_id where v.id in"
            " (select id from batch_videos where status = 'processing' union all"
            " select w.id from batch_jobs j join batch_videos w on w.batch_job_id = j.id where j.user_id = {}"
            " and j.status = 'processing' and j.deleted_at is null and w.status in ('pending', 'uploading'))"
            " order by v.uploaded_at is null, v.priority desc, v.batch_created_at, v.position",
            user_id,
        )
        return [from_row(row, Unfinished) for row in rows]

    @classmethod
    async def waiters(cls) -> list[Waiter]:
        """Everybody who waits: those who go next one by one, and the rest together."""
        rows = await cls.raw(
            "with ranked as (select *, row_number() over (order by virtual_time, user_id) <= {} as played"
            " from queue_users where waiting > 0),"
            " lines as (select case when played then user_id end as user_id, min(virtual_time) as virtual_time,"
            " sum(weight) as weight, sum(concurrency) as concurrency, sum(waiting) as waiting from ranked group by 1)"
            " select lines.*, usual.video_s from lines left join lateral (select avg(duration_seconds) as video_s from"
            " (select duration_seconds from batch_videos v where v.user_id = lines.user_id and v.queued"
            " order by v.priority desc, v.batch_created_at, v.position limit 10) next) usual on true",
            PLAYED,
        )
        return [from_row(row, Waiter) for row in rows]

    @classmethod
    async def place(cls, user_id: UUID) -> Place | None:
        """Where the user stands; None for one who never had a batch."""
        rows = await cls.raw(
            "select q.user_id, q.virtual_time, weight, concurrency, waiting, c.virtual_time as clock"
            " from queue_users q, queue_clock c where user_id = {}",
            user_id,
        )
        return from_row(rows[0], Place) if rows else None

    @classmethod
    async def samples(cls) -> list[Sample]:
        """The newest runs that succeeded at once."""
        rows = await cls.raw(
            f"select {SETTINGS}, v.facts, extract(epoch from v.completed_at - v.started_at)::float8 as took_s"
            " from batch_videos v join batch_jobs b on b.id = v.batch_job_id where v.status = 'completed' and v.attempt = 1"
            " and v.facts is not null and v.completed_at > v.started_at order by v.completed_at desc limit {}",
            SAMPLES,
        )
        return [from_row(row, Sample) for row in rows]
