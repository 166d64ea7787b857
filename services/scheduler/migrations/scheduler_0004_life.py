"""What estimates learn from; settings of a single video, and the result that it keeps while it is rendered again."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-23T00:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "estimates, rendering again"

STATEMENTS = (
    "create index batch_videos_learned on batch_videos (completed_at desc) where status = 'completed' and attempt = 1",
    "comment on column batch_jobs.estimated_time_remaining is 'Worked out when somebody asks, because it changes all the time.'",
    "alter table batch_videos add column settings jsonb",
    "alter table batch_videos add column kept jsonb",
    "comment on column batch_videos.settings is 'Of this video alone, when it was rendered again; else those of the batch.'",
    "comment on column batch_videos.kept is 'Of which run the output is, while another run makes a new one.'",
)


async def forwards() -> MigrationManager:
    """Add what is new."""
    return migration("scheduler", ID, DESCRIPTION, *STATEMENTS)
