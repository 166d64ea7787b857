"""batch_videos: the rows of a batch's videos, and their leases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from piccolo.columns import (
    JSONB,
    BigInt,
    Boolean,
    DoublePrecision,
    ForeignKey,
    Integer,
    LazyTableReference,
    Text,
    Timestamptz,
)
from piccolo.columns import UUID as UuidColumn
from piccolo.table import Table

from services.scheduler.state import BatchState, VideoState
from services.scheduler.tables.columns import insert_all, update_all
from shared.database import Statement


class BatchVideos(Table, tablename="batch_videos"):
    """A video in a batch."""

    id = UuidColumn(primary_key=True)
    batch_job_id: ForeignKey[Any] = ForeignKey(
        LazyTableReference("BatchJobs", module_path="services.scheduler.tables.batches")
    )
    user_id = UuidColumn()
    video_id = UuidColumn()
    position = Integer()
    name = Text()
    size_bytes = BigInt()
    duration_seconds = DoublePrecision(null=True)
    status = Text()
    progress_percentage = Integer()
    current_stage = Text(null=True)
    error_code = Text(null=True)
    error_message = Text(null=True)
    retry_count = Integer()
    max_retries = Integer()
    attempt = Integer()
    lost_leases = Integer()
    run_token = UuidColumn(null=True)
    worker = Text(null=True)
    lease_until = Timestamptz(null=True)
    next_try_at = Timestamptz(null=True)
    charged = Boolean()
    fenced = Boolean()
    own_upload = Boolean()
    settings = JSONB(null=True)
    edits = JSONB()
    kept = JSONB(null=True)
    source = JSONB(null=True)
    facts = JSONB(null=True)
    output = JSONB(null=True)
    output_video_url = Text(null=True)
    processing_result = JSONB(null=True)
    uploaded_at = Timestamptz(null=True)
    created_at = Timestamptz()
    started_at = Timestamptz(null=True)
    completed_at = Timestamptz(null=True)
    updated_at = Timestamptz()
    queued = Boolean()
    priority = Integer()
    batch_created_at = Timestamptz()

    @classmethod
    async def add(cls, batch: BatchState, videos: Iterable[VideoState]) -> None:
        """Write down new videos of a batch."""
        rows = [
            {
                **msgspec.structs.asdict(video),
                "batch_job_id": batch.id,
                "user_id": batch.user_id,
                "priority": batch.priority,
                "batch_created_at": batch.created_at,
            }
            for video in videos
        ]
        if rows:
            await cls.raw(insert_all("batch_videos", rows[0]), msgspec.json.encode(rows).decode())

    @staticmethod
    def storing(batch: BatchState, before: Mapping[UUID, VideoState], videos: Iterable[VideoState]) -> list[Statement]:
        """What writes the columns that changed in any of these videos."""
        videos = tuple(videos)
        if not videos:
            return []
        names = [
            name
            for name in VideoState.__struct_fields__
            if any(getattr(video, name) != getattr(before[video.id], name) for video in videos)
        ]
        rows = [
            {"id": video.id, "priority": batch.priority, **{name: getattr(video, name) for name in names}}
            for video in videos
        ]
        names.append("priority")
        return [Statement(update_all("batch_videos", sorted(names)), (msgspec.json.encode(rows).decode(),))]

    @classmethod
    async def batch_of(cls, batch_video_id: UUID) -> UUID | None:
        """The batch of one of its videos."""
        rows = await cls.raw("select batch_job_id from batch_videos where id = {}", batch_video_id)
        return rows[0]["batch_job_id"] if rows else None

    @classmethod
    async def batches_waiting_for(cls, video_id: UUID) -> list[UUID]:
        """The batches that wait for the upload of a library video."""
        rows = await cls.raw(
            "select batch_job_id from batch_videos where video_id = {} and uploaded_at is null"
            " and status in ('pending', 'uploading') order by batch_job_id",
            video_id,
        )
        return [row["batch_job_id"] for row in rows]

    @classmethod
    async def used_elsewhere(cls, batch_id: UUID) -> frozenset[UUID]:
        """Library ids of a batch's videos that another living batch uses too."""
        rows = await cls.raw(
            "select distinct v.video_id from batch_videos v join batch_videos o on o.video_id = v.video_id"
            " and o.batch_job_id <> v.batch_job_id"
            " join batch_jobs b on b.id = o.batch_job_id where v.batch_job_id = {} and b.deleted_at is null",
            batch_id,
        )
        return frozenset(row["video_id"] for row in rows)

    @classmethod
    async def hand_over(cls, batch_id: UUID) -> None:
        """Make the uploads of a batch that goes those of the living batches that use them too, so that they go with the last."""
        await cls.raw(
            "update batch_videos o set own_upload = true from batch_videos v, batch_jobs b where v.batch_job_id = {}"
            " and v.own_upload and o.video_id = v.video_id and o.batch_job_id <> v.batch_job_id and not o.own_upload"
            " and b.id = o.batch_job_id and b.deleted_at is null",
            batch_id,
        )

    @classmethod
    async def renew(cls, batch_video_id: UUID, run_token: UUID, lease_s: float) -> dict[str, Any] | None:
        """Extend a lease; None when the run is not the one that may go on."""
        rows = await cls.raw(
            "update batch_videos set lease_until = clock_timestamp() + make_interval(secs => {}) where id = {} and run_token = {}"
            " and status = 'processing' returning batch_job_id, current_stage",
            lease_s,
            batch_video_id,
            run_token,
        )
        return rows[0] if rows else None

    @classmethod
    async def grant_a_full_term(cls, lease_s: float) -> None:
        """Nobody could renew while the scheduler, NATS or PostgreSQL was away: let every lease begin anew."""
        await cls.raw(
            "update batch_videos set lease_until = clock_timestamp() + make_interval(secs => {})"
            " where status = 'processing' and run_token is not null",
            lease_s,
        )

    @classmethod
    async def lost(cls) -> list[dict[str, Any]]:
        """Videos whose lease has run out: id, batch_job_id, run_token."""
        rows: list[dict[str, Any]] = await cls.raw(
            "select id, batch_job_id, run_token from batch_videos where status = 'processing'"
            " and lease_until < clock_timestamp() limit 100"
        )
        return rows

    @classmethod
    async def never_claimed(cls, patience_s: float) -> list[dict[str, Any]]:
        """Videos that were dispatched long ago and that no worker has claimed: id, batch_job_id."""
        rows: list[dict[str, Any]] = await cls.raw(
            "select id, batch_job_id from batch_videos where status = 'processing' and run_token is null"
            " and updated_at < clock_timestamp() - make_interval(secs => {}) limit 100",
            patience_s,
        )
        return rows

    @classmethod
    async def due(cls) -> list[UUID]:
        """Batches with a video whose time for the next try has come."""
        rows = await cls.raw(
            "select distinct v.batch_job_id from batch_videos v join batch_jobs b on b.id = v.batch_job_id"
            " where v.status = 'pending' and not v.queued and v.next_try_at <= clock_timestamp()"
            " and b.status = 'processing' and b.deleted_at is null limit 100"
        )
        return [row["batch_job_id"] for row in rows]
