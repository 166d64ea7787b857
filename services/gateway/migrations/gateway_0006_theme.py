"""How somebody wants the page to look."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-27T19:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Themes."

FORWARDS = "alter table accounts add column theme text check (theme in ('system', 'light', 'dark'))"


async def forwards() -> MigrationManager:
    """Add the column; null is whatever the browser has kept."""
    return migration("gateway", ID, DESCRIPTION, FORWARDS)
