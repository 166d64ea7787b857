"""Preferences."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-23T00:15:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Preferences."


class Raw(Table):
    """Carries the statements."""


async def forwards() -> MigrationManager:
    """Add the column; null is as many videos at once as the tier allows."""
    manager = MigrationManager(migration_id=ID, app_name="gateway", description=DESCRIPTION)

    async def run() -> None:
        await Raw.raw("alter table accounts add column concurrency integer check (concurrency between 1 and 5)")

    manager.add_raw(run)
    return manager
