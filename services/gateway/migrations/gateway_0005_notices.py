"""Notices, what people want to be mailed, and the letters that were sent."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-23T03:25:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Notices."

FORWARDS = """
create table notices (
    id uuid primary key,
    user_id uuid not null references accounts on delete cascade,
    kind text not null,
    title text not null,
    body text not null,
    link text,
    batch_id uuid,
    created_at timestamptz not null,
    read_at timestamptz
);
create index notices_newest on notices (user_id, created_at desc, id desc);
create index notices_unread on notices (user_id) where read_at is null;
create index notices_old on notices (created_at);
create table notification_choices (
    user_id uuid primary key references accounts on delete cascade,
    email_reports boolean not null default true,
    email_from_videos integer not null default 5 check (email_from_videos between 1 and 500),
    email_notices boolean not null default true,
    updated_at timestamptz not null default now()
);
create table letters (
    id uuid primary key,
    sent_at timestamptz not null default now()
);
create index letters_old on letters (sent_at)
"""


async def forwards() -> MigrationManager:
    """Make the tables."""
    return migration("gateway", ID, DESCRIPTION, FORWARDS)
