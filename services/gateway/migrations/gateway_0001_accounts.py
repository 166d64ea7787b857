"""Accounts, sessions, API keys, allowances and creations."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration
from shared.outbox import CREATE as OUTBOX

ID = "2026-11-22T20:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Accounts, sessions, API keys, allowances and creations."

FORWARDS = """
create table accounts (
    id uuid primary key,
    email text not null,
    password_hash text not null,
    tier text not null check (tier in ('free', 'creator', 'pro')),
    role text not null default 'user' check (role in ('user', 'operator')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create unique index accounts_email on accounts (lower(email));

create table sessions (
    token_hash bytea primary key,
    user_id uuid not null references accounts on delete cascade,
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index sessions_user_id on sessions (user_id);
create index sessions_expires_at on sessions (expires_at);

create table api_keys (
    id uuid primary key,
    user_id uuid not null references accounts on delete cascade,
    name text not null,
    prefix text not null,
    key_hash bytea not null unique,
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    revoked_at timestamptz
);
create index api_keys_user_id on api_keys (user_id, created_at desc);

create table allowances (
    subject text primary key,
    taken timestamptz[] not null,
    expires_at timestamptz not null
);
create index allowances_expires_at on allowances (expires_at);

create table creations (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references accounts on delete cascade,
    key text not null,
    fingerprint bytea not null,
    plan jsonb not null,
    created_at timestamptz not null default now(),
    unique (user_id, key)
);
create index creations_created_at on creations (created_at);
"""


async def forwards() -> MigrationManager:
    """Make the tables."""
    return migration("gateway", ID, DESCRIPTION, FORWARDS, OUTBOX)
