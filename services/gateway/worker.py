"""Does what nobody waits for: tells people what happened, sends mail, removes what has expired."""

from __future__ import annotations

from services.gateway import deliveries, handlers, letters, notice_handlers, outside
from services.gateway.housekeeping import sweep_for_ever
from services.gateway.service import Gateway
from services.gateway.settings import GatewaySettings
from shared.running import Lifetime, run

HANDLERS = (
    handlers.send_password_reset,
    notice_handlers.batch_ended,
    notice_handlers.export_ended,
    notice_handlers.notice_raised,
    letters.send_letter,
)


async def main(settings: GatewaySettings, lifetime: Lifetime) -> None:
    """Run until told to stop."""
    outside.networks_of(settings.webhook_networks)
    at = await Gateway.open(settings, lifetime)
    lifetime.background(sweep_for_ever(at))
    lifetime.background(deliveries.send_for_ever(at))
    # Letters have a queue of their own: a mail server that is away keeps no notice waiting.
    at.work.start(HANDLERS, at, slots={"gateway": settings.handler_slots, "gateway.mail": settings.handler_slots})
    at.outbox.show_backlog()
    lifetime.ready(database=at.engine.check, rabbitmq=at.work.check, nats=at.bus.check)
    await lifetime.until_stopped()
    await at.close()


if __name__ == "__main__":
    run(GatewaySettings, "gateway", main)
