"""What people want kept or cut of a video."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-23T03:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "edits of cut lists"

STATEMENTS = ("alter table batch_videos add column edits jsonb not null default '[]'",)


async def forwards() -> MigrationManager:
    """Add what is new."""
    return migration("scheduler", ID, DESCRIPTION, *STATEMENTS)
