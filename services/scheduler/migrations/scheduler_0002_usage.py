"""The ledger of processed minutes, and the time that a batch was processed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-22T22:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "usage ledger, processing time"

STATEMENTS = (
    """
    create table usage_ledger (
        batch_video_id uuid not null,
        generation integer not null,
        kind text not null check (kind in ('hold', 'settle', 'release')),
        user_id uuid not null,
        batch_job_id uuid not null,
        seconds double precision not null check (seconds >= 0),
        month date not null,
        booked_at timestamptz not null,
        primary key (batch_video_id, generation, kind)
    )
    """,
    "create index usage_ledger_user on usage_ledger (user_id, month)",
    "alter table batch_videos add column held boolean not null default false",
    "alter table batch_videos add column generation integer not null default 0",
    "alter table batch_jobs add column busy_since timestamptz",
    "alter table batch_jobs add column spent_s double precision not null default 0",
    "create index batch_jobs_busy on batch_jobs (busy_since) where busy_since is not null",
)


async def forwards() -> MigrationManager:
    """Add what is new."""
    return migration("scheduler", ID, DESCRIPTION, *STATEMENTS)
