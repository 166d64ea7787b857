"""What is asked about a period: sums and averages of all that ended in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.scheduler.rollups import everybody
from services.scheduler.service import Scheduler
from services.scheduler.tables import DailyTallies, DailyTotals
from shared.bus import answers
from shared.errors import Invalid
from shared.insight import Analytics, StepTotals, Tally, Totals
from shared.messages import GetAnalytics

MOST_DAYS = 3 * 366
MOST_STEPS = 92


@answers(GetAnalytics)
async def get_analytics(query: GetAnalytics, at: Scheduler) -> Analytics:
    """A period in numbers, of one user or of everybody."""
    if not 0 <= (query.until - query.since).days < MOST_DAYS:
        raise Invalid("The period has to begin before it ends, and to be at most three years long.")
    owners = everybody() if query.user_id is None else [query.user_id]
    step = step_of(query.since, query.until)
    rows = await DailyTotals.of(owners, query.since, query.until, step)
    tallies = await DailyTallies.of(owners, query.since, query.until)
    return told(query, step, rows, tallies)


def step_of(since: date, until: date) -> str:
    """How finely a period is told: nobody reads hundreds of bars."""
    days = (until - since).days + 1
    return "day" if days <= MOST_STEPS else "week" if days <= 7 * MOST_STEPS else "month"


def told(
    query: GetAnalytics, step: str, rows: Sequence[dict[str, Any]], tallies: Sequence[tuple[str, str, int]]
) -> Analytics:
    """Rows of the steps of a period, and of what occurred, as an answer."""

    def total(*names: str) -> float:
        return float(sum(row[name] for row in rows for name in names))

    completed, failed = total("videos_completed"), total("videos_failed")
    return Analytics(
        since=query.since,
        until=query.until,
        totals=_totals(*rows),
        success_rate=_quotient(completed, completed + failed, 4),
        speed=_quotient(total("source_s"), total("processing_s"), 3),
        average_processing_s=_quotient(total("processing_s"), completed),
        average_wait_s=_quotient(total("waiting_s"), total("videos_waited")),
        average_batch_s=_quotient(total("elapsed_s"), total("batches_completed", "batches_failed")),
        step=step,
        steps=tuple(StepTotals(since=row["day"], totals=_totals(row)) for row in rows),
        failures=_named("failure", tallies),
        settings=_named("setting", tallies),
    )


def _totals(*rows: dict[str, Any]) -> Totals:
    sums: dict[str, Any] = {
        name: sum(row[name] for row in rows) for name in Totals.__struct_fields__ if name != "saved_s"
    }
    for name in ("source_s", "output_s", "processing_s"):
        sums[name] = round(float(sums[name]), 3)
    return Totals(**sums, saved_s=round(max(0.0, sums["source_s"] - sums["output_s"]), 3))


def _named(kind: str, tallies: Sequence[tuple[str, str, int]]) -> tuple[Tally, ...]:
    return tuple(Tally(name=name, count=count) for of, name, count in tallies if of == kind)


def _quotient(value: float, by: float, digits: int = 1) -> float | None:
    return round(value / by, digits) if by > 0 else None
