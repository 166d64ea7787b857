"""Work as a whole: the report of a batch, what an account has used; for operators who works, who waits and what failed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import get
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, QueryParameter

from services.gateway import examples, oversight_examples
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from services.gateway.tables import Role
from shared.errors import Forbidden
from shared.messages import GetQueue, GetReport, GetUsage, ListFailures, ListWorkers
from shared.reports import BatchReport, FailurePage, QueueShown, Usage, Workers

USUAL_DAYS = 30


def for_operators(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Let only those in who run the installation. Raises `Forbidden`."""
    if connection.user.role != Role.OPERATOR:
        raise Forbidden("This is for those who run the installation; ask them, or have the role operator given to you.")


@get(
    "/batch-jobs/{batch_id:uuid}/report",
    operation_id="get_batch_report",
    summary="What came of a batch",
    tags=["Batches"],
    responses=told(200, BatchReport, examples.REPORT, "not_found", "conflict"),
)
async def get_batch_report(batch_id: FromPath[UUID], caller: Who, at: At) -> BatchReport:
    """Of each video the length before and after, the work it took, and why it failed and what to do; when the batch has ended."""
    return await at.ask(GetReport(user_id=caller.user_id, batch_id=batch_id))


@get(
    "/usage",
    operation_id="get_usage",
    summary="What I have used of my tier",
    tags=["Account"],
    responses=told(200, Usage, examples.USAGE),
)
async def get_usage(caller: Who, at: At) -> Usage:
    """Minutes of the month that were processed, that are held and that are left; open batches; the limits of the tier."""
    return await at.ask(GetUsage(user_id=caller.user_id, tier=caller.tier))


@get(
    "/admin/workers",
    operation_id="list_workers",
    summary="Who works, on what, since when",
    tags=["Operators"],
    scope="operate",
    guards=[for_operators],
    responses=told(200, Workers, examples.WORKERS, "forbidden"),
)
async def list_workers(caller: Who, at: At) -> Workers:
    """For accounts with the role operator: every worker with the videos and exports in its hands, and how many wait."""
    return await at.ask(ListWorkers())


@get(
    "/admin/queue",
    operation_id="get_queue",
    summary="What waits, and for whom",
    tags=["Operators"],
    scope="operate",
    guards=[for_operators],
    responses=told(200, QueueShown, oversight_examples.QUEUE, "forbidden"),
)
async def get_queue(caller: Who, at: At) -> QueueShown:
    """For accounts with the role operator: how many videos wait, by priority and in the order of turns, and how many can run."""
    return await at.ask(GetQueue())


@get(
    "/admin/failures",
    operation_id="list_failures",
    summary="What failed, and why",
    tags=["Operators"],
    scope="operate",
    guards=[for_operators],
    responses=told(200, FailurePage, oversight_examples.FAILURES, "invalid", "forbidden"),
)
async def list_failures(
    caller: Who,
    at: At,
    since: Annotated[
        date | None, QueryParameter(description="The first day (UTC); 30 days up to the last one when left out.")
    ] = None,
    until: Annotated[
        date | None, QueryParameter(description="The last day (UTC), which is included; today when left out.")
    ] = None,
    code: Annotated[str | None, QueryParameter(description="Only with this error code.", max_length=100)] = None,
    after: Annotated[str | None, QueryParameter(description="`next_after` of the page before.", max_length=200)] = None,
    limit: Annotated[int, QueryParameter(description="Failures on a page.", ge=1, le=200)] = 50,
) -> FailurePage:
    """For accounts with the role operator: videos of everybody that failed and were not tried again since, the last first."""
    last = until or datetime.now(UTC).date()
    first = since or last - timedelta(days=USUAL_DAYS - 1)
    return await at.ask(ListFailures(since=first, until=last, code=code, after=after, limit=limit))
