"""What makes lists and long periods quick: sums of each month, and indexes that answer without the rows."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-27T19:15:30:000000"
VERSION = "1.38.0"
DESCRIPTION = "quick lists, monthly sums"

STATEMENTS = """
create table monthly_tallies (
    owner uuid not null,
    month date not null,
    kind text not null check (kind in ('failure', 'setting')),
    name text not null,
    number bigint not null,
    primary key (owner, month, kind, name)
) with (fillfactor = 50);
comment on table monthly_tallies is 'daily_tallies added up, by the first day of the month.';
create index batch_jobs_of_user on batch_jobs (user_id, status) where deleted_at is null;
create index usage_ledger_months on usage_ledger (user_id, month, batch_job_id) include (kind, seconds);
drop index usage_ledger_user;
"""

FILL = """
insert into monthly_tallies (owner, month, kind, name, number)
select owner, date_trunc('month', day)::date, kind, name, sum(number) from daily_tallies group by 1, 2, 3, 4;
"""
"""What the steps would have booked for all that is in the sums of each day."""


async def forwards() -> MigrationManager:
    """Add what is new."""
    return migration("scheduler", ID, DESCRIPTION, STATEMENTS, FILL)
