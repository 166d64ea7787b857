"""A receiver of webhooks, as somebody else might run it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.gateway.conftest import eventually


class Receiver:
    """What arrived, and what is answered."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[web.Response] = []
        """Taken from the front, one for each request; 204 when there are none."""
        self.url = ""

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Keep a request, and answer it."""
        self.requests.append((dict(request.headers), await request.read()))
        return self.answers.pop(0) if self.answers else web.Response(status=204)

    async def request(self, number: int = 0) -> tuple[dict[str, str], bytes]:
        """Wait for a request: its headers and its body."""
        await eventually(lambda: len(self.requests) > number, 20)
        return self.requests[number]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a free port of this machine."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    receiver.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/hook"  # type: ignore[attr-defined]
    yield receiver
    await runner.cleanup()
