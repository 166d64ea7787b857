"""Settings that people keep under a name for their next batches."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from piccolo.columns import JSONB, Boolean, Text, Timestamptz
from piccolo.columns import UUID as Uuid
from piccolo.table import Table

from shared.batches import BatchSettings

COLUMNS = "id, name, settings, is_default, created_at, updated_at"


class SettingsTemplate(Table, tablename="settings_templates"):
    """A template of one user. Names are unique whatever their case, and at most one is the default."""

    id = Uuid(primary_key=True)
    user_id = Uuid()
    name = Text()
    settings = JSONB()
    is_default = Boolean()
    created_at = Timestamptz()
    updated_at = Timestamptz()

    @classmethod
    async def of(cls, user_id: UUID) -> list[dict[str, Any]]:
        """A user's templates: the default first, then by name."""
        rows = await cls.raw(
            f"select {COLUMNS} from settings_templates where user_id = {{}} order by is_default desc, lower(name), id",
            user_id,
        )
        return [_read(row) for row in rows]

    @classmethod
    async def one(cls, user_id: UUID, template_id: UUID) -> dict[str, Any] | None:
        """A template, if the user has it."""
        rows = await cls.raw(
            f"select {COLUMNS} from settings_templates where id = {{}} and user_id = {{}}", template_id, user_id
        )
        return _read(rows[0]) if rows else None

    @classmethod
    async def name_taken(cls, user_id: UUID, name: str, but: UUID | None = None) -> bool:
        """Whether another template of the user has this name."""
        sql = """
            select 1 from settings_templates
            where user_id = {} and lower(name) = lower({}) and id is distinct from {}::uuid
            """
        return bool(await cls.raw(sql, user_id, name, but))

    @classmethod
    async def put(
        cls, template_id: UUID, user_id: UUID, name: str, settings: BatchSettings, *, is_default: bool
    ) -> dict[str, Any]:
        """Write down a new or changed template. To be called inside a transaction: there is one default at most."""
        if is_default:
            await cls.raw("update settings_templates set is_default = false where user_id = {} and is_default", user_id)
        rows = await cls.raw(
            f"""
            insert into settings_templates (id, user_id, name, settings, is_default) values ({{}}, {{}}, {{}}, {{}}::jsonb, {{}})
            on conflict (id) do update set name = excluded.name, settings = excluded.settings,
                is_default = excluded.is_default, updated_at = now()
            returning {COLUMNS}
            """,
            template_id,
            user_id,
            name,
            msgspec.json.encode(settings).decode(),
            is_default,
        )
        return _read(rows[0])

    @classmethod
    async def forget(cls, user_id: UUID, template_id: UUID) -> bool:
        """Delete a template; returns whether the user had it."""
        return bool(
            await cls.raw(
                "delete from settings_templates where id = {} and user_id = {} returning id", template_id, user_id
            )
        )


def _read(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "settings": msgspec.json.decode(row["settings"], type=BatchSettings)}
