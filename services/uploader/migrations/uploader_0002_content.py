"""What a video's content is, to know it when it comes again."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-23T01:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "content"

STATEMENTS = (
    "alter table videos add column sha256 text",
    "create index videos_content on videos (user_id, sha256) where status = 'ready'",
)


async def forwards() -> MigrationManager:
    """Add what is new."""
    return migration("uploader", ID, DESCRIPTION, *STATEMENTS)
