"""The exporter's tables and every query on them. All clocks are PostgreSQL's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct
from piccolo.columns import JSONB, Text, Timestamptz
from piccolo.columns import UUID as Uuid
from piccolo.table import Table

from shared.media import StoredObject


class Built(Struct, frozen=True, kw_only=True):
    """A deliverable that can be downloaded, until it expires."""

    stored: StoredObject
    expires_at: datetime


class Deliverable(Table, tablename="deliverables"):
    """One built archive, or one that is being built, for each content of each user."""

    content_key = Text(primary_key=True)
    user_id = Uuid()
    export_id = Uuid()
    run_token = Uuid()
    store_key = Text()
    stored = JSONB(null=True)
    created_at = Timestamptz()
    touched_at = Timestamptz()
    expires_at = Timestamptz(null=True)

    @classmethod
    async def use(cls, content_key: str, export_id: UUID, keep: timedelta) -> Built | None:
        """A built deliverable of this content, kept for as long again and noted as used by the export."""
        rows = await cls.raw(
            """
            with hit as (
                update deliverables set expires_at = now() + {}
                where content_key = {} and stored is not null and expires_at > now()
                returning content_key, stored, expires_at
            ), noted as (
                insert into deliverable_uses (export_id, content_key) select {}, content_key from hit
                on conflict (export_id) do update set content_key = excluded.content_key
            )
            select stored, expires_at from hit
            """,
            keep,
            content_key,
            export_id,
        )
        return _built(rows[0]) if rows else None

    @classmethod
    async def begin(
        cls, content_key: str, user_id: UUID, export_id: UUID, run_token: UUID, store_key: str, patience: timedelta
    ) -> bool:
        """Whether this run may build the content: nobody has it or is at it.

        It may also take over: from an earlier run for the same export, which the claim has fenced off; from one that gave no
        sign of life for as long as the patience; and what has expired.
        """
        rows = await cls.raw(
            """
            insert into deliverables (content_key, user_id, export_id, run_token, store_key) values ({}, {}, {}, {}, {})
            on conflict (content_key) do update set
                export_id = excluded.export_id, run_token = excluded.run_token, store_key = excluded.store_key,
                stored = null, expires_at = null, created_at = now(), touched_at = now()
            where deliverables.expires_at <= now() or (deliverables.stored is null and (
                deliverables.export_id = excluded.export_id or deliverables.touched_at < now() - {}::interval))
            returning run_token
            """,
            content_key,
            user_id,
            export_id,
            run_token,
            store_key,
            patience,
        )
        return bool(rows)

    @classmethod
    async def touch(cls, run_token: UUID) -> None:
        """Give a sign of life of the run that builds."""
        await cls.raw("update deliverables set touched_at = now() where run_token = {} and stored is null", run_token)

    @classmethod
    async def finish(cls, run_token: UUID, stored: StoredObject, keep: timedelta) -> Built | None:
        """Note that the file is in the store; None when another run has taken over meanwhile, whose file will count."""
        rows = await cls.raw(
            """
            with built as (
                update deliverables set stored = {}::jsonb, expires_at = now() + {}
                where run_token = {} and stored is null
                returning content_key, export_id, stored, expires_at
            ), noted as (
                insert into deliverable_uses (export_id, content_key) select export_id, content_key from built
                on conflict (export_id) do update set content_key = excluded.content_key
            )
            select stored, expires_at from built
            """,
            msgspec.json.encode(stored).decode(),
            keep,
            run_token,
        )
        return _built(rows[0]) if rows else None

    @classmethod
    async def abandon(cls, run_token: UUID) -> None:
        """Forget what a run began and did not finish."""
        await cls.raw("delete from deliverables where run_token = {} and stored is null", run_token)

    @classmethod
    async def forget(cls, store_key: str) -> None:
        """Forget a deliverable whose file has gone."""
        await cls.raw("delete from deliverables where store_key = {}", store_key)

    @classmethod
    async def release(cls, export_id: UUID) -> list[str]:
        """An export needs its deliverable no more. Returns the keys of files that nobody needs now."""
        async with cls._meta.db.transaction():
            rows = await cls.raw("delete from deliverable_uses where export_id = {} returning content_key", export_id)
            keys = [row["content_key"] for row in rows]
            # Whoever asks for the same content just now has noted their use when the lock is ours, or waits for the deletion.
            await cls.raw("select from deliverables where content_key = any({}) for update", keys)
            gone = await cls.raw(
                """
                delete from deliverables d where (export_id = {} and stored is null) or (content_key = any({})
                    and not exists (select from deliverable_uses u where u.content_key = d.content_key))
                returning store_key
                """,
                export_id,
                keys,
            )
        return [row["store_key"] for row in gone]

    @classmethod
    async def expire(cls) -> list[str]:
        """Forget what nobody asked for in time. Returns the keys of the files."""
        rows = await cls.raw("delete from deliverables where expires_at <= now() returning store_key")
        return [row["store_key"] for row in rows]

    @classmethod
    async def unknown(cls, store_keys: Sequence[str]) -> list[str]:
        """Which of these keys belong to no deliverable, built or being built."""
        rows = await cls.raw("select store_key from deliverables where store_key = any({})", list(store_keys))
        known = {row["store_key"] for row in rows}
        return [key for key in store_keys if key not in known]


TABLES = (Deliverable,)


def _built(row: dict[str, object]) -> Built:
    stored, expires_at = row["stored"], row["expires_at"]
    assert isinstance(stored, str) and isinstance(expires_at, datetime)
    return Built(stored=msgspec.json.decode(stored, type=StoredObject), expires_at=expires_at)
