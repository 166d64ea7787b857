"""A deleted batch: out of sight at once, its files ordered away, its rows kept or removed as the installation wants."""

from __future__ import annotations

from uuid import uuid4

import pytest
from msgspec.structs import replace

from services.scheduler import answers, claims, export_answers, handlers, oversight, sweeps
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchJobs
from shared.batches import Tier
from shared.errors import NotFound
from shared.messages import (
    BuildExport,
    CreateBatch,
    DeleteBatch,
    DeleteDeliverable,
    DeleteRun,
    DeleteSource,
    ExportBuilt,
    GetUsage,
)
from tests.scheduler.states import NOW, stored
from tests.scheduler.test_answers import (
    USER,
    claim_of,
    claimed,
    dispatched,
    look,
    ordered,
    outbox,
    processed,
    ready,
    wanted,
)


async def exported(at: Scheduler) -> CreateBatch:
    """A completed batch with an export that can be downloaded."""
    request = await ready(at, 1)
    (command,) = await dispatched(at)
    await handlers.video_processed(processed(command, await claimed(command, at)), at)
    await export_answers.request_export(wanted(request), at)
    (order,) = [message for message in await outbox(at) if isinstance(message, BuildExport)]
    token = (await claims.claim_run(claim_of(order), at)).run_token
    assert token is not None
    built = ExportBuilt(
        export_id=order.export_id,
        run_token=token,
        deliverable=stored("deliverables/x.zip"),
        file_name="x.zip",
        expires_at=NOW.replace(year=2099),
    )
    await handlers.export_built(built, at)
    return request


@pytest.mark.parametrize(("remove", "rows"), [(False, 1), (True, 0)])
async def test_a_deleted_batch_takes_its_files_along_and_its_rows_when_that_is_set(
    scheduler: Scheduler, *, remove: bool, rows: int
) -> None:
    request = await exported(scheduler)
    scheduler.settings = replace(scheduler.settings, delete_rows=remove)
    deletion = DeleteBatch(request_id=uuid4(), user_id=USER, batch_id=request.batch_id)
    first = await answers.delete_batch(deletion, scheduler)
    assert await answers.delete_batch(deletion, scheduler) == first, "asking again gives the same answer"
    with pytest.raises(NotFound):
        await look(request, scheduler)
    await sweeps.sweep(scheduler)
    kinds = [type(message) for message in await ordered(scheduler)]
    assert sorted(kind.__name__ for kind in kinds) == [
        kind.__name__ for kind in (DeleteDeliverable, DeleteRun, DeleteSource)
    ]
    for table in ("batch_jobs", "batch_videos", "exports"):
        (count,) = await BatchJobs.raw(f"select count(*) as n from {table}")
        assert count["n"] == rows, table
    usage = await oversight.get_usage(GetUsage(user_id=USER, tier=Tier.CREATOR), scheduler)
    assert usage.minutes_used == 1, "what was used stays used"
