"""Deliverables and the exports that use them."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration
from shared.outbox import CREATE as OUTBOX

ID = "2026-11-22T21:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "deliverables and the exports that use them"

DELIVERABLES = """
create table deliverables (
    content_key text primary key,
    user_id uuid not null,
    export_id uuid not null,
    run_token uuid not null unique,
    store_key text not null unique,
    stored jsonb,
    created_at timestamptz not null default now(),
    touched_at timestamptz not null default now(),
    expires_at timestamptz,
    check ((stored is null) = (expires_at is null))
);
comment on column deliverables.export_id is 'The export it was built for first; exports of the same content use it too.';
comment on column deliverables.stored is 'Null while it is being built, by the run with this token; touched_at is its sign of life.';
create index deliverables_expires_at on deliverables (expires_at);

create table deliverable_uses (
    export_id uuid primary key,
    content_key text not null references deliverables (content_key) on delete cascade,
    created_at timestamptz not null default now()
);
create index deliverable_uses_content_key on deliverable_uses (content_key);
"""


async def forwards() -> MigrationManager:
    """Make the tables."""
    return migration("exporter", ID, DESCRIPTION, DELIVERABLES, OUTBOX)
