"""Webhooks and what was sent to them, and the installation's key for links in letters."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-23T03:41:07:000000"
VERSION = "1.38.0"
DESCRIPTION = "Webhooks."

FORWARDS = """
create table link_keys (
    id integer primary key default 1 check (id = 1),
    key bytea not null
);
insert into link_keys (key) values (
    decode(replace(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')
);
create table webhooks (
    id uuid primary key,
    user_id uuid not null references accounts on delete cascade,
    url text not null,
    description text not null,
    events text[] not null,
    secret bytea not null,
    old_secret bytea,
    old_secret_until timestamptz,
    disabled_reason text,
    failing_since timestamptz,
    created_at timestamptz not null default now()
);
create index webhooks_owner on webhooks (user_id);
create table webhook_deliveries (
    id uuid primary key,
    webhook_id uuid not null references webhooks on delete cascade,
    event_id uuid not null,
    event_type text not null,
    payload text not null,
    status text not null default 'pending',
    attempts integer not null default 0,
    tries_left integer not null,
    next_try_at timestamptz default now(),
    last_try_at timestamptz,
    response_status integer,
    response_excerpt text,
    error text,
    took_ms integer,
    created_at timestamptz not null default now(),
    unique (webhook_id, event_id)
);
create index webhook_deliveries_due on webhook_deliveries (next_try_at) where status = 'pending';
create index webhook_deliveries_newest on webhook_deliveries (webhook_id, created_at desc, id);
create index webhook_deliveries_old on webhook_deliveries (created_at)
"""


async def forwards() -> MigrationManager:
    """Make the tables."""
    return migration("gateway", ID, DESCRIPTION, FORWARDS)
