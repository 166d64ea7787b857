"""Plays the scheduler's part in claims, on a real NATS: it grants, renews, stops, falls silent, as a test tells it."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

from shared.bus import Bus, answers
from shared.messages import Claim, ClaimRun, Renewal, RenewLease, WorkStopped


class ClaimsDesk:
    """What the desk answers, and what it was asked."""

    def __init__(self, bus: Bus, lease_s: float = 2.0) -> None:
        self.bus = bus
        self.lease_s = lease_s
        self.refusal: str | None = None
        """The verdict on the next claims, instead of a grant."""
        self.renewal = "go_on"
        self.silent = False
        """Whether renewals get no answer."""
        self.claims: list[ClaimRun] = []
        self.tokens: list[UUID] = []
        self.renewals: list[UUID] = []
        self.renewed = asyncio.Event()

    async def open(self) -> None:
        """Begin to answer."""
        await self.bus.serve([claim_run, renew_lease], self)

    async def stop(self, token: UUID, verdict: str = "cancelled") -> None:
        """Tell the worker that has the run, once its first renewal shows that it listens."""
        while token not in self.renewals:
            self.renewed.clear()
            await self.renewed.wait()
        await self.bus.publish(WorkStopped(run_token=token, verdict=verdict))


@answers(ClaimRun)
async def claim_run(request: ClaimRun, at: ClaimsDesk) -> Claim:
    """Grant with a new token, unless the test refuses."""
    at.claims.append(request)
    if at.refusal is not None:
        return Claim(verdict=at.refusal)
    at.tokens.append(uuid4())
    return Claim(verdict="granted", run_token=at.tokens[-1], lease_s=at.lease_s)


@answers(RenewLease)
async def renew_lease(query: RenewLease, at: ClaimsDesk) -> Renewal:
    """Let the newest run go on, unless the test says otherwise."""
    at.renewals.append(query.run_token)
    at.renewed.set()
    if at.silent:
        await asyncio.Event().wait()
    if query.run_token != at.tokens[-1]:
        return Renewal(verdict="superseded")
    return Renewal(verdict=at.renewal)
