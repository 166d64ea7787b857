"""Sessions that can be told apart, scopes and expiry of API keys, browsers that are known, and the audit log."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-23T03:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Sessions that can be told apart, scopes and expiry of API keys, known browsers, audit log."

FORWARDS = """
alter table sessions add column id uuid not null default gen_random_uuid();
alter table sessions add column address text not null default '';
alter table sessions add column user_agent text not null default '';
create unique index sessions_id on sessions (id);

alter table api_keys add column scopes text[] not null default '{read,write,account,operate}';
alter table api_keys alter column scopes drop default;
alter table api_keys add column expires_at timestamptz;

create table known_browsers (
    token_hash bytea not null,
    user_id uuid not null references accounts on delete cascade,
    last_used_at timestamptz not null default now(),
    primary key (token_hash, user_id)
);
create index known_browsers_user_id on known_browsers (user_id);
create index known_browsers_last_used_at on known_browsers (last_used_at);

create table audit_entries (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    user_id uuid not null,
    actor_id uuid,
    action text not null,
    way text not null,
    address text not null,
    user_agent text not null,
    detail jsonb not null default '{}'
);
create index audit_entries_user_id on audit_entries (user_id, id desc);
create index audit_entries_actor_id on audit_entries (actor_id, id desc);
create index accounts_created_at on accounts (created_at desc, id);
create function audit_entries_stay() returns trigger language plpgsql as
    $$ begin raise exception 'The audit log is only ever added to.'; end $$;
create trigger audit_entries_stay before update or delete or truncate on audit_entries
    for each statement execute function audit_entries_stay();
"""


async def forwards() -> MigrationManager:
    """Add the columns and make the tables."""
    return migration("gateway", ID, DESCRIPTION, FORWARDS)
