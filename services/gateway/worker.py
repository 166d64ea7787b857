"""Does what nobody waits for: sends mail, removes what has expired."""

from __future__ import annotations

from services.gateway import handlers
from services.gateway.housekeeping import sweep_for_ever
from services.gateway.service import Gateway
from services.gateway.settings import GatewaySettings
from shared.running import Lifetime, run

HANDLERS = (handlers.send_password_reset,)
SLOTS = 4
"""Messages at a time; most of them wait for a mail server."""


async def main(settings: GatewaySettings, lifetime: Lifetime) -> None:
    """Run until told to stop."""
    at = await Gateway.open(settings, lifetime)
    lifetime.background(sweep_for_ever(at))
    at.work.start(HANDLERS, at, slots={"gateway": SLOTS})
    lifetime.ready(lambda: at.bus.connected)
    await lifetime.until_stopped()
    await at.close()


if __name__ == "__main__":
    run(GatewaySettings, "gateway", main)
