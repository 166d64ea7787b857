"""Links that set a new password; only the hash of a link's token is kept."""

from __future__ import annotations

from uuid import UUID

from piccolo.columns import UUID as Uuid
from piccolo.columns import Bytea, Timestamptz
from piccolo.table import Table


class PasswordReset(Table, tablename="password_resets"):
    """A link that was mailed and not used yet. A newer one does not end an older one; using one ends all."""

    token_hash = Bytea(primary_key=True)
    user_id = Uuid()
    created_at = Timestamptz()
    expires_at = Timestamptz()

    @classmethod
    async def make(cls, token_hash: bytes, user_id: UUID, minutes: int) -> None:
        """Write down a new link."""
        await cls.raw(
            "insert into password_resets (token_hash, user_id, expires_at)"
            " values ({}, {}, now() + {}::float8 * interval '1 minute')",
            token_hash,
            user_id,
            minutes,
        )

    @classmethod
    async def use(cls, token_hash: bytes) -> UUID | None:
        """Whose link this is, if it is one that has not expired; all links of the account are void from now on."""
        rows = await cls.raw(
            """
            with used as (
                delete from password_resets where token_hash = {} and expires_at > now() returning user_id
            ), others as (
                delete from password_resets using used
                where password_resets.user_id = used.user_id and token_hash <> {}
            )
            select user_id from used
            """,
            token_hash,
            token_hash,
        )
        return rows[0]["user_id"] if rows else None

    @classmethod
    async def forget(cls, user_id: UUID) -> None:
        """Make all links of an account void."""
        await cls.raw("delete from password_resets where user_id = {}", user_id)

    @classmethod
    async def sweep(cls) -> int:
        """Remove links that have expired; returns how many."""
        return len(await cls.raw("delete from password_resets where expires_at <= now() returning user_id"))
