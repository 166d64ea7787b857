"""When batches are deleted, how much they have in the store, and refunds in the ledger."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from shared.migrating import migration

ID = "2026-11-23T03:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "retention, storage, refunds"

STATEMENTS = """
alter table batch_jobs add column delete_at timestamptz;
alter table batch_jobs add column stored_bytes bigint not null default 0;
comment on column batch_jobs.delete_at is 'When it will be deleted because its time is over, once that was announced.';
comment on column batch_jobs.stored_bytes is 'Of its results: outputs and the files beside them.';
update batch_jobs b set stored_bytes = coalesce((
    select sum((output ->> 'size_bytes')::bigint + coalesce((
        select sum((file ->> 'size_bytes')::bigint) from jsonb_array_elements(processing_result -> 'files') file
    ), 0)) from batch_videos v where v.batch_job_id = b.id and output is not null
), 0);
create index batch_jobs_idle on batch_jobs ((coalesce(completed_at, updated_at)))
    where deleted_at is null and delete_at is null and status in ('pending', 'completed', 'failed', 'cancelled');
create index batch_jobs_delete_at on batch_jobs (delete_at) where deleted_at is null and delete_at is not null;
create index exports_user_id on exports (user_id, created_at desc);
alter table usage_ledger drop constraint usage_ledger_kind_check;
alter table usage_ledger add constraint usage_ledger_kind_check check (kind in ('hold', 'settle', 'release', 'refund'));
create index usage_ledger_booked on usage_ledger (user_id, booked_at, batch_video_id, generation, kind);
"""


async def forwards() -> MigrationManager:
    """Add what is new."""
    return migration("scheduler", ID, DESCRIPTION, STATEMENTS)
