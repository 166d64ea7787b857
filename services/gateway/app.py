"""Serves the API, the live events and the web page."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import uvicorn

from services.gateway.accounts import open_demo_account
from services.gateway.service import Gateway
from services.gateway.settings import GatewaySettings
from services.gateway.web import make_asgi
from shared.running import Lifetime, run

GRACE_S = 5


class Server(uvicorn.Server):
    """uvicorn, inside of our own process: signals and the end are the process's business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def make_server(at: Gateway) -> Server:
    """The HTTP server, not yet started."""
    settings = at.settings
    return Server(
        uvicorn.Config(
            make_asgi(at),
            host=settings.http_host,
            port=settings.http_port,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies or None,
            server_header=False,
            access_log=False,
            log_config=None,
            lifespan="on",
            timeout_graceful_shutdown=GRACE_S,
        )
    )


async def main(settings: GatewaySettings, lifetime: Lifetime) -> None:
    """Run until told to stop."""
    at = await Gateway.open(settings, lifetime)
    if settings.demo_account:
        await open_demo_account(at.outbox, settings.demo_account)
    feed = lifetime.background(at.feed.run())
    await asyncio.wait([feed, asyncio.create_task(at.feed.caught_up.wait())], return_when=asyncio.FIRST_COMPLETED)
    server = make_server(at)
    serving = lifetime.background(server.serve())
    lifetime.ready(lambda: server.started and at.bus.connected)
    await lifetime.stopping.wait()
    server.should_exit = True
    at.feed.close()
    await asyncio.wait([serving])
    await lifetime.until_stopped()
    await at.close()


if __name__ == "__main__":
    run(GatewaySettings, "gateway", main)
