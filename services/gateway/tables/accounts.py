"""Accounts, and the sessions and API keys by which they are recognised."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from piccolo.columns import UUID as Uuid
from piccolo.columns import Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from shared.batches import Tier

MOST_SESSION_DAYS = 90
"""However busy a session is, after this many days it ends."""


class Caller(Struct, frozen=True, kw_only=True):
    """Who asks: an account, and the session or API key by which it was recognised."""

    user_id: UUID
    email: str
    tier: Tier
    role: str
    created_at: datetime
    concurrency: int | None = None
    """Videos at the same time that the account wants; None is as many as the tier allows."""
    session: bytes | None = None
    """Hash of the session's token; None for programs with an API key."""
    api_key: UUID | None = None


class Account(Table, tablename="accounts"):
    """Somebody who may use the installation. Emails are kept in lower case."""

    id = Uuid(primary_key=True)
    email = Text()
    password_hash = Text()
    tier = Text()
    role = Text(default="user")
    concurrency = Integer(null=True)
    created_at = Timestamptz()
    updated_at = Timestamptz()

    @classmethod
    async def credentials(cls, email: str) -> tuple[UUID, str] | None:
        """Id and password hash of an account."""
        rows = await cls.raw("select id, password_hash from accounts where lower(email) = lower({})", email)
        return (rows[0]["id"], rows[0]["password_hash"]) if rows else None

    @classmethod
    async def put(cls, user_id: UUID, email: str, password_hash: str, tier: Tier) -> tuple[UUID, bool]:
        """Make an account, or give the one with this email this password and tier. Returns its id and whether it is news."""
        rows = await cls.raw(
            """
            with before as (select tier from accounts where lower(email) = lower({}))
            insert into accounts (id, email, password_hash, tier) values ({}, {}, {}, {})
            on conflict (lower(email)) do update
                set password_hash = excluded.password_hash, tier = excluded.tier, updated_at = now()
            returning id, tier is distinct from (select tier from before) as is_news
            """,
            email,
            user_id,
            email,
            password_hash,
            tier.value,
        )
        return rows[0]["id"], rows[0]["is_news"]

    @classmethod
    async def make(cls, user_id: UUID, email: str, password_hash: str, tier: Tier) -> bool:
        """Make an account; False when there is one with this email."""
        sql = """
            insert into accounts (id, email, password_hash, tier) values ({}, {}, {}, {})
            on conflict (lower(email)) do nothing returning id
            """
        return bool(await cls.raw(sql, user_id, email, password_hash, tier.value))

    @classmethod
    async def set_tier(cls, email: str, tier: Tier) -> tuple[UUID, int | None] | None:
        """Give the account with this email another tier; returns its id and preferred concurrency, or None when there is none."""
        rows = await cls.raw(
            "update accounts set tier = {}, updated_at = now() where lower(email) = lower({}) returning id, concurrency",
            tier.value,
            email,
        )
        return (rows[0]["id"], rows[0]["concurrency"]) if rows else None

    @classmethod
    async def set_role(cls, email: str, role: str) -> bool:
        """Give the account with this email another role; returns whether there is one."""
        sql = "update accounts set role = {}, updated_at = now() where lower(email) = lower({}) returning id"
        return bool(await cls.raw(sql, role, email))

    @classmethod
    async def set_concurrency(cls, user_id: UUID, concurrency: int | None) -> None:
        """Remember how many videos at the same time the account wants."""
        await cls.raw("update accounts set concurrency = {}, updated_at = now() where id = {}", concurrency, user_id)

    @classmethod
    async def set_password_hash(cls, user_id: UUID, password_hash: str) -> None:
        """Replace the password's hash."""
        await cls.raw(
            "update accounts set password_hash = {}, updated_at = now() where id = {}", password_hash, user_id
        )


