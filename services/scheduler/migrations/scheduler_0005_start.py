"""Batches that start by themselves once their uploads are complete."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-23T00:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "starting by itself"

STATEMENTS = ("alter table batch_jobs add column start_when_uploaded boolean not null default false",)


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
