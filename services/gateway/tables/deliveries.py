"""What was and is to be sent to webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from piccolo.columns import UUID as Uuid
from piccolo.columns import Integer, Text, Timestamptz
from piccolo.table import Table

LOGGED = (
    "id, webhook_id, event_id, event_type, status, attempts, created_at, last_try_at, next_try_at, response_status,"
    " response_excerpt, error, took_ms"
)


class Delivery(Struct, frozen=True, kw_only=True):
    """An event on its way to a webhook, or there."""

    id: UUID
    webhook_id: UUID
    event_id: UUID
    event_type: str
    status: str
    """`pending`, `delivered` or `failed`."""
    attempts: int
    created_at: datetime
    last_try_at: datetime | None
    next_try_at: datetime | None
    response_status: int | None
    """The status of the last answer."""
    response_excerpt: str | None
    """How the last answer began."""
    error: str | None
    """Why the last try failed."""
    took_ms: int | None


class Due(Struct, frozen=True, kw_only=True):
    """A delivery whose time has come, with what is needed to send it."""

    id: UUID
    webhook_id: UUID
    user_id: UUID
    event_id: UUID
    payload: str
    url: str
    secrets: tuple[bytes, ...]
    """As they are kept."""
    """The newest first; after a change the old one signs as well for a while."""
    tries_left: int
    """After this one."""


class Deliveries(Table, tablename="webhook_deliveries"):
    """What was and is to be sent."""

    id = Uuid(primary_key=True)
    webhook_id = Uuid()
    event_id = Uuid()
    event_type = Text()
    payload = Text()
    status = Text()
    attempts = Integer()
    tries_left = Integer()
    next_try_at = Timestamptz(null=True)
    last_try_at = Timestamptz(null=True)
    response_status = Integer(null=True)
    response_excerpt = Text(null=True)
    error = Text(null=True)
    took_ms = Integer(null=True)
    created_at = Timestamptz()

    @classmethod
    async def add_for_all(cls, user_id: UUID, event_id: UUID, event_type: str, payload: str, tries: int) -> None:
        """Have an event sent to every webhook of a user that is in use and wants its type; each gets it once."""
        await cls.raw(
            """
            insert into webhook_deliveries (id, webhook_id, event_id, event_type, payload, tries_left)
            select gen_random_uuid(), id, {}, {}, {}, {} from webhooks
            where user_id = {} and disabled_reason is null and {} = any(events)
            on conflict (webhook_id, event_id) do nothing
            """,
            event_id,
            event_type,
            payload,
            tries,
            user_id,
            event_type,
        )

    @classmethod
    async def add(cls, webhook_id: UUID, event_id: UUID, event_type: str, payload: str, tries: int) -> Delivery:
        """Have an event sent to one webhook."""
        rows = await cls.raw(
            f"""
            insert into webhook_deliveries (id, webhook_id, event_id, event_type, payload, tries_left)
            values (gen_random_uuid(), {{}}, {{}}, {{}}, {{}}, {{}}) returning {LOGGED}
            """,
            webhook_id,
            event_id,
            event_type,
            payload,
            tries,
        )
        return msgspec.convert(rows[0], Delivery)

    @classmethod
    async def again(cls, webhook_id: UUID, delivery_id: UUID, tries: int) -> Delivery | None:
        """Send something once more, whatever became of it; None when it is not there any more."""
        rows = await cls.raw(
            f"""
            update webhook_deliveries set status = 'pending', next_try_at = now(), tries_left = {{}}
            where id = {{}} and webhook_id = {{}} returning {LOGGED}
            """,
            tries,
            delivery_id,
            webhook_id,
        )
        return msgspec.convert(rows[0], Delivery) if rows else None

    @classmethod
    async def of(cls, webhook_id: UUID, limit: int, offset: int) -> tuple[list[Delivery], int]:
        """A page of what was sent to a webhook, newest first, and how much there is."""
        rows = await cls.raw(
            f"""
            select {LOGGED} from webhook_deliveries where webhook_id = {{}} order by created_at desc, id limit {{}} offset {{}}
            """,
            webhook_id,
            limit,
            offset,
        )
        counted = await cls.raw("select count(*) as total from webhook_deliveries where webhook_id = {}", webhook_id)
        return [msgspec.convert(row, Delivery) for row in rows], counted[0]["total"]

    @classmethod
    async def take_due(cls, at_most: int, lease_s: float, but_of: list[UUID]) -> list[Due]:
        """Take what is due, of users who have not too much on its way; what is not settled in time is due again."""
        rows: list[dict[str, Any]] = await cls.raw(
            """
            with due as (
                select d.id from webhook_deliveries d join webhooks w on w.id = d.webhook_id
                where d.status = 'pending' and d.next_try_at <= now() and w.user_id <> all({}::uuid[])
                order by d.next_try_at limit {} for update of d skip locked
            )
            update webhook_deliveries d set next_try_at = now() + {}::float8 * interval '1 second', last_try_at = now(),
                attempts = attempts + 1, tries_left = greatest(tries_left - 1, 0)
            from due, webhooks w where d.id = due.id and w.id = d.webhook_id
            returning d.id, d.webhook_id, w.user_id, d.event_id, d.payload, w.url, d.tries_left, w.secret,
                case when w.old_secret_until > now() then w.old_secret end as old_secret
            """,
            but_of,
            at_most,
            lease_s,
        )
        return [
            Due(
                secrets=tuple(bytes(row[name]) for name in ("secret", "old_secret") if row[name] is not None),
                **{name: row[name] for name in Due.__struct_fields__ if name != "secrets"},
            )
            for row in rows
        ]

    @classmethod
    async def settle(
        cls,
        delivery_id: UUID,
        *,
        status: int | None,
        excerpt: str | None,
        error: str | None,
        took_ms: int,
        again_in_s: float | None,
    ) -> None:
        """Write down what came of a try: without an error it is delivered, else it is tried again or has failed."""
        outcome = "delivered" if error is None else "failed" if again_in_s is None else "pending"
        await cls.raw(
            """
            update webhook_deliveries set status = {}, response_status = {}::int, response_excerpt = {}::text, error = {}::text,
                took_ms = {}, next_try_at = now() + {}::float8 * interval '1 second'
            where id = {}
            """,
            outcome,
            status,
            excerpt,
            error,
            took_ms,
            again_in_s if outcome == "pending" else None,
            delivery_id,
        )

    @classmethod
    async def sweep(cls, days: float) -> int:
        """Forget what was sent more than so many days ago; returns how much."""
        sql = """
            delete from webhook_deliveries where created_at < now() - {}::float8 * interval '1 day' and status <> 'pending'
            returning id
            """
        return len(await cls.raw(sql, days))
