"""Links that set a new password."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-23T03:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Links that set a new password."

FORWARDS = """
create table password_resets (
    token_hash bytea primary key,
    user_id uuid not null references accounts on delete cascade,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index password_resets_user_id on password_resets (user_id);
create index password_resets_expires_at on password_resets (expires_at);
"""


async def forwards() -> MigrationManager:
    """Make the table."""
    return migration("gateway", ID, DESCRIPTION, FORWARDS)
