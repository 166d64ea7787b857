"""What a video's content is, to know it when it comes again."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-23T01:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "content"

STATEMENTS = (
    "alter table videos add column sha256 text",
    "create index videos_content on videos (user_id, sha256) where status = 'ready'",
)


class Raw(Table):
    """Carries the statements."""


async def forwards() -> MigrationManager:
    """Add what is new."""
    manager = MigrationManager(migration_id=ID, app_name="uploader", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Raw.raw(statement)

    manager.add_raw(run)
    return manager
