"""Accounts as operators see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.gateway.tables.accounts import Account

COLUMNS = """
    accounts.id, email, tier, role, accounts.created_at,
    greatest(
        (select max(last_used_at) from sessions where user_id = accounts.id),
        (select max(last_used_at) from api_keys where user_id = accounts.id)
    ) as last_seen_at,
    (select count(*) from sessions where user_id = accounts.id and expires_at > now()) as sessions,
    (select count(*) from api_keys where user_id = accounts.id and revoked_at is null
        and (expires_at is null or expires_at > now())) as api_keys
"""
FOUND = (
    "({}::text is null or email ilike {}) and ({}::text is null or tier = {}) and ({}::text is null or role = {})"
    " and ({}::uuid[] is null or accounts.id = any({}))"
)


async def people(
    search: str | None, tier: str | None, role: str | None, ids: Sequence[UUID] | None, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """A page of accounts, newest first, and how many there are: all, or those that fit what is not None."""
    text = None if search is None else f"%{_literally(search)}%"
    wanted = (text, text, tier, tier, role, role, ids, ids)
    rows = await Account.raw(
        f"select {COLUMNS} from accounts where {FOUND} order by accounts.created_at desc, id limit {{}} offset {{}}",
        *wanted,
        limit,
        offset,
    )
    counted = await Account.raw(f"select count(*) as total from accounts where {FOUND}", *wanted)
    return rows, counted[0]["total"]


async def person(user_id: UUID) -> dict[str, Any] | None:
    """One account."""
    rows: list[dict[str, Any]] = await Account.raw(f"select {COLUMNS} from accounts where id = {{}}", user_id)
    return rows[0] if rows else None


def _literally(text: str) -> str:
    """A text in which LIKE sees no wildcards."""
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
