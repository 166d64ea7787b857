"""Copies of videos that browsers can play."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-27T19:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "proxies"

PROXIES = """
create table proxies (
    video_id uuid primary key references videos (id) on delete cascade,
    status text not null default 'preparing' check (status in ('preparing', 'ready', 'failed')),
    progress integer not null default 0 check (progress between 0 and 100),
    key text,
    size_bytes bigint,
    error_message text,
    token uuid,
    lease_until timestamptz,
    attempts integer not null default 0,
    next_at timestamptz not null,
    used_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check ((token is null) = (lease_until is null)),
    check ((status = 'ready') = (key is not null and size_bytes is not null)),
    check ((status = 'failed') = (error_message is not null))
);
comment on table proxies is 'Made when somebody wants to watch a source that browsers cannot play; the token fences as in probes.';
comment on column proxies.used_at is 'When it was last looked at, to the hour: one that nobody looks at goes.';
create index proxies_due on proxies (next_at) where status = 'preparing';
create index proxies_unused on proxies (used_at) where status <> 'preparing';
"""


async def forwards() -> MigrationManager:
    """Add what is new."""
    return migration("uploader", ID, DESCRIPTION, PROXIES)
