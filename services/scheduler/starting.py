"""Batches that start by themselves, once their last upload is there."""

from __future__ import annotations

from uuid import UUID, uuid5

from services.scheduler import events
from services.scheduler.service import Scheduler
from services.scheduler.state import BatchState
from services.scheduler.tables import BatchJobs
from shared.errors import DailiesError
from shared.logs import logger

log = logger(__name__)


async def start_complete(video_id: UUID, at: Scheduler) -> None:
    """Start the batches that were waiting for this upload alone."""
    for batch_id in await BatchJobs.to_be_started(video_id=video_id):
        await _start(batch_id, at)


async def start_by_itself(batch_id: UUID, at: Scheduler) -> BatchState | None:
    """Start a batch that waits for no upload any more; None when it does, or may not be started."""
    waits_no_more = await BatchJobs.to_be_started(batch_id=batch_id)
    return await _start(batch_id, at) if waits_no_more else None


async def _start(batch_id: UUID, at: Scheduler) -> BatchState | None:
    try:
        # Always under the same id: the same news told twice starts it once.
        return await at.change(batch_id, events.Start(job_id=uuid5(batch_id, "start when uploaded")))
    except DailiesError as error:
        # Such as a used-up quota: the batch stays where it is, and a person may start it later.
        log.warning("a batch was not started by itself", batch_id=str(batch_id), error=str(error))
        return None
