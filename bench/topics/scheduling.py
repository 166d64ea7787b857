"""scheduling: choosing the next video among very many, handing it to a worker, and how many videos go through in all.

The first rows call the scheduler's own dispatch on a real PostgreSQL. The others run the scheduler's two processes; a worker that
does nothing stands in for the processors, so that what remains is the cost of the system itself.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Sequence

from bench import queue
from bench.noop import noop_worker
from bench.place import Installation, installation
from bench.rows import Goal, Row, percentile, row
from stack.local import LocalStack

FEW, MANY = (10_000, 1_000), (100_000, 10_000)
"""Waiting batches, and their users."""
VIDEOS = 3
"""In each batch."""
DISPATCHES = 400
SLOTS = 20
WARM_UP = 40
HANDOVERS = 300
THROUGH = 1500
WORKERS = 16
PATIENCE_S = 120.0


def run() -> list[Row]:
    """Measure on an installation of its own."""
    with installation() as at:
        at.stack.migrate("scheduler")
        rows = _choosing(at.stack)
        for name in ("scheduler.app", "scheduler.worker"):
            at.stack.start(name)
        return [*rows, *_handing_over(at), *_going_through(at)]


def _choosing(stack: LocalStack) -> list[Row]:
    # The short queue before and after the long one, so that a machine that gets slower does not look like a long queue.
    few = _dispatches_ms(stack, *FEW)
    many = _dispatches_ms(stack, *MANY)
    few += _dispatches_ms(stack, *FEW)
    name = f"dispatch, {MANY[0]:,} batches of {MANY[1]:,} users"
    reference_is = f"the same with {FEW[0]:,} batches of {FEW[1]:,} users"
    return [
        row(
            f"{name}, median",
            statistics.median(many),
            unit="ms",
            n=len(many),
            reference=statistics.median(few),
            reference_is=reference_is,
            goal=Goal(at_most=2, of="ratio"),
        ),
        row(
            f"{name}, p99",
            percentile(many, 99),
            unit="ms",
            n=len(many),
            reference=percentile(few, 99),
            reference_is=reference_is,
            goal=Goal(at_most=10),
        ),
    ]


def _dispatches_ms(stack: LocalStack, batches: int, users: int) -> list[float]:
    _fill(stack, batches, users, VIDEOS)

    async def measure() -> list[float]:
        async with queue.scheduler(stack.environment("scheduler.app")) as at:
            await queue.dispatches_ms(at, WARM_UP, SLOTS)
            return await queue.dispatches_ms(at, DISPATCHES, SLOTS)

    return asyncio.run(measure())


def _handing_over(at: Installation) -> list[Row]:
    begun, freed = _noop(at, slots=1, wanted=HANDOVERS)
    waits_ms = [1000 * (start - free) for free, start in zip(freed, begun[1:], strict=False)][WARM_UP:]
    return [
        row(f"slot free to next claim, {name}", value, unit="ms", n=len(waits_ms), goal=goal)
        for name, value, goal in (
            ("median", statistics.median(waits_ms), None),
            ("p99", percentile(waits_ms, 99), Goal(at_most=50)),
        )
    ]


def _going_through(at: Installation) -> list[Row]:
    _, freed = _noop(at, slots=WORKERS, wanted=THROUGH)
    a_second = (len(freed) - 1 - WARM_UP) / (freed[-1] - freed[WARM_UP])
    name = f"no-op videos, {WORKERS} slots of a stand-in processor"
    return [row(name, a_second, unit="videos/s", n=len(freed), goal=Goal(at_least=100))]


def _noop(at: Installation, *, slots: int, wanted: int) -> tuple[Sequence[float], Sequence[float]]:
    _fill(at.stack, batches=wanted // 10 + 20, users=20, videos=10)
    environment = at.stack.environment("scheduler.app")

    async def measure() -> tuple[Sequence[float], Sequence[float]]:
        urls = environment["DAILIES_NATS_URL"], environment["DAILIES_RABBITMQ_URL"]
        async with noop_worker(*urls, slots=slots, wanted=wanted) as worker:
            await asyncio.wait_for(worker.done.wait(), PATIENCE_S)
            return worker.begun[:], worker.freed[:]

    return asyncio.run(measure())


def _fill(stack: LocalStack, batches: int, users: int, videos: int) -> None:
    for statement in queue.filling(batches, users, videos):
        stack.sql(statement)
