"""A period in numbers: for everybody their own work, for operators all of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import QueryParameter

from services.gateway import insight_examples as examples
from services.gateway.openapi import told
from services.gateway.oversight import for_operators
from services.gateway.parameters import At, Who
from services.gateway.service import Gateway
from shared.insight import Analytics
from shared.messages import GetAnalytics

USUAL_DAYS = 30

Since = Annotated[
    date | None, QueryParameter(description="The first day (UTC); 30 days up to the last one when left out.")
]
Until = Annotated[
    date | None, QueryParameter(description="The last day (UTC), which is included; today when left out.")
]


@get(
    "/analytics",
    operation_id="get_analytics",
    summary="My work over a period",
    tags=["Insight"],
    responses=told(200, Analytics, examples.ANALYTICS, "invalid"),
)
async def get_analytics(caller: Who, at: At, since: Since = None, until: Until = None) -> Analytics:
    """Batches and videos that ended day by day, success rate, reasons of failures, speed, average times, time saved, settings."""
    return await _analytics(caller.user_id, since, until, at)


@get(
    "/admin/analytics",
    operation_id="get_analytics_of_everybody",
    summary="The work of all accounts over a period",
    tags=["Operators"],
    scope="operate",
    guards=[for_operators],
    responses=told(200, Analytics, examples.ANALYTICS, "invalid", "forbidden"),
)
async def get_analytics_of_everybody(at: At, since: Since = None, until: Until = None) -> Analytics:
    """For accounts with the role operator: the same as for one account, of all of them together."""
    return await _analytics(None, since, until, at)


async def _analytics(user_id: UUID | None, since: date | None, until: date | None, at: Gateway) -> Analytics:
    last = until or datetime.now(UTC).date()
    first = since or last - timedelta(days=USUAL_DAYS - 1)
    return await at.ask(GetAnalytics(user_id=user_id, since=first, until=last))
