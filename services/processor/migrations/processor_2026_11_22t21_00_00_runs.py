"""Runs and the checkpoints of their stages."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared import outbox
from shared.migrating import migration

ID = "2026-11-22T21:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Runs and the checkpoints of their stages."

FORWARDS = """
create table runs (
    run_token uuid primary key,
    batch_video_id uuid not null,
    attempt integer not null,
    worker text not null,
    state text not null default 'running' check (state in ('running', 'stored', 'failed', 'stopped')),
    inputs text,
    processed jsonb,
    reason text,
    started_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    ended_at timestamptz,
    check ((state = 'stored') = (processed is not null))
);
create index runs_batch_video_id on runs (batch_video_id);
create index runs_inputs on runs (inputs) where state = 'stored';

create table checkpoints (
    key text primary key,
    stage text not null,
    video_id uuid not null,
    used_by uuid not null,
    stored jsonb not null,
    made_at timestamptz not null default now(),
    last_used_at timestamptz not null default now()
);
create index checkpoints_last_used_at on checkpoints (last_used_at);
create index checkpoints_used_by on checkpoints (used_by);
"""


async def forwards() -> MigrationManager:
    """Make the tables."""
    return migration("processor", ID, DESCRIPTION, FORWARDS, outbox.CREATE)
