"""Deletes batches whose time is over: announces it days before, leaves alone what is in use, and can say beforehand what it will do.

Any number of processes may do this at the same time, and each step may be repeated: what a step finds is looked at again under
the batch's lock.
"""

from __future__ import annotations

import asyncio
from uuid import UUID

from services.scheduler import events
from services.scheduler.changes import lock_batch
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchVideos, Exports, Retention
from shared.bus import answers
from shared.errors import DailiesError, Invalid, NotFound
from shared.insight import Deletions
from shared.logs import logger
from shared.messages import ListDeletions

log = logger(__name__)

MOST_DAYS = 365
MOST_SHOWN = 500


async def retain_for_ever(at: Scheduler) -> None:
    """Look again and again; an outage is waited out."""
    while at.settings.retention:
        try:
            await retain(at)
        except (TimeoutError, DailiesError, OSError) as error:
            log.warning("could not look for batches whose time is over", error=str(error))
        except Exception:
            log.exception("could not look for batches whose time is over")
        await asyncio.sleep(at.settings.retention_sweep_s)


async def retain(at: Scheduler) -> tuple[int, int]:
    """One look at everything; returns how many deletions were announced and how many batches deleted."""
    announced = deleted = 0
    tiers = at.settings.tiers
    for batch_id in await Retention.to_keep(tiers):
        await _change(batch_id, events.Keep(), at)
    for batch_id, delete_at in await Retention.to_announce(tiers, at.settings.retention_warning_days):
        if await _change(batch_id, events.Announce(delete_at=delete_at), at):
            log.info("a deletion is announced", batch_id=str(batch_id), delete_at=delete_at.isoformat())
            announced += 1
    for batch_id in await Retention.to_delete():
        if await _delete(batch_id, at):
            log.info("a batch is deleted because its time is over", batch_id=str(batch_id))
            deleted += 1
    return announced, deleted


async def _change(batch_id: UUID, event: events.Announce | events.Keep, at: Scheduler) -> bool:
    try:
        async with at.outbox.change():
            before, _ = await lock_batch(batch_id, None)
            return await at.change(batch_id, event) != before
    except NotFound:
        return False


async def _delete(batch_id: UUID, at: Scheduler) -> bool:
    try:
        async with at.outbox.change():
            await lock_batch(batch_id, None)
            # Looked at under the lock: an export that is asked for now waits for it, and finds the batch gone.
            if await Retention.in_use(batch_id):
                return False
            shared = await BatchVideos.used_elsewhere(batch_id)
            batch = await at.change(batch_id, events.Expire(shared_sources=shared))
            if batch.deleted_at is None:
                return False
            await Exports.end_those_of(batch_id)
            await BatchVideos.hand_over(batch_id)
            return True
    except NotFound:
        return False


@answers(ListDeletions)
async def list_deletions(query: ListDeletions, at: Scheduler) -> Deletions:
    """What will be deleted within some days, as things stand: a dry run."""
    if not 0 <= query.days <= MOST_DAYS:
        raise Invalid(f"days must be between 0 and {MOST_DAYS}.")
    settings = at.settings
    if not settings.retention:
        return Deletions(batches=0, stored_bytes=0, deletions=())
    warning_days = settings.retention_warning_days
    rows, total = await Retention.within(settings.tiers, warning_days, query.days, MOST_SHOWN, query.user_id)
    return Deletions(batches=total["batches"], stored_bytes=total["stored_bytes"], deletions=tuple(rows))
