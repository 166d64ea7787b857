"""What travels with a message besides itself: the request that it follows from, and the trace."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration
from shared.outbox import CARRIES

ID = "2026-11-27T19:31:07:000000"
VERSION = "1.38.0"
DESCRIPTION = "What travels with a message."


async def forwards() -> MigrationManager:
    """Add the column."""
    return migration("processor", ID, DESCRIPTION, CARRIES)
