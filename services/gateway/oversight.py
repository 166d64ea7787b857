"""Work as a whole: the report of a batch that has ended, what an account has used, and for operators who works on what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import get
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from services.gateway import examples
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from services.gateway.tables import Role
from shared.errors import Forbidden
from shared.messages import GetReport, GetUsage, ListWorkers
from shared.reports import BatchReport, Usage, Workers


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
