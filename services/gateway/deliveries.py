"""Sends events to webhooks: tried again over hours, until they arrive or the webhook is given up."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct

from services.gateway import outside, signing
from services.gateway.notice_handlers import announce
from services.gateway.sending_metrics import webhook_seconds, webhook_tries, webhooks_disabled
from services.gateway.service import Gateway
from services.gateway.tables import Deliveries, Due, Webhooks
from shared.errors import DailiesError
from shared.logs import logger
from shared.notices import Notice, NoticeKind

log = logger(__name__)

AT_ONCE = 32
"""Requests that one worker has open."""
PER_USER = 4
"""Of these for one user: whoever's receivers are slow does not keep others waiting."""
IDLE_S = 1.0
GONE = 410
"""A receiver says so when it wants no more, ever (Standard Webhooks)."""


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of a try."""

    status: int | None
    excerpt: str | None
    error: str | None
    """None when it arrived."""


async def send_for_ever(at: Gateway) -> None:
    """Send what is due, as soon as it is; an outage of the database is waited out."""
    running: dict[asyncio.Task[None], UUID] = {}
    while True:
        try:
            free = AT_ONCE - len(running)
            busy = [user_id for user_id, count in Counter(running.values()).items() if count >= PER_USER]
            due = (
                await Deliveries.take_due(min(free, PER_USER), 4 * at.settings.webhook_patience_s, busy) if free else []
            )
            for delivery in due:
                running[asyncio.create_task(deliver(delivery, at))] = delivery.user_id
        except Exception:
            log.exception("what is to be sent to webhooks could not be read")
            due = []
        if due:
            continue
        if running:
            await asyncio.wait(running, timeout=IDLE_S, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(IDLE_S)
        running = {task: user_id for task, user_id in running.items() if not task.done()}


async def deliver(due: Due, at: Gateway) -> None:
    """Try once, and write down what came of it."""
    begun = time.monotonic()
    outcome = await _try(due, at)
    took_s = time.monotonic() - begun
    webhook_seconds.observe(took_s)
    webhook_tries.labels("delivered" if outcome.error is None else "later" if due.tries_left else "failed").inc()
    await settle(due, outcome, round(took_s * 1000), at)


async def settle(due: Due, outcome: Outcome, took_ms: int, at: Gateway) -> None:
    """Write down what came of a try, and give up a webhook that wants no more or has failed for too long."""
    async with at.outbox.change():
        await Deliveries.settle(
            due.id,
            status=outcome.status,
            excerpt=outcome.excerpt,
            error=outcome.error,
            took_ms=took_ms,
            again_in_s=_again_in_s(due.tries_left, at) if due.tries_left else None,
        )
        if outcome.error is None:
            await Webhooks.works(due.webhook_id)
            return
        failing_h = await Webhooks.fails(due.webhook_id)
        if outcome.status == GONE:
            await _disable(due, "The receiver answered that it wants no more (410 Gone).", at)
        elif failing_h >= at.settings.webhook_give_up_h:
            await _disable(due, f"Nothing arrived there for {failing_h:.0f} hours: {outcome.error}", at)


async def _try(due: Due, at: Gateway) -> Outcome:
    body = due.payload.encode()
    allowed = outside.networks_of(at.settings.webhook_networks)
    try:
        keys = [at.seal.opened(secret) for secret in due.secrets]
        headers = {
            "content-type": "application/json",
            "user-agent": "Dailies-Webhooks/1",
            **signing.headers(due.event_id, body, datetime.now(UTC), keys),
        }
        reply = await outside.send(due.url, body, headers, allowed=allowed, patience_s=at.settings.webhook_patience_s)
    except DailiesError as error:
        return Outcome(status=None, excerpt=None, error=str(error))
    if 200 <= reply.status < 300:
        return Outcome(status=reply.status, excerpt=reply.excerpt, error=None)
    why = "a redirect, which is not followed" if 300 <= reply.status < 400 else "which is no 2xx"
    return Outcome(status=reply.status, excerpt=reply.excerpt, error=f"The receiver answered {reply.status}, {why}.")


def _again_in_s(tries_left: int, at: Gateway) -> float:
    waits = at.settings.webhook_retries_s
    # Receivers that were away together are not asked again together.
    return waits[max(0, len(waits) - tries_left)] * random.uniform(0.9, 1.1)


async def _disable(due: Due, reason: str, at: Gateway) -> None:
    if not await Webhooks.disable(due.webhook_id, reason):
        return
    webhooks_disabled.inc()
    notice = Notice(
        id=uuid.uuid4(),
        kind=NoticeKind.WEBHOOK_DISABLED,
        title="A webhook was switched off",
        text=f"{due.url}: {reason} Switch it on again when it works.",
        link="/settings/webhooks",
        batch_job_id=None,
        created_at=datetime.now(UTC),
        read_at=None,
    )
    await announce(due.user_id, notice, at)
