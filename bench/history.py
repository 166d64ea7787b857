"""Years of work, written by SQL: batches that have ended, their videos, the library, exports, the ledger and the sums of each day."""

from __future__ import annotations

import msgspec

from bench.queue import FACTS, NOTHING
from services.scheduler.migrations import scheduler_0007_insight, scheduler_0008_lists
from shared.batches import BatchSettings
from shared.views import ProcessingResult

DAYS = 730
"""The period over which everything ended, up to now."""
USERS = 500
BUSY = "md5('user 0')::uuid"
"""The user who has one batch in fifty."""

ONE_OF_THE_BUSY = "select user_id || ' ' || id from scheduler.batch_jobs where id = md5('batch 50')::uuid"
"""The id of the busy user, and of a batch of theirs."""

RESULT = ProcessingResult(source_s=1800, output_s=1450, steps_s={"listening": 60, "rendering": 200}, facts=FACTS)

SUMS = scheduler_0007_insight.FILL + scheduler_0008_lists.FILL

EMPTY = """truncate scheduler.batch_jobs, scheduler.queue_users, scheduler.outbox, scheduler.usage_ledger, scheduler.daily_totals,
    scheduler.daily_tallies, scheduler.monthly_tallies, uploader.videos cascade"""
BATCHES = """
insert into scheduler.batch_jobs (id, user_id, name, settings, status, priority, total_videos, completed_videos, failed_videos,
    total_duration_seconds, processed_duration_seconds, progress_percentage, created_at, started_at, completed_at, start_id)
select md5('batch ' || n)::uuid, case when n % 50 = 0 then {busy} else md5('user ' || 1 + n % {users})::uuid end,
    'Season ' || n, '{settings}', 'completed', (random() * 10)::int, {videos}, {videos} - 1, 1, {videos} * 1800,
    ({videos} - 1) * 1800, 100,
    at - interval '3 hours', at - interval '2 hours', at, md5('start ' || n)::uuid
from (select n, now() - n * interval '{days} days' / {batches} as at from generate_series(1, {batches}) n) batches
"""
VIDEOS = """
insert into scheduler.batch_videos (id, batch_job_id, user_id, video_id, position, name, size_bytes, duration_seconds, status,
    progress_percentage, error_code, error_message, attempt, generation, source, facts, output, processing_result, uploaded_at,
    created_at, started_at, completed_at, priority, batch_created_at)
select md5(b.id::text || p)::uuid, b.id, b.user_id, md5('source ' || b.id || p)::uuid, p,
    'Episode ' || p || ' of ' || b.name, (3e8 + random() * 4e8)::bigint, 1800,
    case when p = 1 then 'failed' else 'completed' end, 100,
    case when p = 1 then (array['failed_permanently', 'out_of_time', 'stopped_its_worker'])[1 + (random() * 2)::int] end,
    case when p = 1 then 'The file is damaged.' end, 1, 1, '{source}', '{facts}', case when p > 1 then '{source}'::jsonb end,
    case when p > 1 then '{result}'::jsonb end, b.created_at, b.created_at, b.started_at + p * interval '1 minute', b.completed_at,
    b.priority, b.created_at
from scheduler.batch_jobs b, generate_series(1, {videos}) p
"""
LIBRARY = """
insert into uploader.videos (id, user_id, batch_id, name, status, size_bytes, content_type, facts, source, created_at, uploaded_at)
select video_id, user_id, batch_job_id, name, 'ready', size_bytes, 'video/mp4', facts, source, created_at, created_at
from scheduler.batch_videos
"""
LEDGER = """
insert into scheduler.usage_ledger (batch_video_id, generation, kind, user_id, batch_job_id, seconds, month, booked_at)
select v.id, 1, kind, v.user_id, batch_job_id, duration_seconds, date_trunc('month', v.completed_at)::date, v.completed_at
from scheduler.batch_videos v, unnest(array['hold', case when v.status = 'failed' then 'release' else 'settle' end]) kind
"""
EXPORTS = """
insert into scheduler.exports (id, batch_job_id, user_id, format, options, status, progress, created_at, completed_at)
select md5('export ' || id)::uuid, id, user_id, 'zip', '{{}}', 'expired', 100, completed_at, completed_at from scheduler.batch_jobs
"""
ACCOUNTS = """
insert into scheduler.queue_users (user_id, tier, weight, concurrency)
select distinct user_id, 'pro', 4, 5 from scheduler.batch_jobs
"""


def filling(batches: int, videos: int) -> list[str]:
    """Statements that replace everything by so many batches that have ended, each with so many videos."""
    names = {
        "batches": batches,
        "videos": videos,
        "users": USERS,
        "days": DAYS,
        "busy": BUSY,
        "settings": msgspec.json.encode(BatchSettings(remove_silence=True, transcribe=True)).decode(),
        "source": msgspec.json.encode(NOTHING).decode(),
        "facts": msgspec.json.encode(FACTS).decode(),
        "result": msgspec.json.encode(RESULT).decode(),
    }
    written = [text.format(**names) for text in (EMPTY, BATCHES, VIDEOS, LIBRARY, LEDGER, EXPORTS, ACCOUNTS)]
    return [*written, f"set search_path to scheduler;\n{SUMS}", "vacuum analyze"]
