"""Sessions, and the browsers that are known."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from piccolo.columns import UUID as Uuid
from piccolo.columns import Bytea, Text, Timestamptz
from piccolo.table import Table

from services.gateway.addresses import Whence
from services.gateway.tables.accounts import Caller, caller_in

MOST_SESSION_DAYS = 90
"""However busy a session is, after this many days it ends."""


class Session(Table, tablename="sessions"):
    """A browser in which somebody signed in; the token itself is only in its cookie."""

    token_hash = Bytea(primary_key=True)
    id = Uuid()
    user_id = Uuid()
    address = Text()
    user_agent = Text()
    created_at = Timestamptz()
    last_used_at = Timestamptz()
    expires_at = Timestamptz()

    @classmethod
    async def begin(cls, token_hash: bytes, user_id: UUID, days: int, whence: Whence) -> None:
        """Start a session that ends after so many days without use."""
        await cls.raw(
            "insert into sessions (token_hash, user_id, expires_at, address, user_agent)"
            " values ({}, {}, now() + {}::float8 * interval '1 day', {}, {})",
            token_hash,
            user_id,
            days,
            whence.address,
            whence.user_agent,
        )

    @classmethod
    async def caller(cls, token_hash: bytes, days: int) -> Caller | None:
        """Whose session this is, if it has not expired; its use is noted once a minute at most."""
        rows = await cls.raw(
            """
            with found as (
                select token_hash, sessions.id as session_id, last_used_at, accounts.*
                from sessions join accounts on accounts.id = user_id
                where token_hash = {} and expires_at > now()
            ), noted as (
                update sessions set last_used_at = now(), expires_at = least(
                    now() + {}::float8 * interval '1 day', sessions.created_at + {}::float8 * interval '1 day')
                from found
                where sessions.token_hash = found.token_hash and found.last_used_at < now() - interval '1 minute'
            )
            select session_id, id, email, tier, role, created_at, concurrency, theme from found
            """,
            token_hash,
            days,
            MOST_SESSION_DAYS,
        )
        return caller_in(rows[0], session=rows[0]["session_id"]) if rows else None

    @classmethod
    async def of(cls, user_id: UUID) -> list[dict[str, Any]]:
        """A user's sessions that have not expired, the one used last first."""
        rows: list[dict[str, Any]] = await cls.raw(
            """
            select id, address, user_agent, created_at, last_used_at, expires_at from sessions
            where user_id = {} and expires_at > now() order by last_used_at desc, id
            """,
            user_id,
        )
        return rows

    @classmethod
    async def lasts(cls, session_id: UUID) -> bool:
        """Whether a session is neither ended nor expired."""
        return bool(await cls.raw("select id from sessions where id = {} and expires_at > now()", session_id))

    @classmethod
    async def end(cls, user_id: UUID, session_id: UUID) -> bool:
        """Sign out in one browser; returns whether the user was signed in there."""
        sql = "delete from sessions where user_id = {} and id = {} returning id"
        return bool(await cls.raw(sql, user_id, session_id))

    @classmethod
    async def end_all(cls, user_id: UUID, *, but: UUID | None = None) -> int:
        """Sign out everywhere, or everywhere but in one browser; returns in how many."""
        sql = "delete from sessions where user_id = {} and id is distinct from {}::uuid returning id"
        return len(await cls.raw(sql, user_id, but))

    @classmethod
    async def sweep(cls) -> int:
        """Remove expired sessions; returns how many."""
        return len(await cls.raw("delete from sessions where expires_at <= now() returning id"))


class KnownBrowser(Table, tablename="known_browsers"):
    """A browser in which somebody signed in once: strangers' guesses elsewhere do not keep it out."""

    token_hash = Bytea()
    user_id = Uuid()
    last_used_at = Timestamptz()

    @classmethod
    async def put(cls, token_hash: bytes, user_id: UUID) -> None:
        """Remember that somebody signed in with it."""
        await cls.raw(
            """
            insert into known_browsers (token_hash, user_id) values ({}, {})
            on conflict (token_hash, user_id) do update set last_used_at = now()
            """,
            token_hash,
            user_id,
        )

    @classmethod
    async def knows(cls, token_hash: bytes, email: str) -> bool:
        """Whether the owner of this account signed in with it."""
        sql = """
            select 1 from known_browsers join accounts on accounts.id = user_id
            where token_hash = {} and lower(email) = lower({})
            """
        return bool(await cls.raw(sql, token_hash, email))

    @classmethod
    async def forget(cls, user_id: UUID) -> None:
        """Treat all browsers of an account as strangers."""
        await cls.raw("delete from known_browsers where user_id = {}", user_id)

    @classmethod
    async def sweep(cls) -> int:
        """Remove browsers that were not used for a year; returns how many."""
        sql = "delete from known_browsers where last_used_at < now() - interval '1 year' returning user_id"
        return len(await cls.raw(sql))
