"""exports: their status and history; the files themselves are the exporter's."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_type_hints
from uuid import UUID

from msgspec.structs import replace
from piccolo.columns import JSONB, BigInt, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns import UUID as UuidColumn
from piccolo.table import Table

from services.scheduler.exporting import ExportState
from services.scheduler.tables.batches import BatchJobs
from services.scheduler.tables.columns import from_row, insert, to_column, update

TYPES = get_type_hints(ExportState)
FIXED = ("id", "batch_job_id", "user_id", "created_at")


class Exports(Table, tablename="exports"):
    """An export of a batch."""

    id = UuidColumn(primary_key=True)
    batch_job_id = ForeignKey(BatchJobs)
    user_id = UuidColumn()
    format = Text()
    options = JSONB()
    status = Text()
    progress = Integer()
    error_message = Text(null=True)
    attempt = Integer()
    retry_count = Integer()
    lost_leases = Integer()
    run_token = UuidColumn(null=True)
    worker = Text(null=True)
    lease_until = Timestamptz(null=True)
    next_try_at = Timestamptz(null=True)
    deliverable = JSONB(null=True)
    file_name = Text(null=True)
    left_out = JSONB()
    revision = BigInt()
    created_at = Timestamptz()
    started_at = Timestamptz(null=True)
    completed_at = Timestamptz(null=True)
    expires_at = Timestamptz(null=True)
    updated_at = Timestamptz()

    @classmethod
    async def load(cls, export_id: UUID, *, lock: bool = False) -> ExportState | None:
        """One export, locked against other changes when asked."""
        rows = await cls.raw(f"select * from exports where id = {{}}{' for update' if lock else ''}", export_id)
        return from_row(rows[0], ExportState) if rows else None

    @classmethod
    async def of_batch(cls, batch_id: UUID) -> list[ExportState]:
        """The exports of a batch, newest first."""
        rows = await cls.raw("select * from exports where batch_job_id = {} order by created_at desc, id", batch_id)
        return [from_row(row, ExportState) for row in rows]

    @classmethod
    async def of_user(cls, user_id: UUID, limit: int) -> list[tuple[str, ExportState]]:
        """The newest exports of a user's batches, each with the name of its batch."""
        rows = await cls.raw(
            "select exports.*, batch_jobs.name as batch_name from exports join batch_jobs on batch_jobs.id = batch_job_id"
            " where exports.user_id = {} and deleted_at is null order by exports.created_at desc, exports.id limit {}",
            user_id,
            limit,
        )
        return [(row.pop("batch_name"), from_row(row, ExportState)) for row in rows]

    @classmethod
    async def add(cls, export: ExportState) -> None:
        """Write down a new export."""
        fields = {name: to_column(getattr(export, name)) for name in ExportState.__struct_fields__}
        await cls.raw(insert("exports", fields, TYPES), *fields.values())

    @classmethod
    async def store(cls, export: ExportState, now: datetime) -> ExportState:
        """Write a changed export and return it as it is now."""
        export = replace(export, revision=export.revision + 1, updated_at=now)
        fields = {name: to_column(getattr(export, name)) for name in ExportState.__struct_fields__ if name not in FIXED}
        await cls.raw(update("exports", fields, TYPES), *fields.values(), export.id)
        return export

    @classmethod
    async def renew(cls, export_id: UUID, run_token: UUID, lease_s: float) -> bool:
        """Extend a lease; False when the run is not the one that may go on."""
        rows = await cls.raw(
            "update exports set lease_until = clock_timestamp() + make_interval(secs => {}) where id = {} and run_token = {}"
            " and status = 'processing' returning id",
            lease_s,
            export_id,
            run_token,
        )
        return bool(rows)

    @classmethod
    async def grant_a_full_term(cls, lease_s: float) -> None:
        """Let every lease begin anew."""
        await cls.raw(
            "update exports set lease_until = clock_timestamp() + make_interval(secs => {})"
            " where status = 'processing' and run_token is not null",
            lease_s,
        )

    @classmethod
    async def to_send_again(cls, patience_s: float) -> list[UUID]:
        """Exports to be handed to the exporter: lost, due for another try, or never claimed."""
        rows: list[dict[str, Any]] = await cls.raw(
            "select id from exports where (status = 'processing' and lease_until < clock_timestamp())"
            " or (status = 'processing' and run_token is null and updated_at < clock_timestamp() - make_interval(secs => {}))"
            " or (status = 'pending' and coalesce(next_try_at, updated_at) <= clock_timestamp()) limit 100",
            patience_s,
        )
        return [row["id"] for row in rows]

    @classmethod
    async def keep_longer(cls, key: str, until: datetime) -> list[ExportState]:
        """Completed exports with the same file, which is kept until then now; returns those that this changed."""
        rows = await cls.raw(
            "update exports set expires_at = {}, updated_at = clock_timestamp(), revision = revision + 1"
            " where status = 'completed' and deliverable ->> 'key' = {} and expires_at < {} returning *",
            until,
            key,
            until,
        )
        return [from_row(row, ExportState) for row in rows]

    @classmethod
    async def end_those_of(cls, batch_id: UUID) -> None:
        """Let the finished exports of a batch expire now; the next sweep removes their files."""
        await cls.raw(
            "update exports set expires_at = clock_timestamp() where batch_job_id = {} and status = 'completed'",
            batch_id,
        )

    @classmethod
    async def stored_by(cls, user_id: UUID) -> int:
        """Bytes of the files of a user's exports; one that several exports share counts once."""
        rows = await cls.raw(
            "select coalesce(sum(size), 0)::bigint as n from (select distinct deliverable ->> 'key',"
            " (deliverable ->> 'size_bytes')::bigint as size from exports where user_id = {} and status = 'completed') files",
            user_id,
        )
        return int(rows[0]["n"])

    @classmethod
    async def expire(cls) -> list[ExportState]:
        """Mark the exports whose time is over and return them."""
        rows = await cls.raw(
            "update exports set status = 'expired', updated_at = clock_timestamp(), revision = revision + 1"
            " where status = 'completed' and expires_at <= clock_timestamp() returning *"
        )
        return [from_row(row, ExportState) for row in rows]
