"""Batches, their videos, exports and the fair queue."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration
from shared.outbox import CREATE as OUTBOX

ID = "2026-11-22T20:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "batches, videos, exports, queue"

BATCHES = """
create table batch_jobs (
    id uuid primary key,
    user_id uuid not null,
    name varchar(100) not null,
    description text,
    settings jsonb not null,
    status text not null default 'pending'
        check (status in ('pending', 'processing', 'paused', 'completed', 'failed', 'cancelled')),
    priority integer not null default 5 check (priority between 0 and 10),
    total_videos integer not null default 0 check (total_videos >= 0),
    completed_videos integer not null default 0 check (completed_videos >= 0),
    failed_videos integer not null default 0 check (failed_videos >= 0),
    cancelled_videos integer not null default 0 check (cancelled_videos >= 0),
    total_duration_seconds double precision not null default 0,
    processed_duration_seconds double precision not null default 0,
    progress_percentage integer not null default 0 check (progress_percentage between 0 and 100),
    estimated_time_remaining integer,
    error_message text,
    start_id uuid,
    revision bigint not null default 0,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    completed_at timestamptz,
    updated_at timestamptz not null default now(),
    deleted_at timestamptz,
    check (completed_videos + failed_videos + cancelled_videos <= total_videos)
);
create index batch_jobs_user_id on batch_jobs (user_id, created_at desc) where deleted_at is null;
create index batch_jobs_status on batch_jobs (status);
create index batch_jobs_created_at on batch_jobs (created_at desc);
create index batch_jobs_priority on batch_jobs (priority desc);
"""

VIDEOS = """
create table batch_videos (
    id uuid primary key,
    batch_job_id uuid not null references batch_jobs (id) on delete cascade,
    user_id uuid not null,
    video_id uuid not null,
    position integer not null check (position >= 1),
    name text not null,
    size_bytes bigint not null default 0,
    duration_seconds double precision,
    status text not null default 'pending'
        check (status in ('pending', 'uploading', 'processing', 'completed', 'failed', 'cancelled')),
    progress_percentage integer not null default 0 check (progress_percentage between 0 and 100),
    current_stage text check (
        current_stage in ('uploading', 'transcribing', 'removing_silence', 'detecting_highlights', 'exporting')),
    error_code text,
    error_message text,
    retry_count integer not null default 0 check (retry_count >= 0),
    max_retries integer not null default 3,
    attempt integer not null default 0,
    lost_leases integer not null default 0,
    run_token uuid,
    worker text,
    lease_until timestamptz,
    next_try_at timestamptz,
    charged boolean not null default false,
    fenced boolean not null default false,
    own_upload boolean not null default true,
    source jsonb,
    facts jsonb,
    output jsonb,
    output_video_url text generated always as (output ->> 'key') stored,
    processing_result jsonb,
    uploaded_at timestamptz,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    completed_at timestamptz,
    updated_at timestamptz not null default now(),
    queued boolean not null default false,
    priority integer not null default 5,
    batch_created_at timestamptz not null default now(),
    unique (batch_job_id, video_id)
);
comment on column batch_videos.output_video_url is 'The key of the output; a URL is signed when an answer is given.';
comment on column batch_videos.queued is 'Whether a worker may have it now; priority and batch_created_at give the order.';
create index batch_videos_batch_job_id on batch_videos (batch_job_id, position);
create index batch_videos_status on batch_videos (status);
create index batch_videos_video_id on batch_videos (video_id);
create index batch_videos_queue on batch_videos (user_id, priority desc, batch_created_at, position) where queued;
create index batch_videos_running on batch_videos (lease_until) where status = 'processing';
create index batch_videos_due on batch_videos (next_try_at) where status = 'pending' and not queued and next_try_at is not null;
"""

QUEUE = """
create table queue_users (
    user_id uuid primary key,
    tier text not null default 'free',
    weight double precision not null default 1 check (weight > 0),
    concurrency integer not null default 1 check (concurrency between 1 and 5),
    virtual_time double precision not null default 0,
    waiting integer not null default 0 check (waiting >= 0),
    running integer not null default 0 check (running >= 0)
);
comment on table queue_users is 'Start-time fair queuing: the eligible user with the lowest virtual time goes next.';
create index queue_users_next on queue_users (virtual_time, user_id) where waiting > 0 and running < concurrency;
create table queue_clock (one boolean primary key default true check (one), virtual_time double precision not null);
insert into queue_clock (virtual_time) values (0);
"""

EXPORTS = """
create table exports (
    id uuid primary key,
    batch_job_id uuid not null references batch_jobs (id) on delete cascade,
    user_id uuid not null,
    format text not null check (format in ('zip', 'merged', 'playlist')),
    options jsonb not null,
    status text not null default 'pending'
        check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled', 'expired')),
    progress integer not null default 0 check (progress between 0 and 100),
    error_message text,
    attempt integer not null default 0,
    retry_count integer not null default 0,
    lost_leases integer not null default 0,
    run_token uuid,
    worker text,
    lease_until timestamptz,
    next_try_at timestamptz,
    deliverable jsonb,
    file_name text,
    revision bigint not null default 0,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    completed_at timestamptz,
    expires_at timestamptz,
    updated_at timestamptz not null default now()
);
create index exports_batch_job_id on exports (batch_job_id, created_at desc);
create index exports_running on exports (lease_until) where status = 'processing';
"""


async def forwards() -> MigrationManager:
    """Make everything."""
    return migration("scheduler", ID, DESCRIPTION, BATCHES, VIDEOS, QUEUE, EXPORTS, OUTBOX)
