"""What is counted, so that nobody does too much of it, and creations that may be repeated."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from piccolo.columns import JSONB, Array, Bytea, Text, Timestamptz
from piccolo.columns import UUID as Uuid
from piccolo.table import Table

from shared.errors import RateLimited


class Allowance(Table, tablename="allowances"):
    """How often something was done of late, by whom; several gateways count together."""

    subject = Text(primary_key=True)
    taken = Array(base_column=Timestamptz())
    expires_at = Timestamptz()

    @classmethod
    async def take(cls, subject: str, at_most: int, window_s: float, sentence: str) -> None:
        """Count one more within any window of that length. Raises `RateLimited` with the sentence when there were enough."""
        taken = await cls.raw(
            """
            insert into allowances (subject, taken, expires_at)
            values ({}, array[clock_timestamp()], now() + {}::float8 * interval '1 second')
            on conflict (subject) do update set
                taken = array(
                    select t from unnest(allowances.taken) t where t > now() - {}::float8 * interval '1 second' order by t
                ) || clock_timestamp(),
                expires_at = excluded.expires_at
            where (
                select count(*) from unnest(allowances.taken) t where t > now() - {}::float8 * interval '1 second'
            ) < {}
            returning subject
            """,
            subject,
            window_s,
            window_s,
            window_s,
            at_most,
        )
        if not taken:
            rows = await cls.raw(
                """
                select ceil(extract(epoch from t + {}::float8 * interval '1 second' - clock_timestamp()))::int as wait_s
                from allowances, unnest(taken) t where subject = {} order by t desc offset {} limit 1
                """,
                window_s,
                subject,
                at_most - 1,
            )
            raise RateLimited(sentence, max(1, rows[0]["wait_s"]) if rows else 1)

    @classmethod
    async def give_back(cls, subject: str) -> None:
        """Take the last count back, because nothing came of it."""
        await cls.raw(
            "update allowances set taken = taken[1:cardinality(taken) - 1] where subject = {} and taken <> '{{}}'",
            subject,
        )

    @classmethod
    async def sweep(cls) -> int:
        """Remove counts that no window reaches any more; returns how many."""
        return len(await cls.raw("delete from allowances where expires_at <= now() returning subject"))


class Creation(Table, tablename="creations"):
    """The ids minted for a creation under an Idempotency-Key, so that a repeat finishes the same one."""

    id = Uuid(primary_key=True)
    user_id = Uuid()
    key = Text()
    fingerprint = Bytea()
    plan = JSONB()
    created_at = Timestamptz()

    @classmethod
    async def begin(cls, user_id: UUID, key: str, fingerprint: bytes, plan: Any) -> bool:
        """Write down a new creation; returns False when the key was used before."""
        rows = await cls.raw(
            """
            insert into creations (user_id, key, fingerprint, plan) values ({}, {}, {}, {}::jsonb)
            on conflict (user_id, key) do nothing returning id
            """,
            user_id,
            key,
            fingerprint,
            msgspec.json.encode(plan).decode(),
        )
        return bool(rows)

    @classmethod
    async def known(cls, user_id: UUID, key: str) -> tuple[bytes, str] | None:
        """Fingerprint and plan (as JSON) of an earlier creation under this key."""
        rows = await cls.raw("select fingerprint, plan from creations where user_id = {} and key = {}", user_id, key)
        return (rows[0]["fingerprint"], rows[0]["plan"]) if rows else None

    @classmethod
    async def forget(cls, user_id: UUID, key: str) -> None:
        """Remove a creation that was refused, so that the key may be used again."""
        await cls.raw("delete from creations where user_id = {} and key = {}", user_id, key)

    @classmethod
    async def sweep(cls) -> int:
        """Remove creations that nobody repeats any more; returns how many."""
        sql = "delete from creations where created_at < now() - interval '1 day' returning id"
        return len(await cls.raw(sql))
