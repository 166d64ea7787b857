"""Identities at a provider that have an account here, and sign-ins that were begun there."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct
from piccolo.columns import UUID as Uuid
from piccolo.columns import Bytea, Text, Timestamptz
from piccolo.table import Table


class Identities(Table, tablename="identities"):
    """Somebody at a provider, by its issuer and the subject that it gave them, and whose account that is."""

    issuer = Text()
    subject = Text()
    user_id = Uuid()
    created_at = Timestamptz()
    last_used_at = Timestamptz()

    @classmethod
    async def owner(cls, issuer: str, subject: str) -> UUID | None:
        """Whose account it is, if it is connected; its use is noted."""
        rows = await cls.raw(
            "update identities set last_used_at = now() where issuer = {} and subject = {} returning user_id",
            issuer,
            subject,
        )
        return rows[0]["user_id"] if rows else None

    @classmethod
    async def connect(cls, issuer: str, subject: str, user_id: UUID) -> None:
        """Let somebody in to an account from now on; who has one keeps that."""
        await cls.raw(
            "insert into identities (issuer, subject, user_id) values ({}, {}, {}) on conflict do nothing",
            issuer,
            subject,
            user_id,
        )


class Begun(Struct, frozen=True, kw_only=True):
    """What has to fit when somebody comes back from the provider, and where they wanted to go."""

    nonce: str
    verifier: str
    page: str


class SignInsBegun(Table, tablename="sign_ins_begun"):
    """Sign-ins for which a browser was sent to the provider; only that browser may end one, and once."""

    state_hash = Bytea(primary_key=True)
    browser_hash = Bytea()
    nonce = Text()
    verifier = Text()
    page = Text()
    expires_at = Timestamptz()

    @classmethod
    async def put(cls, state_hash: bytes, browser_hash: bytes, begun: Begun, minutes: int) -> None:
        """Write down a sign-in that may be ended within so many minutes."""
        await cls.raw(
            "insert into sign_ins_begun (state_hash, browser_hash, nonce, verifier, page, expires_at)"
            " values ({}, {}, {}, {}, {}, now() + {}::integer * interval '1 minute')",
            state_hash,
            browser_hash,
            begun.nonce,
            begun.verifier,
            begun.page,
            minutes,
        )

    @classmethod
    async def take(cls, state_hash: bytes, browser_hash: bytes) -> Begun | None:
        """What this browser began under this state; nobody can have it again."""
        rows = await cls.raw(
            "delete from sign_ins_begun where state_hash = {} and browser_hash = {} and expires_at > now()"
            " returning nonce, verifier, page",
            state_hash,
            browser_hash,
        )
        return Begun(**rows[0]) if rows else None

    @classmethod
    async def sweep(cls) -> int:
        """Remove what was not ended in time; returns how many."""
        return len(await cls.raw("delete from sign_ins_begun where expires_at <= now() returning state_hash"))
