"""Exports remember which videos were left out of them, and are found by their file."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-22T23:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "videos left out of exports"

STATEMENTS = (
    "alter table exports add column left_out jsonb not null default '[]'",
    "create index exports_deliverable on exports ((deliverable ->> 'key')) where status = 'completed'",
)


class Raw(Table):
    """Carries the statements."""


async def forwards() -> MigrationManager:
    """Add what is new."""
    manager = MigrationManager(migration_id=ID, app_name="scheduler", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Raw.raw(statement)

    manager.add_raw(run)
    return manager