class Session(Table, tablename="sessions"):
    """A browser in which somebody signed in; the token itself is only in its cookie."""

    token_hash = Bytea(primary_key=True)
    user_id = Uuid()
    created_at = Timestamptz()
    last_used_at = Timestamptz()
    expires_at = Timestamptz()

    @classmethod
    async def begin(cls, token_hash: bytes, user_id: UUID, days: int) -> None:
        """Start a session that ends after so many days without use."""
        await cls.raw(
            "insert into sessions (token_hash, user_id, expires_at) values ({}, {}, now() + {}::float8 * interval '1 day')",
            token_hash,
            user_id,
            days,
        )

    @classmethod
    async def caller(cls, token_hash: bytes, days: int) -> Caller | None:
        """Whose session this is, if it has not expired; its use is noted once a minute at most."""
        rows = await cls.raw(
            """
            with found as (
                select token_hash, last_used_at, accounts.*
                from sessions join accounts on accounts.id = user_id
                where token_hash = {} and expires_at > now()
            ), noted as (
                update sessions set last_used_at = now(), expires_at = least(
                    now() + {}::float8 * interval '1 day', sessions.created_at + {}::float8 * interval '1 day')
                from found
                where sessions.token_hash = found.token_hash and found.last_used_at < now() - interval '1 minute'
            )
            select id, email, tier, role, created_at, concurrency from found
            """,
            token_hash,
            days,
            MOST_SESSION_DAYS,
        )
        return _caller(rows[0], session=token_hash) if rows else None

    @classmethod
    async def end(cls, token_hash: bytes) -> None:
        """Sign out."""
        await cls.raw("delete from sessions where token_hash = {}", token_hash)

    @classmethod
    async def end_all(cls, user_id: UUID, *, but: bytes | None = None) -> int:
        """Sign out everywhere, or everywhere but in one browser; returns in how many."""
        sql = "delete from sessions where user_id = {} and token_hash is distinct from {}::bytea returning user_id"
        return len(await cls.raw(sql, user_id, but))

    @classmethod
    async def sweep(cls) -> int:
        """Remove expired sessions; returns how many."""
        return len(await cls.raw("delete from sessions where expires_at <= now() returning user_id"))


class ApiKey(Table, tablename="api_keys"):
    """A program's way in. SHA-256 is enough for a key of 256 random bits; only a password needs a slow hash."""

    id = Uuid(primary_key=True)
    user_id = Uuid()
    name = Text()
    prefix = Text()
    key_hash = Bytea()
    created_at = Timestamptz()
    last_used_at = Timestamptz(null=True)
    revoked_at = Timestamptz(null=True)

    @classmethod
    async def make(cls, key_id: UUID, user_id: UUID, name: str, prefix: str, key_hash: bytes) -> dict[str, Any]:
        """Write down a new key; returns its row."""
        rows: list[dict[str, Any]] = await cls.raw(
            """
            insert into api_keys (id, user_id, name, prefix, key_hash) values ({}, {}, {}, {}, {})
            returning id, name, prefix, created_at, last_used_at
            """,
            key_id,
            user_id,
            name,
            prefix,
            key_hash,
        )
        return rows[0]

    @classmethod
    async def of(cls, user_id: UUID) -> list[dict[str, Any]]:
        """A user's keys that are not revoked, newest first."""
        rows: list[dict[str, Any]] = await cls.raw(
            """
            select id, name, prefix, created_at, last_used_at from api_keys
            where user_id = {} and revoked_at is null order by created_at desc, id
            """,
            user_id,
        )
        return rows

    @classmethod
    async def revoke(cls, user_id: UUID, key_id: UUID) -> bool:
        """Make a key worthless; returns whether the user had it."""
        sql = """
            update api_keys set revoked_at = now() where id = {} and user_id = {} and revoked_at is null returning id
            """
        return bool(await cls.raw(sql, key_id, user_id))

    @classmethod
    async def caller(cls, key_hash: bytes) -> Caller | None:
        """Whose key this is, if it is not revoked; its use is noted once a minute at most."""
        rows = await cls.raw(
            """
            with found as (
                select api_keys.id as key_id, last_used_at, accounts.*
                from api_keys join accounts on accounts.id = user_id
                where key_hash = {} and revoked_at is null
            ), noted as (
                update api_keys set last_used_at = now() from found
                where api_keys.id = found.key_id
                    and (found.last_used_at is null or found.last_used_at < now() - interval '1 minute')
            )
            select key_id, id, email, tier, role, created_at, concurrency from found
            """,
            key_hash,
        )
        return _caller(rows[0], api_key=rows[0]["key_id"]) if rows else None


def _caller(row: dict[str, Any], *, session: bytes | None = None, api_key: UUID | None = None) -> Caller:
    return Caller(
        user_id=row["id"],
        email=row["email"],
        tier=Tier(row["tier"]),
        role=row["role"],
        created_at=row["created_at"],
        concurrency=row["concurrency"],
        session=session,
        api_key=api_key,
    )
