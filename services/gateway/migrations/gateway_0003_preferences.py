"""Preferences."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-23T00:15:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Preferences."

FORWARDS = "alter table accounts add column concurrency integer check (concurrency between 1 and 5)"


async def forwards() -> MigrationManager:
    """Add the column; null is as many videos at once as the tier allows."""
    return migration("gateway", ID, DESCRIPTION, FORWARDS)
