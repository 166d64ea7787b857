"""What an account has used: storage, months, and the ledger that bills can be made from; refunds and retention for operators."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import JSONBody, QueryParameter
from litestar.response import Stream
from msgspec import Struct
from msgspec.structs import replace

from services.gateway import insight_examples as examples
from services.gateway.audit import Act, note
from services.gateway.examples import BATCH
from services.gateway.openapi import told
from services.gateway.oversight import for_operators
from services.gateway.parameters import At, From, Who
from services.gateway.service import Gateway
from shared.insight import Deletions, LedgerLine, LedgerPage, MonthsUsed, Storage
from shared.messages import ListDeletions, ListLedger, ListMonths, MeasureLibrary, MeasureResults, RefundVideos

COLUMNS = LedgerLine.__struct_fields__
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula (OWASP, CSV Injection)."""

Since = Annotated[
    date | None, QueryParameter(description="The first month, by any day of it; the beginning when left out.")
]
Until = Annotated[date | None, QueryParameter(description="The last month, by any day of it; this one when left out.")]
After = Annotated[str | None, QueryParameter(description="`next_after` of the page before.", max_length=200)]
Limit = Annotated[int, QueryParameter(description="Lines on a page.", ge=1, le=1000)]
Days = Annotated[float, QueryParameter(description="How far to look ahead, in days.", ge=0, le=365)]


class Refund(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which batch, or which video of it, the minutes are given back."""

    batch_job_id: UUID
    video_id: UUID | None = None
    """By its id in the library; null means all videos of the batch."""


@get(
    "/usage/storage",
    operation_id="get_storage",
    summary="What I have in the store",
    tags=["Account"],
    responses=told(200, Storage, examples.STORAGE),
)
async def get_storage(caller: Who, at: At) -> Storage:
    """Bytes of uploaded videos, of results and of exports that can be downloaded."""
    library = await at.ask(MeasureLibrary(user_id=caller.user_id))
    results = await at.ask(MeasureResults(user_id=caller.user_id))
    return Storage(
        videos=library.videos,
        videos_bytes=library.videos_bytes,
        results_bytes=results.results_bytes,
        exports_bytes=results.exports_bytes,
    )


@get(
    "/usage/months",
    operation_id="list_months",
    summary="What I have used month by month",
    tags=["Account"],
    responses=told(200, MonthsUsed, examples.MONTHS),
)
async def list_months(caller: Who, at: At) -> MonthsUsed:
    """Minutes of media that were processed, held and refunded, the last month first; up to three years."""
    return await at.ask(ListMonths(user_id=caller.user_id))


@get(
    "/usage/ledger",
    operation_id="list_ledger",
    summary="My ledger",
    tags=["Account"],
    responses=told(200, LedgerPage, examples.LEDGER, "invalid"),
)
async def list_ledger(
    caller: Who, at: At, since: Since = None, until: Until = None, after: After = None, limit: Limit = 100
) -> LedgerPage:
    """Every line once, in the order in which they were booked: minutes held, used, released and refunded."""
    return await at.ask(_question(caller.user_id, since, until, after, limit))


@get(
    "/usage/ledger.csv",
    operation_id="download_ledger",
    summary="My ledger as a file",
    tags=["Account"],
    responses=told(200, str, ",".join(COLUMNS), "invalid"),
)
async def download_ledger(caller: Who, at: At, since: Since = None, until: Until = None) -> Stream:
    """The same lines as CSV (RFC 4180), for as many as there are."""
    # Asked here, so that what is wrong is said before the file begins.
    question = _question(caller.user_id, since, until, None, 500)
    first = await at.ask(question)
    return Stream(
        _csv(first, question, at),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{_file_name(question)}"'},
    )


@post(
    "/admin/refunds",
    operation_id="refund_videos",
    summary="Give minutes back",
    tags=["Operators"],
    scope="operate",
    guards=[for_operators],
    example={"batch_job_id": str(BATCH)},
    responses=told(201, LedgerPage, examples.LEDGER, "not_found", "invalid", "forbidden"),
)
async def refund_videos(data: JSONBody[Refund], caller: Who, origin: From, at: At) -> LedgerPage:
    """For accounts with the role operator: what was used for a batch or one of its videos is given back, once; the new lines."""
    given = await at.ask(RefundVideos(request_id=uuid4(), batch_id=data.batch_job_id, video_id=data.video_id))
    minutes = f"{sum(line.minutes for line in given.lines):g}"
    batch = given.lines[0].batch_name or str(data.batch_job_id)
    await note(Act.MINUTES_REFUNDED, given.user_id, origin, by=caller, minutes=minutes, batch=batch)
    return LedgerPage(lines=given.lines, next_after=None)


@get(
    "/usage/deletions",
    operation_id="list_my_deletions",
    summary="What of mine will be deleted",
    tags=["Account"],
    responses=told(200, Deletions, examples.DELETIONS, "invalid"),
)
async def list_my_deletions(caller: Who, at: At, days: Days = 7.0) -> Deletions:
    """Batches of the account whose time will be over, the next one first. One that is used until then stays for longer."""
    return await at.ask(ListDeletions(days=days, user_id=caller.user_id))


@get(
    "/admin/retention",
    operation_id="list_deletions",
    summary="What will be deleted",
    tags=["Operators"],
    scope="operate",
    guards=[for_operators],
    responses=told(200, Deletions, examples.DELETIONS, "invalid", "forbidden"),
)
async def list_deletions(at: At, days: Days = 7.0) -> Deletions:
    """For accounts with the role operator: batches that will be deleted because their time is over. Deletes nothing."""
    return await at.ask(ListDeletions(days=days))


def _question(user_id: UUID, since: date | None, until: date | None, after: str | None, limit: int) -> ListLedger:
    months = [day.replace(day=1) if day is not None else None for day in (since, until)]
    return ListLedger(user_id=user_id, since=months[0], until=months[1], after=after, limit=limit)


def _file_name(question: ListLedger) -> str:
    months = [f"{month:%Y-%m}" for month in (question.since, question.until) if month is not None]
    return "-".join(("dailies-ledger", *dict.fromkeys(months))) + ".csv"


async def _csv(page: LedgerPage, question: ListLedger, at: Gateway) -> AsyncIterator[bytes]:
    yield _lines([COLUMNS])
    while True:
        yield _lines([[_cell(getattr(line, name)) for name in COLUMNS] for line in page.lines])
        if page.next_after is None:
            return
        page = await at.ask(replace(question, after=page.next_after))


def _lines(rows: list[tuple[str, ...]] | list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    # Numbers may be negative; names are what people chose.
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text
