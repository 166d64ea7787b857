"""Accounts, and who asks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct
from piccolo.columns import UUID as Uuid
from piccolo.columns import Integer, Text, Timestamptz
from piccolo.table import Table

from services.gateway.scopes import EVERYTHING, Scope
from shared.batches import Tier


class Role(StrEnum):
    """What somebody is here."""

    USER = "user"
    OPERATOR = "operator"
    """Runs the installation for others."""


class Theme(StrEnum):
    """How the page looks to somebody."""

    SYSTEM = "system"
    """As the device has it."""
    LIGHT = "light"
    DARK = "dark"


class Caller(Struct, frozen=True, kw_only=True):
    """Who asks: an account, and the session or API key by which it was recognised."""

    user_id: UUID
    email: str
    tier: Tier
    role: str
    created_at: datetime
    concurrency: int | None = None
    """Videos at the same time that the account wants; None is as many as the tier allows."""
    theme: Theme | None = None
    """None for an account that never chose one."""
    session: UUID | None = None
    """None for programs with an API key."""
    api_key: UUID | None = None
    scopes: frozenset[Scope] = frozenset(EVERYTHING)
    """What it may do: an API key what it was made for, a session everything."""


class Account(Table, tablename="accounts"):
    """Somebody who may use the installation. Emails are kept in lower case."""

    id = Uuid(primary_key=True)
    email = Text()
    password_hash = Text()
    tier = Text()
    role = Text(default="user")
    concurrency = Integer(null=True)
    theme = Text(null=True)
    created_at = Timestamptz()
    updated_at = Timestamptz()

    @classmethod
    async def credentials(cls, email: str) -> tuple[UUID, str] | None:
        """Id and password hash of an account."""
        rows = await cls.raw("select id, password_hash from accounts where lower(email) = lower({})", email)
        return (rows[0]["id"], rows[0]["password_hash"]) if rows else None

    @classmethod
    async def id_of(cls, email: str) -> UUID | None:
        """Whose email this is."""
        rows = await cls.raw("select id from accounts where lower(email) = lower({})", email)
        return rows[0]["id"] if rows else None

    @classmethod
    async def email_of(cls, user_id: UUID) -> str | None:
        """Where letters to an account go."""
        rows = await cls.raw("select email from accounts where id = {}", user_id)
        return str(rows[0]["email"]) if rows else None

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
    async def set_theme(cls, user_id: UUID, theme: Theme) -> None:
        """Remember how the page is to look."""
        await cls.raw("update accounts set theme = {}, updated_at = now() where id = {}", theme.value, user_id)

    @classmethod
    async def set_password_hash(cls, user_id: UUID, password_hash: str) -> None:
        """Replace the password's hash."""
        await cls.raw(
            "update accounts set password_hash = {}, updated_at = now() where id = {}", password_hash, user_id
        )


def caller_in(
    row: dict[str, Any],
    *,
    session: UUID | None = None,
    api_key: UUID | None = None,
    scopes: frozenset[Scope] = frozenset(EVERYTHING),
) -> Caller:
    """The caller that a row of an account is about."""
    return Caller(
        user_id=row["id"],
        email=row["email"],
        tier=Tier(row["tier"]),
        role=row["role"],
        created_at=row["created_at"],
        concurrency=row["concurrency"],
        theme=Theme(row["theme"]) if row["theme"] else None,
        session=session,
        api_key=api_key,
        scopes=scopes,
    )
