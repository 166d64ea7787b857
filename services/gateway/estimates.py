"""When batches will be done, for live events: asked of the scheduler now and then while somebody watches, not for each event."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.batches import BatchStatus
from shared.bus import Bus
from shared.clock import seconds_until
from shared.errors import DailiesError
from shared.messages import BatchEstimate, GetEstimates
from shared.views import BatchJob

GOOD_FOR_S = 5.0
"""Seconds after which an estimate is asked for again, when there is news to tell it with."""
PATIENCE_S = 1.0
"""Seconds after which it is asked for again when the batch was not in it, because it was just started."""
MOST_USERS = 5_000


class Known(Struct, kw_only=True):
    """What the scheduler said last of a user's batches."""

    asked_at: float = float("-inf")
    batches: dict[UUID, BatchEstimate] = {}


class Estimates:
    """The last estimates of the users whom somebody watches."""

    def __init__(self, bus: Bus, patience_s: float) -> None:
        self._bus = bus
        self._patience_s = patience_s
        self._known: OrderedDict[UUID, Known] = OrderedDict()
        self._asking: set[asyncio.Task[None]] = set()

    def of(self, user_id: UUID, batch_id: UUID) -> BatchEstimate | None:
        """What is expected of a batch as far as that is known; a newer estimate is on its way when this one is old."""
        known = self._known.setdefault(user_id, Known())
        self._known.move_to_end(user_id)
        if len(self._known) > MOST_USERS:
            self._known.popitem(last=False)
        estimate = known.batches.get(batch_id)
        now = asyncio.get_running_loop().time()
        if now - known.asked_at > (GOOD_FOR_S if estimate is not None else PATIENCE_S):
            known.asked_at = now
            task = asyncio.create_task(self._ask(user_id, known))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
        return estimate

    def job(self, job: BatchJob) -> BatchJob:
        """A batch with what is expected of it."""
        if job.status is not BatchStatus.PROCESSING:
            return job
        estimate = self.of(job.user_id, job.id)
        end = estimate.completion_at if estimate is not None else None
        left = seconds_until(end) if end is not None else None
        return msgspec.structs.replace(job, estimated_time_remaining=left, estimated_completion_at=end)

    async def _ask(self, user_id: UUID, known: Known) -> None:
        try:
            estimates = await self._bus.ask(GetEstimates(user_id=user_id), self._patience_s)
        except DailiesError:
            return  # The next event asks again.
        known.batches = {estimate.batch_id: estimate for estimate in estimates.batches}
