"""Settings templates."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-22T21:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Settings templates."

FORWARDS = """
create table settings_templates (
    id uuid primary key,
    user_id uuid not null references accounts on delete cascade,
    name text not null,
    settings jsonb not null,
    is_default boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create unique index settings_templates_name on settings_templates (user_id, lower(name));
create unique index settings_templates_default on settings_templates (user_id) where is_default
"""


async def forwards() -> MigrationManager:
    """Make the table."""
    return migration("gateway", ID, DESCRIPTION, FORWARDS)
