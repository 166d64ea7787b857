"""insight: lists and analytics over years of work: a million videos in fifty thousand batches.

Each question is asked over NATS of the running service, as the gateway asks it, of the account that has one batch in fifty.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from bench import history
from bench.place import Installation, installation
from bench.rows import Goal, Row, percentile, row
from shared.batches import BatchStatus, Tier
from shared.bus import Bus
from shared.messages import (
    Asked,
    GetAnalytics,
    GetBatch,
    GetQueue,
    GetUsage,
    ListBatches,
    ListFailures,
    ListLedger,
    ListMonths,
    ListUserExports,
    ListVideos,
    MeasureLibrary,
    MeasureResults,
)

BATCHES, VIDEOS = 50_000, 20
TIMES, WARM_UP = 300, 20
AT_MOST_MS = 50


def run(batches: int = BATCHES, videos: int = VIDEOS) -> list[Row]:
    """Measure on an installation of its own."""
    with installation() as at:
        at.stack.migrate("scheduler", "uploader")
        for statement in history.filling(batches, videos):
            at.stack.sql(statement)
        for name in ("scheduler.app", "uploader.app"):
            at.stack.start(name)
        user, batch = at.stack.sql(history.ONE_OF_THE_BUSY).split()
        size = f"{batches * videos:,} videos in {batches:,} batches"
        return list(asyncio.run(_rows(at, UUID(user), UUID(batch), size)))


async def _rows(at: Installation, user: UUID, batch: UUID, size: str) -> list[Row]:
    bus = await Bus.connect(at.nats_url, "bench")
    try:
        return [_row(name, await _asked_ms(bus, question), size) for name, question in questions(user, batch)]
    finally:
        await bus.close()


def questions(user: UUID, batch: UUID) -> Iterator[tuple[str, Asked[Any]]]:
    """What is asked, by the name of its row."""
    today = datetime.now(UTC).date()

    def analytics(days: int, of: UUID | None) -> GetAnalytics:
        since: date = today - timedelta(days=days)
        return GetAnalytics(user_id=of, since=since, until=today)

    yield "analytics, one account, 30 days", analytics(30, user)
    yield "analytics, one account, 2 years", analytics(729, user)
    yield "analytics, everybody, 30 days", analytics(30, None)
    yield "analytics, everybody, 2 years", analytics(729, None)
    month = today - timedelta(days=30)
    yield "failures of everybody, 30 days", ListFailures(since=month, until=today)
    yield "failures with a rare reason", ListFailures(since=month, until=today, code="none")
    yield "queue", GetQueue()
    yield "batches, first page", ListBatches(user_id=user)
    yield "batches, last page by name", ListBatches(user_id=user, sort="name", offset=980)
    yield "batches, completed ones", ListBatches(user_id=user, status=BatchStatus.COMPLETED)
    yield "one batch", GetBatch(user_id=user, batch_id=batch)
    yield "library, first page", ListVideos(user_id=user)
    yield "library, last page", ListVideos(user_id=user, offset=19_900)
    yield "library, searched: all have it", ListVideos(user_id=user, search="episode")
    yield "library, searched: one in twenty", ListVideos(user_id=user, search="Episode 7")
    yield "library, searched: a few", ListVideos(user_id=user, search="7 of Season 1050")
    yield "library, searched, by size, page 200", ListVideos(user_id=user, search="e", sort="-size", offset=9_950)
    yield "library, sorted by size", ListVideos(user_id=user, sort="-size")
    yield "library, last page by name", ListVideos(user_id=user, sort="-name", offset=19_900)
    yield "exports", ListUserExports(user_id=user)
    yield "usage", GetUsage(user_id=user, tier=Tier.PRO)
    yield "usage of all months", ListMonths(user_id=user)
    yield "ledger, a page of 100", ListLedger(user_id=user, limit=100)
    yield "storage: videos", MeasureLibrary(user_id=user)
    yield "storage: results", MeasureResults(user_id=user)


async def _asked_ms(bus: Bus, question: Asked[Any]) -> list[float]:
    times = []
    for _ in range(WARM_UP + TIMES):
        start = time.perf_counter()
        await bus.ask(question, timeout_s=30)
        times.append(1000 * (time.perf_counter() - start))
    return times[WARM_UP:]


def _row(name: str, times: list[float], size: str) -> Row:
    return row(
        f"{name}, p99",
        percentile(times, 99),
        unit="ms",
        n=len(times),
        reference=statistics.median(times),
        reference_is=f"its median; {size}",
        goal=Goal(at_most=AT_MOST_MS),
    )
