"""What has to be looked for because nobody tells of it: lost leases, due retries, unclaimed work, exports past their time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.scheduler import events, exporting, metrics
from services.scheduler.export_answers import store_export, tell_of
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchJobs, BatchVideos, Exports
from shared.batches import ExportStatus
from shared.errors import DailiesError
from shared.logs import logger
from shared.messages import DeleteDeliverable

log = logger(__name__)


async def sweep_for_ever(at: Scheduler) -> None:
    """Look every few seconds. After an outage of our own, every lease first gets a full term: nobody could renew."""
    blind = True
    clock = asyncio.get_running_loop().time
    looked_at = clock()
    while True:
        try:
            # Before the clock is looked at: if we were frozen just before we asked, the answer is that every lease was lost.
            lost = await BatchVideos.lost()
            # Whoever was frozen, or hung on the database, heard nobody either, and met no error.
            if not at.bus.connected or clock() - looked_at > at.settings.queue_sweep_s + at.settings.lease_s / 4:
                blind = True
            if at.bus.connected and blind:
                await BatchVideos.grant_a_full_term(at.settings.lease_s)
                await Exports.grant_a_full_term(at.settings.lease_s)
                blind = False
            elif at.bus.connected:
                await _sweep(at, lost)
            looked_at = clock()
        except (TimeoutError, DailiesError, OSError) as error:
            blind = True
            log.warning("could not sweep", error=str(error))
        except Exception:
            blind = True
            log.exception("could not sweep")
        await asyncio.sleep(at.settings.queue_sweep_s)


async def sweep(at: Scheduler) -> None:
    """One look at everything."""
    await _sweep(at, await BatchVideos.lost())


async def _sweep(at: Scheduler, lost: Sequence[dict[str, Any]]) -> None:
    for row in lost:
        metrics.leases_lost.inc()
        log.warning("a lease was lost", batch_id=str(row["batch_job_id"]), batch_video_id=str(row["id"]))
        await at.change(row["batch_job_id"], events.LeaseLost(id=row["id"], run_token=row["run_token"]))
    for row in await BatchVideos.never_claimed(at.settings.claim_patience_s):
        metrics.never_claimed.inc()
        await at.change(row["batch_job_id"], events.NeverClaimed(id=row["id"]))
    for batch_id in await BatchVideos.due():
        await at.change(batch_id, events.Due())
    least_s = at.settings.batch_hours * 3600
    for row in await BatchJobs.out_of_time(least_s, at.settings.batch_factor):
        log.warning("a batch ran out of its time", batch_id=str(row["id"]))
        await at.change(row["id"], events.OutOfTime(budget=timedelta(seconds=row["budget_s"])))
    for export_id in await Exports.to_send_again(at.settings.claim_patience_s):
        await _send_export_again(export_id, at)
    async with at.outbox.change():
        expired = await Exports.expire()
        for export in expired:
            await at.outbox.add(DeleteDeliverable(export_id=export.id))
        tell_of(at, expired, await BatchJobs.now())
    if at.settings.delete_rows:
        await BatchJobs.purge()
    at.dispatcher.wake()


async def _send_export_again(export_id: UUID, at: Scheduler) -> None:
    async with at.outbox.change():
        export = await Exports.load(export_id, lock=True)
        if export is None or not export.open:
            return
        batch = await BatchJobs.load(export.batch_job_id)
        now = await BatchJobs.now()
        waiting = export
        if export.run_token is not None:
            if export.lease_until is None or export.lease_until > now:
                return
            waiting = exporting.lost(export, now)
        if batch is None:
            waiting = exporting.given_up(waiting, "The batch was deleted.", now)
        if waiting.status is ExportStatus.FAILED or batch is None:
            await store_export(at, export, waiting, now)
            return
        sent = exporting.dispatched(waiting)
        try:
            order = exporting.command(batch, sent)
        except DailiesError as error:
            # The batch is not any more what it was when the export was asked for.
            await store_export(at, export, exporting.given_up(waiting, str(error), now), now)
            return
        await store_export(at, export, sent, now)
        await at.outbox.add(order)
