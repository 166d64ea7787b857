"""The audit log: what was done to accounts, by whom and from where. It is only ever added to; the database sees to that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from piccolo.columns import JSONB, BigInt, Text, Timestamptz
from piccolo.columns import UUID as Uuid
from piccolo.table import Table

from services.gateway.addresses import Whence

NEWEST = 2**63 - 1
EVERYBODY = "select * from audit_entries where id < {} order by id desc limit {}"
# Each half walks an index of its own; asked with `or`, PostgreSQL would walk the log.
OF_ONE = """
    (select * from audit_entries where user_id = {} and id < {} order by id desc limit {})
    union
    (select * from audit_entries where actor_id = {} and id < {} order by id desc limit {})
    order by id desc limit {}
"""


class AuditEntry(Table, tablename="audit_entries"):
    """Something that was done to an account, or with its rights."""

    id = BigInt(primary_key=True)
    at = Timestamptz()
    user_id = Uuid()
    actor_id = Uuid(null=True)
    action = Text()
    way = Text()
    address = Text()
    user_agent = Text()
    detail = JSONB()

    @classmethod
    async def add(
        cls, user_id: UUID, actor_id: UUID | None, action: str, way: str, whence: Whence, detail: Mapping[str, Any]
    ) -> None:
        """Write down what was done to whom, by whom (None: by nobody who is known), by which way and from where."""
        await cls.raw(
            "insert into audit_entries (user_id, actor_id, action, way, address, user_agent, detail)"
            " values ({}, {}::uuid, {}, {}, {}, {}, {}::jsonb)",
            user_id,
            actor_id,
            action,
            way,
            whence.address,
            whence.user_agent,
            msgspec.json.encode(detail).decode(),
        )

    @classmethod
    async def page(cls, user_id: UUID | None, before: int | None, limit: int) -> list[dict[str, Any]]:
        """The newest entries, or those before one: about or by one user, or of everybody."""
        before = before or NEWEST
        chosen, values = (
            (EVERYBODY, (before, limit)) if user_id is None else (OF_ONE, (user_id, before, limit) * 2 + (limit,))
        )
        rows: list[dict[str, Any]] = await cls.raw(
            f"""
            select entry.id, at, action, way, address, user_agent, detail, about.email as email, actor.email as actor_email
            from ({chosen}) entry
            left join accounts about on about.id = entry.user_id
            left join accounts actor on actor.id = entry.actor_id
            order by entry.id desc
            """,
            *values,
        )
        return rows
