"""What makes lists of large libraries quick: names as they are searched and sorted, and indexes that answer without the rows."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-27T19:15:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "quick lists"

STATEMENTS = (
    "alter table videos add column lower_name text generated always as (lower(name)) stored",
    "comment on column videos.lower_name is 'By which it is searched and sorted; a column, so that an index has it.'",
    "drop index videos_user_id",
    "create index videos_newest on videos (user_id, created_at, id) include (lower_name, size_bytes, status)",
    "create index videos_by_name on videos (user_id, lower_name, id)",
)


async def forwards() -> MigrationManager:
    """Add what is new. A million videos take half a minute."""
    return migration("uploader", ID, DESCRIPTION, *STATEMENTS)
