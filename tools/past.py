"""A past for an account that has none yet, as SQL: weeks of work that ended, and minutes that were used for it."""

from __future__ import annotations

from uuid import UUID

ID_OF = "select id from gateway.accounts where email = '{email}'"
LONGER = "update scheduler.usage_ledger set seconds = seconds * {times} where user_id = '{user}'"
"""Makes short videos count as long ones."""

# Everybody's sums are kept beside those of the account. Weekends are quiet, and each day has a number of its own that is the
# same in every run.
OWNERS = "unnest(array['{user}', '00000000-0000-0000-0000-000000000000']::uuid[]) owner"
DAYS = """(
    select current_date - n as day, 3 + (n * 7 + n / 3) % 11 as videos, n from generate_series(1, 45) n
    where extract(isodow from current_date - n) < 6
) days"""
TOTALS = """
insert into scheduler.daily_totals (owner, day, batches_completed, batches_failed, batches_cancelled, elapsed_s,
    videos_completed, videos_failed, videos_cancelled, source_s, output_s, processing_s, videos_waited, waiting_s)
select owner, day, 1 + n % 2, (n % 9 = 0)::int, (n % 6 = 0)::int, 5400 + 600 * (n % 5),
    videos, (n % 4 = 0)::int + (n % 9 = 0)::int * 2, (n % 6 = 0)::int * 2, videos * 1800, videos * (1350 + 20 * (n % 7)),
    videos * (260 + 15 * (n % 6)), videos, videos * 45
from {days}, {owners} on conflict do nothing;
"""
TALLIES = """
insert into scheduler.daily_tallies (owner, day, kind, name, number)
select owner, day, kind, name, number from {days}, {owners}, lateral (values
    ('failure', 'failed_permanently', (n % 4 = 0)::int), ('failure', 'out_of_time', (n % 9 = 0)::int * 2),
    ('setting', 'remove_silence', 1 + n % 2), ('setting', 'transcribe', 1), ('setting', 'detect_highlights', n % 2),
    ('setting', 'export_format=mp4', 1 + n % 2), ('setting', 'export_quality=1080p', 1),
    ('setting', 'export_quality=720p', n % 2)
) told(kind, name, number) where number > 0 on conflict do nothing;
"""
MONTHS = """
insert into scheduler.monthly_tallies (owner, month, kind, name, number)
select owner, date_trunc('month', day)::date, kind, name, sum(number) from scheduler.daily_tallies join {owners} using (owner)
group by 1, 2, 3, 4 on conflict (owner, month, kind, name) do update set number = excluded.number;
"""
LEDGER = """
insert into scheduler.usage_ledger (batch_video_id, generation, kind, user_id, batch_job_id, seconds, month, booked_at)
select id, 1, kind, '{user}', batch, 1800, date_trunc('month', day)::date, day::timestamptz + number * interval '1 minute'
from (
    select gen_random_uuid() as id, md5('{user}' || day)::uuid as batch, day, number
    from {days}, generate_series(1, videos) number where day < date_trunc('month', current_date)
) lines, unnest(array['hold', 'settle']) kind;
"""


def past_of(user_id: UUID) -> str:
    """What gives this account, and with it everybody, work on most of the last days: more on some than on others."""
    owners = OWNERS.format(user=user_id)
    return "".join(part.format(user=user_id, days=DAYS, owners=owners) for part in (TOTALS, TALLIES, MONTHS, LEDGER))
