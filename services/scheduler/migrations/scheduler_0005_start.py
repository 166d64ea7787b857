"""Batches that start by themselves once their uploads are complete."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-23T00:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "starting by itself"

STATEMENTS = ("alter table batch_jobs add column start_when_uploaded boolean not null default false",)


async def forwards() -> MigrationManager:
    """Add what is new."""
    return migration("scheduler", ID, DESCRIPTION, *STATEMENTS)
