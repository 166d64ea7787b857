"""Exports remember which videos were left out of them, and are found by their file."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-22T23:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "videos left out of exports"

STATEMENTS = (
    "alter table exports add column left_out jsonb not null default '[]'",
    "create index exports_deliverable on exports ((deliverable ->> 'key')) where status = 'completed'",
)


async def forwards() -> MigrationManager:
    """Add what is new."""
    return migration("scheduler", ID, DESCRIPTION, *STATEMENTS)
