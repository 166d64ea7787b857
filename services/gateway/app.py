"""Serves the API, the live events and the web page."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import uvicorn

from services.gateway.accounts import open_demo_account
from services.gateway.metrics import show_watchers
from services.gateway.service import Gateway
from services.gateway.settings import GatewaySettings
from services.gateway.web import make_asgi
from shared.errors import Unavailable
from shared.running import Lifetime, run

GRACE_S = 5


class Server(uvicorn.Server):
    """uvicorn, inside of our own process: signals and the end are the process's business."""

    task: asyncio.Task[None]

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


async def serve(at: Gateway, lifetime: Lifetime) -> Server:
    """Follow what happens, and serve as soon as all of it is known. Ends the process when either fails."""
    feed = lifetime.background(at.feed.run())
    caught_up = asyncio.create_task(at.feed.caught_up.wait())
    await asyncio.wait([feed, caught_up], return_when=asyncio.FIRST_COMPLETED)
    settings = at.settings
    server = Server(
        uvicorn.Config(
            make_asgi(at),
            host=settings.http_host,
            port=settings.http_port,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies or None,
            server_header=False,
            access_log=False,
            log_config=None,
            lifespan="off",
            timeout_graceful_shutdown=GRACE_S,
        )
    )
    server.task = lifetime.background(server.serve())
    return server


async def stop(server: Server, at: Gateway) -> None:
    """Take no more requests, finish those under way, and let go of all watchers."""
    server.should_exit = True
    at.feed.close()
    await asyncio.wait([server.task])


async def main(settings: GatewaySettings, lifetime: Lifetime) -> None:
    """Run until told to stop."""
    at = await Gateway.open(settings, lifetime)
    if settings.demo_account:
        await open_demo_account(at.outbox, settings.demo_account)
    server = await serve(at, lifetime)
    at.outbox.show_backlog()
    show_watchers(at.feed)

    async def http() -> None:
        if not server.started:
            raise Unavailable("The port of the API is not served yet.")

    lifetime.ready(http=http, database=at.engine.check, rabbitmq=at.work.check, nats=at.bus.check)
    await lifetime.stopping.wait()
    await stop(server, at)
    await lifetime.until_stopped()
    await at.close()


if __name__ == "__main__":
    run(GatewaySettings, "gateway", main)
