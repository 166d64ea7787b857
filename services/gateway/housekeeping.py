"""What is removed because its time is over."""

from __future__ import annotations

import asyncio

from services.gateway.service import Gateway
from services.gateway.tables import (
    Allowance,
    Creation,
    Deliveries,
    KnownBrowser,
    Letters,
    Notices,
    PasswordReset,
    Session,
    SignInsBegun,
    Webhooks,
)
from shared.logs import logger

log = logger(__name__)

EVERY_S = 600.0


async def sweep_for_ever(at: Gateway) -> None:
    """Sweep now and every ten minutes; an outage is waited out."""
    while True:
        try:
            await sweep(at)
        except Exception:
            log.exception("a sweep failed; the next one does its work")
        await asyncio.sleep(EVERY_S)


async def sweep(at: Gateway) -> None:
    """Remove what has expired: sessions, counts, creations and answers that nobody repeats, notices; encrypt by the newest key."""
    sessions, counts, creations = await Session.sweep(), await Allowance.sweep(), await Creation.sweep()
    notices, _ = await Notices.sweep(at.settings.notice_days), await Letters.sweep(at.settings.notice_days)
    await PasswordReset.sweep()
    await Deliveries.sweep(at.settings.webhook_log_days)
    await KnownBrowser.sweep()
    await SignInsBegun.sweep()
    await Webhooks.renew(at.seal.renewed)
    await at.outbox.forget_answers()
    if sessions or counts or creations or notices:
        log.info("swept", sessions=sessions, allowances=counts, creations=creations, notices=notices)
