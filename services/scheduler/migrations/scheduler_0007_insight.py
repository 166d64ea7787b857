"""Sums of each day, filled from the batches that are there; what lists of failures and of ended batches need."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-23T03:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "daily sums"

TABLES = """
create table daily_totals (
    owner uuid not null,
    day date not null,
    batches_completed integer not null default 0,
    batches_failed integer not null default 0,
    batches_cancelled integer not null default 0,
    elapsed_s double precision not null default 0,
    videos_completed integer not null default 0,
    videos_failed integer not null default 0,
    videos_cancelled integer not null default 0,
    source_s double precision not null default 0,
    output_s double precision not null default 0,
    processing_s double precision not null default 0,
    videos_waited integer not null default 0,
    waiting_s double precision not null default 0,
    primary key (owner, day)
) with (fillfactor = 50);
comment on table daily_totals is 'By the day (UTC) of the end. Owners are users; 0 to 3 together are everybody.';
create table daily_tallies (
    owner uuid not null,
    day date not null,
    kind text not null check (kind in ('failure', 'setting')),
    name text not null,
    number bigint not null,
    primary key (owner, day, kind, name)
) with (fillfactor = 50);
create function share_of(batch uuid) returns uuid language sql immutable as
    $$select ('00000000-0000-0000-0000-00000000000' || (('x' || right(batch::text, 1))::bit(4)::integer % 4)::text)::uuid$$;
comment on function share_of is 'The share of everybody''s sums that a batch is in.';
create index batch_videos_failed on batch_videos (completed_at desc, id) where status = 'failed';
"""

FILL = """
insert into daily_totals (owner, day, videos_completed, videos_failed, videos_cancelled, source_s, output_s, processing_s,
                          videos_waited, waiting_s)
select owner, (v.completed_at at time zone 'utc')::date,
    count(*) filter (where v.status = 'completed'), count(*) filter (where v.status = 'failed'),
    count(*) filter (where v.status = 'cancelled'),
    coalesce(sum((processing_result ->> 'source_s')::float8) filter (where v.status = 'completed'), 0),
    coalesce(sum((processing_result ->> 'output_s')::float8) filter (where v.status = 'completed'), 0),
    coalesce(sum(coalesce(
        (select sum(value::float8) from jsonb_each_text(processing_result -> 'steps_s')),
        extract(epoch from v.completed_at - v.started_at)
    )) filter (where v.status = 'completed' and processing_result is not null), 0),
    count(*) filter (where generation <= 1 and v.started_at is not null and b.started_at is not null),
    coalesce(sum(greatest(0, extract(epoch from
        v.started_at - greatest(b.started_at, coalesce(v.uploaded_at, b.started_at))
    ))) filter (where generation <= 1 and v.started_at is not null and b.started_at is not null), 0)
from batch_videos v join batch_jobs b on b.id = v.batch_job_id,
    unnest(array[v.user_id, share_of(batch_job_id)]) owner
where v.status in ('completed', 'failed', 'cancelled') and v.completed_at is not null
group by 1, 2;
insert into daily_totals as t (owner, day, batches_completed, batches_failed, batches_cancelled, elapsed_s)
select owner, (completed_at at time zone 'utc')::date,
    count(*) filter (where status = 'completed'), count(*) filter (where status = 'failed'),
    count(*) filter (where status = 'cancelled'),
    coalesce(sum(extract(epoch from completed_at - started_at)) filter (where status <> 'cancelled'), 0)
from batch_jobs, unnest(array[user_id, share_of(id)]) owner
where status in ('completed', 'failed', 'cancelled') and completed_at is not null
group by 1, 2
on conflict (owner, day) do update set batches_completed = excluded.batches_completed,
    batches_failed = excluded.batches_failed, batches_cancelled = excluded.batches_cancelled, elapsed_s = excluded.elapsed_s;
insert into daily_tallies (owner, day, kind, name, number)
select owner, (completed_at at time zone 'utc')::date, 'failure', coalesce(error_code, 'unknown'), count(*)
from batch_videos, unnest(array[user_id, share_of(batch_job_id)]) owner
where status = 'failed' and completed_at is not null group by 1, 2, 4;
insert into daily_tallies (owner, day, kind, name, number)
select owner, (completed_at at time zone 'utc')::date, 'setting', setting, count(*)
from batch_jobs, unnest(array[user_id, share_of(id)]) owner, unnest(array[
    case when (settings ->> 'transcribe')::boolean then 'transcribe' end,
    case when (settings ->> 'remove_silence')::boolean then 'remove_silence' end,
    case when (settings ->> 'detect_highlights')::boolean then 'detect_highlights' end,
    'export_format=' || coalesce(settings ->> 'export_format', 'mp4'),
    'export_quality=' || coalesce(settings ->> 'export_quality', '1080p'),
    case when (settings ->> 'detect_highlights')::boolean
        then 'highlight_sensitivity=' || coalesce(settings ->> 'highlight_sensitivity', 'medium') end
]) setting
where status in ('completed', 'failed', 'cancelled') and completed_at is not null and setting is not null group by 1, 2, 4;
"""
"""What the steps would have booked for all that has ended."""


async def forwards() -> MigrationManager:
    """Add what is new."""
    return migration("scheduler", ID, DESCRIPTION, TABLES, FILL)
