"""Leases are lost by workers that are silent, not by a scheduler that was deaf."""

from __future__ import annotations

import asyncio
import time

from msgspec.structs import replace

from services.scheduler import claims, sweeps
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchVideos
from shared.messages import RenewLease
from tests.scheduler.test_answers import claimed, dispatched, ready

LEASE_S = 1.0


async def running(at: Scheduler) -> bool:
    """Whether the only video still is with its worker."""
    rows = await BatchVideos.raw("select 1 as one from batch_videos where run_token is not null")
    return bool(rows)


async def test_a_scheduler_that_was_frozen_grants_every_lease_a_full_term(scheduler: Scheduler) -> None:
    await ready(scheduler, 1)
    (command,) = await dispatched(scheduler)
    scheduler.settings = replace(scheduler.settings, lease_s=LEASE_S, queue_sweep_s=0.05)
    sweeping = asyncio.create_task(sweeps.sweep_for_ever(scheduler))
    try:
        token = await claimed(command, scheduler)
        for _ in range(10):
            await asyncio.sleep(0.02)
        # The whole process hears and does nothing for longer than the lease, as under SIGSTOP.
        time.sleep(1.2 * LEASE_S)  # noqa: ASYNC251
        woke = time.monotonic()
        while time.monotonic() - woke < LEASE_S / 2:
            assert await running(scheduler)
            await asyncio.sleep(0.02)
        renewal = RenewLease(work_id=command.batch_video_id, run_token=token)
        assert (await claims.renew_lease(renewal, scheduler)).verdict == "go_on"
        async with asyncio.timeout(10 * LEASE_S):
            while await running(scheduler):
                await asyncio.sleep(0.02)
    finally:
        sweeping.cancel()
