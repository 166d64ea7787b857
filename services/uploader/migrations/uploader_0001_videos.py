"""Videos, uploads and probes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration
from shared.outbox import CREATE as OUTBOX

ID = "2026-11-22T20:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "videos, uploads, probes"

VIDEOS = """
create table videos (
    id uuid primary key,
    user_id uuid not null,
    batch_id uuid,
    name text not null check (length(name) between 1 and 255),
    status text not null default 'waiting'
        check (status in ('waiting', 'uploading', 'checking', 'ready', 'rejected')),
    size_bytes bigint check (size_bytes > 0),
    content_type text,
    facts jsonb,
    source jsonb,
    thumbnail_key text,
    error_code text,
    error_message text,
    created_at timestamptz not null default now(),
    uploaded_at timestamptz,
    updated_at timestamptz not null default now(),
    check ((status = 'ready') = (facts is not null and source is not null)),
    check ((status = 'rejected') = (error_code is not null and error_message is not null)),
    check (status not in ('checking', 'ready') or uploaded_at is not null)
);
comment on column videos.batch_id is 'The batch the video was uploaded for; it is told of the progress.';
comment on column videos.size_bytes is 'As announced until the upload is complete, then as it is; null while unknown.';
create index videos_user_id on videos (user_id, created_at desc);
create index videos_unfinished on videos (updated_at) where status in ('waiting', 'uploading');
"""

UPLOADS = """
create table uploads (
    video_id uuid primary key references videos (id) on delete cascade,
    key text not null unique,
    upload_id text,
    size_bytes bigint check (size_bytes > 0),
    content_type text,
    part_size_bytes bigint not null check (part_size_bytes > 0),
    part_count integer not null check (part_count between 1 and 10000),
    active_at timestamptz not null default now(),
    completed_at timestamptz,
    created_at timestamptz not null default now(),
    check (upload_id is not null or part_count = 1),
    check (upload_id is null or size_bytes is not null)
);
comment on table uploads is 'One for each video; its parts live in the store.';
comment on column uploads.key is 'Where the bytes are sent: the source itself in parts, a place apart for a single PUT.';
comment on column uploads.size_bytes is 'As announced.';
create index uploads_active on uploads (active_at) where completed_at is null;
"""

PROBES = """
create table probes (
    video_id uuid primary key references videos (id) on delete cascade,
    token uuid,
    lease_until timestamptz,
    attempts integer not null default 0,
    next_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check ((token is null) = (lease_until is null))
);
comment on table probes is 'Inspections that are due or under way; the token of the last claim fences earlier ones.';
comment on column probes.next_at is 'When the inspection is announced again, unless somebody has it.';
create index probes_next on probes (next_at);
"""


async def forwards() -> MigrationManager:
    """Make everything."""
    return migration("uploader", ID, DESCRIPTION, VIDEOS, UPLOADS, PROBES, OUTBOX)
