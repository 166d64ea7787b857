"""Webhooks: where somebody wants events sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from piccolo.columns import UUID as Uuid
from piccolo.columns import Array, Bytea, Text, Timestamptz
from piccolo.table import Table

SHOWN = "id, url, description, events, disabled_reason, failing_since, created_at"


class Webhook(Struct, frozen=True, kw_only=True):
    """An address to which events are sent."""

    id: UUID
    url: str
    description: str
    events: tuple[str, ...]
    """The types of events that are sent."""
    disabled_reason: str | None
    """Why nothing is sent; null while it is in use."""
    failing_since: datetime | None
    """Since when nothing arrived there."""
    created_at: datetime


class Webhooks(Table, tablename="webhooks"):
    """The webhooks of all users."""

    id = Uuid(primary_key=True)
    user_id = Uuid()
    url = Text()
    description = Text()
    events = Array(base_column=Text())
    secret = Bytea()
    old_secret = Bytea(null=True)
    old_secret_until = Timestamptz(null=True)
    disabled_reason = Text(null=True)
    failing_since = Timestamptz(null=True)
    created_at = Timestamptz()

    @classmethod
    async def of(cls, user_id: UUID) -> list[Webhook]:
        """Somebody's webhooks, oldest first."""
        rows = await cls.raw(f"select {SHOWN} from webhooks where user_id = {{}} order by created_at, id", user_id)
        return [msgspec.convert(row, Webhook) for row in rows]

    @classmethod
    async def one(cls, user_id: UUID, webhook_id: UUID) -> Webhook | None:
        """A webhook, if it is this user's."""
        rows = await cls.raw(f"select {SHOWN} from webhooks where id = {{}} and user_id = {{}}", webhook_id, user_id)
        return msgspec.convert(rows[0], Webhook) if rows else None

    @classmethod
    async def make(cls, user_id: UUID, webhook: Webhook, secret: bytes) -> None:
        """Write down a new webhook."""
        await cls.raw(
            "insert into webhooks (id, user_id, url, description, events, secret, created_at) values ({}, {}, {}, {}, {}, {}, {})",
            webhook.id,
            user_id,
            webhook.url,
            webhook.description,
            list(webhook.events),
            secret,
            webhook.created_at,
        )

    @classmethod
    async def change(cls, webhook: Webhook) -> None:
        """Write down where it is now, what it is sent and whether it is in use."""
        await cls.raw(
            """
            update webhooks set url = {}, description = {}, events = {}, disabled_reason = {}, failing_since = {}::timestamptz
            where id = {}
            """,
            webhook.url,
            webhook.description,
            list(webhook.events),
            webhook.disabled_reason,
            webhook.failing_since,
            webhook.id,
        )

    @classmethod
    async def new_secret(cls, webhook_id: UUID, secret: bytes, old_for_h: float) -> None:
        """Give a webhook another secret; the one before signs as well for so many hours."""
        await cls.raw(
            """
            update webhooks set old_secret = secret, old_secret_until = now() + {}::float8 * interval '1 hour', secret = {}
            where id = {}
            """,
            old_for_h,
            secret,
            webhook_id,
        )

    @classmethod
    async def renew(cls, renewed: Callable[[bytes], bytes | None]) -> None:
        """Keep every secret as it is to be kept now; None leaves it."""
        rows = await cls.raw("select id, secret, old_secret from webhooks")
        for row in rows:
            for column in ("secret", "old_secret"):
                kept = row[column]
                if kept is not None and (new := renewed(bytes(kept))) is not None:
                    # One that was changed meanwhile stays.
                    sql = f"update webhooks set {column} = {{}} where id = {{}} and {column} = {{}}"
                    await cls.raw(sql, new, row["id"], kept)

    @classmethod
    async def forget(cls, webhook_id: UUID) -> None:
        """Delete a webhook and its log."""
        await cls.raw("delete from webhooks where id = {}", webhook_id)

    @classmethod
    async def works(cls, webhook_id: UUID) -> None:
        """Something arrived there."""
        await cls.raw(
            "update webhooks set failing_since = null where id = {} and failing_since is not null", webhook_id
        )

    @classmethod
    async def fails(cls, webhook_id: UUID) -> float:
        """Nothing arrived there; returns for how many hours that has been so."""
        rows = await cls.raw(
            """
            update webhooks set failing_since = coalesce(failing_since, now()) where id = {}
            returning extract(epoch from now() - failing_since) / 3600 as hours
            """,
            webhook_id,
        )
        return float(rows[0]["hours"]) if rows else 0.0

    @classmethod
    async def disable(cls, webhook_id: UUID, reason: str) -> bool:
        """Send nothing there any more; returns whether that is news."""
        rows = await cls.raw(
            "update webhooks set disabled_reason = {} where id = {} and disabled_reason is null returning id",
            reason,
            webhook_id,
        )
        if rows:
            await cls.raw(
                """
                update webhook_deliveries set status = 'failed', next_try_at = null, error = {}
                where webhook_id = {} and status = 'pending'
                """,
                reason,
                webhook_id,
            )
        return bool(rows)
