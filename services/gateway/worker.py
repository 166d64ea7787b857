"""Does what nobody waits for: tells people what happened, sends mail, removes what has expired."""

from __future__ import annotations

from services.gateway import handlers, notice_handlers
from services.gateway.housekeeping import sweep_for_ever
from services.gateway.service import Gateway
from services.gateway.settings import GatewaySettings
from shared.running import Lifetime, run

HANDLERS = (
    handlers.send_password_reset,
    notice_handlers.batch_ended,
    notice_handlers.export_ended,
    notice_handlers.notice_raised,
)


async def main(settings: GatewaySettings, lifetime: Lifetime) -> None:
    """Run until told to stop."""
    at = await Gateway.open(settings, lifetime)
    lifetime.background(sweep_for_ever(at))
    at.work.start(HANDLERS, at, slots={"gateway": settings.handler_slots})
    lifetime.ready(lambda: at.bus.connected)
    await lifetime.until_stopped()
    await at.close()


if __name__ == "__main__":
    run(GatewaySettings, "gateway", main)
