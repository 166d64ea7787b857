"""Identities at an OpenID Connect provider, and sign-ins that were begun there."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-27T19:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Identities at a provider."

FORWARDS = """
create table identities (
    issuer text not null,
    subject text not null,
    user_id uuid not null references accounts on delete cascade,
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    primary key (issuer, subject)
);
create index identities_user_id on identities (user_id);
create table sign_ins_begun (
    state_hash bytea primary key,
    browser_hash bytea not null,
    nonce text not null,
    verifier text not null,
    page text not null,
    expires_at timestamptz not null
);
create index sign_ins_begun_expires_at on sign_ins_begun (expires_at)
"""


async def forwards() -> MigrationManager:
    """Make the tables."""
    return migration("gateway", ID, DESCRIPTION, FORWARDS)
