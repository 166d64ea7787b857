"""API keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from piccolo.columns import UUID as Uuid
from piccolo.columns import Array, Bytea, Text, Timestamptz
from piccolo.table import Table

from services.gateway.scopes import EVERYTHING, Scope
from services.gateway.tables.accounts import Caller, caller_in


class ApiKey(Table, tablename="api_keys"):
    """A program's way in. SHA-256 is enough for a key of 256 random bits; only a password needs a slow hash."""

    id = Uuid(primary_key=True)
    user_id = Uuid()
    name = Text()
    prefix = Text()
    key_hash = Bytea()
    scopes = Array(base_column=Text())
    created_at = Timestamptz()
    last_used_at = Timestamptz(null=True)
    expires_at = Timestamptz(null=True)
    revoked_at = Timestamptz(null=True)

    @classmethod
    async def make(
        cls,
        key_id: UUID,
        user_id: UUID,
        name: str,
        prefix: str,
        key_hash: bytes,
        scopes: Iterable[Scope] = EVERYTHING,
        expires_at: datetime | None = None,
    ) -> dict[str, Any]:
        """Write down a new key; returns its row."""
        rows: list[dict[str, Any]] = await cls.raw(
            """
            insert into api_keys (id, user_id, name, prefix, key_hash, scopes, expires_at)
            values ({}, {}, {}, {}, {}, {}::text[], {}::timestamptz)
            returning id, name, prefix, scopes, created_at, last_used_at, expires_at
            """,
            key_id,
            user_id,
            name,
            prefix,
            key_hash,
            [scope.value for scope in scopes],
            expires_at,
        )
        return rows[0]

    @classmethod
    async def of(cls, user_id: UUID) -> list[dict[str, Any]]:
        """A user's keys that are not revoked, newest first; also those that have expired, so that somebody sees why."""
        rows: list[dict[str, Any]] = await cls.raw(
            """
            select id, name, prefix, scopes, created_at, last_used_at, expires_at from api_keys
            where user_id = {} and revoked_at is null order by created_at desc, id
            """,
            user_id,
        )
        return rows

    @classmethod
    async def revoke(cls, user_id: UUID, key_id: UUID) -> str | None:
        """Make a key worthless; returns its name, or None when the user has no such key."""
        sql = """
            update api_keys set revoked_at = now() where id = {} and user_id = {} and revoked_at is null returning name
            """
        rows = await cls.raw(sql, key_id, user_id)
        return rows[0]["name"] if rows else None

    @classmethod
    async def lasts(cls, key_id: UUID) -> bool:
        """Whether a key is neither revoked nor expired."""
        sql = "select id from api_keys where id = {} and revoked_at is null and (expires_at is null or expires_at > now())"
        return bool(await cls.raw(sql, key_id))

    @classmethod
    async def caller(cls, key_hash: bytes) -> Caller | None:
        """Whose key this is, if it is neither revoked nor expired; its use is noted once a minute at most."""
        rows = await cls.raw(
            """
            with found as (
                select api_keys.id as key_id, last_used_at, scopes, accounts.*
                from api_keys join accounts on accounts.id = user_id
                where key_hash = {} and revoked_at is null and (expires_at is null or expires_at > now())
            ), noted as (
                update api_keys set last_used_at = now() from found
                where api_keys.id = found.key_id
                    and (found.last_used_at is null or found.last_used_at < now() - interval '1 minute')
            )
            select key_id, scopes, id, email, tier, role, created_at, concurrency, theme from found
            """,
            key_hash,
        )
        if not rows:
            return None
        scopes = frozenset(Scope(scope) for scope in rows[0]["scopes"])
        return caller_in(rows[0], api_key=rows[0]["key_id"], scopes=scopes)
