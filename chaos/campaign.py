"""A campaign: users work, faults strike, and then everything must be as if nothing had happened."""

from __future__ import annotations

import asyncio
import contextlib
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chaos import clips, users
from chaos.faults import DECK, PROCESSORS, SERVERS, Fault, drawn, strike
from chaos.users import Done
from chaos.verdict import Verdict, judge
from chaos.watch import Watch, watch_for_ever
from shared.batches import Tier
from shared.tiers import DEFAULT_TIERS
from stack.local import LocalStack
from stack.processes import SERVICES

STANDSTILL_S = 60.0
"""Nothing may stand still for this long, whatever is struck."""
OUTAGES = 1.5
"""But where a server itself took longer to come back, as RabbitMQ does on a busy machine, so many times its absence."""


class Plan(Struct, frozen=True, kw_only=True):
    """What a campaign is made of."""

    seed: int
    faults: int = 100
    users: int = 4
    lease_s: float = 30.0
    deck: tuple[tuple[str, str], ...] = DECK


class Report(Struct, frozen=True, kw_only=True):
    """What came of a campaign. Times are in seconds."""

    plan: Plan
    took_s: float
    struck: tuple[str, ...]
    batches: int
    exports: int
    verdict: Verdict
    longest_s: float
    longest_what: str
    by_kind: dict[str, float]
    outage_s: float
    """How long a server was away at the longest, from its death until it was ready."""

    @property
    def limit_s(self) -> float:
        """For how long something may stand still."""
        return max(STANDSTILL_S, OUTAGES * self.outage_s)

    @property
    def wrong(self) -> tuple[str, ...]:
        """All that should not be."""
        stood = (f"{self.longest_what} stood still for {self.longest_s:.1f} s",) * (self.longest_s >= self.limit_s)
        return (*self.verdict.wrong, *stood)


def settings(plan: Plan) -> dict[str, str]:
    """As in production, but that left-overs are looked for after seconds, and nobody meets the limits of a tier."""
    limits = replace(DEFAULT_TIERS[Tier.FREE], videos_per_batch=50, batches_per_hour=100_000, concurrency=2)
    return {
        "DAILIES_TIERS": msgspec.json.encode(dict.fromkeys(Tier, replace(limits, minutes_per_month=10**6))).decode(),
        "DAILIES_LEASE_S": str(plan.lease_s),
        "DAILIES_HOUSEKEEPING_S": "2",
        "DAILIES_ORPHAN_GRACE_S": "12",
        "DAILIES_DELIVERABLE_SWEEP_S": "5",
        "DAILIES_TIDY_S": "5",
    }


def campaign(folder: Path, plan: Plan, say: Callable[[str], None]) -> Report:
    """Run one in a new folder of its own."""
    with LocalStack(folder, services=SERVICES, processors=len(PROCESSORS), settings=settings(plan), say=say) as stack:
        return asyncio.run(_campaign(stack, plan, say))


async def _campaign(stack: LocalStack, plan: Plan, say: Callable[[str], None]) -> Report:
    began = time.monotonic()
    watch, done = Watch(), Done()
    struck: list[str] = []
    outages: list[float] = [0.0]
    enough = asyncio.Event()
    with tempfile.TemporaryDirectory() as scratch:
        files = clips.make(Path(scratch))
        async with _watched(stack, watch), AsyncExitStack() as apis, asyncio.TaskGroup() as group:
            for number in range(plan.users):
                url = stack.environment("gateway.app")["DAILIES_PUBLIC_URL"]
                api = await apis.enter_async_context(await users.sign_up(url, f"user{number}@chaos.example"))
                luck = random.Random(f"{plan.seed} {number}")
                group.create_task(users.work(api, files, Path(scratch), enough, luck, done))
            try:
                await _strike_all(stack, plan, struck, outages, say)
            finally:
                enough.set()
    say("No more faults; waiting for the rest of the work.")
    verdict = await judge(stack, done)
    return Report(
        plan=plan,
        took_s=time.monotonic() - began,
        struck=tuple(struck),
        batches=len(done.batches),
        exports=done.exports,
        verdict=verdict,
        longest_s=watch.longest.seconds,
        longest_what=watch.longest.what,
        by_kind=watch.by_kind,
        outage_s=max(outages),
    )


async def _strike_all(
    stack: LocalStack, plan: Plan, struck: list[str], outages: list[float], say: Callable[[str], None]
) -> None:
    """Strike one after the other; while a processor is frozen, others are struck as well.

    Two are never frozen at once: nobody could take over.
    """
    frozen: dict[str, asyncio.Task[None]] = {}

    async def strike_one(fault: Fault) -> None:
        away_s = await asyncio.to_thread(strike, fault, stack)
        if fault.target in SERVERS:
            outages.append(away_s)
        say(f"{fault}; it was away for {away_s:.1f} s")

    for fault in drawn(plan.deck, plan.faults, plan.lease_s, random.Random(plan.seed)):
        await asyncio.sleep(fault.before_s)
        sleeps = fault.how == "freeze" and fault.target in PROCESSORS
        for target in list(frozen) if sleeps else [fault.target]:
            if (earlier := frozen.pop(target, None)) is not None:
                await earlier
        struck.append(str(fault))
        if sleeps:
            frozen[fault.target] = asyncio.create_task(strike_one(fault))
        else:
            await strike_one(fault)
    await asyncio.gather(*frozen.values())


@asynccontextmanager
async def _watched(stack: LocalStack, watch: Watch) -> AsyncIterator[None]:
    task = asyncio.create_task(watch_for_ever(stack, watch))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
