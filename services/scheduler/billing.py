"""What is asked about the ledger: months, lines, refunds; and how much an account keeps in the store."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchJobs, Exports, UsageLedger
from services.scheduler.tables.usage import Cursor
from shared.bus import answers
from shared.errors import Invalid, NotFound
from shared.insight import LedgerLine, LedgerPage, MonthsUsed, MonthUsed, Refunded, ResultsSize
from shared.logs import logger
from shared.messages import ListLedger, ListMonths, MeasureResults, RefundVideos

log = logger(__name__)

MOST_LINES = 1000
EFFECT = {"hold": 1, "settle": 0, "release": -1, "refund": -1}


@answers(ListMonths)
async def list_months(query: ListMonths, at: Scheduler) -> MonthsUsed:
    """What a user has used month by month."""
    return MonthsUsed(months=tuple(_month(row) for row in await UsageLedger.months(query.user_id)))


@answers(ListLedger)
async def list_ledger(query: ListLedger, at: Scheduler) -> LedgerPage:
    """Lines of a user's ledger."""
    if not 1 <= query.limit <= MOST_LINES:
        raise Invalid(f"limit must be between 1 and {MOST_LINES}.")
    after = None if query.after is None else _cursor(query.after)
    rows = await UsageLedger.lines(query.user_id, query.since, query.until, after, query.limit)
    following = rows[-1] if len(rows) == query.limit else None
    return LedgerPage(
        lines=tuple(_line(row) for row in rows), next_after=None if following is None else _place(following)
    )


@answers(RefundVideos)
async def refund_videos(request: RefundVideos, at: Scheduler) -> Refunded:
    """Repay what was used; what was repaid already is not repaid again."""

    async def make() -> Refunded:
        rows = await UsageLedger.refund(request.batch_id, request.video_id)
        if not rows:
            raise NotFound("There is nothing to refund: no such video was charged, or it was refunded before.")
        log.info("refunded", batch_id=str(request.batch_id), lines=len(rows))
        return Refunded(user_id=rows[0]["user_id"], lines=tuple(_line(row) for row in rows))

    return await at.outbox.once(request, make)


@answers(MeasureResults)
async def measure_results(query: MeasureResults, at: Scheduler) -> ResultsSize:
    """How many bytes the results and exports of a user take."""
    return ResultsSize(
        results_bytes=await BatchJobs.stored_by(query.user_id), exports_bytes=await Exports.stored_by(query.user_id)
    )


def _month(row: dict[str, Any]) -> MonthUsed:
    return MonthUsed(
        month=row["month"],
        minutes_used=round(row["used"] / 60, 2),
        minutes_held=round(row["held"] / 60, 2),
        minutes_refunded=round(row["refunded"] / 60, 2),
        videos=row["videos"],
        batches=row["batches"],
    )


def _line(row: dict[str, Any]) -> LedgerLine:
    minutes = round(row["seconds"] / 60, 4)
    return LedgerLine(
        id=f"{row['batch_video_id']}:{row['generation']}:{row['kind']}",
        kind=row["kind"],
        booked_at=row["booked_at"],
        month=row["month"],
        minutes=minutes,
        balance_minutes=minutes * EFFECT[row["kind"]],
        batch_job_id=row["batch_job_id"],
        batch_name=row["batch_name"],
        video_name=row["video_name"],
    )


def _place(row: dict[str, Any]) -> str:
    return f"{row['booked_at'].isoformat()} {row['batch_video_id']} {row['generation']} {row['kind']}"


def _cursor(text: str) -> Cursor:
    try:
        booked_at, video, generation, kind = text.split(" ")
        return datetime.fromisoformat(booked_at), UUID(video), int(generation), kind
    except ValueError as error:
        raise Invalid("after must be the next_after of an earlier answer.") from error
