"""Serves an ASGI application with uvicorn for as long as the process lives."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from services.uploader.bodies import Http
from shared.errors import Unavailable
from shared.running import Lifetime

FINISH_S = 5
"""Seconds that transfers under way have when the process ends."""


class _Server(uvicorn.Server):
    """Leaves signals to the process, which has more than HTTP to bring to an end."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: Any, host: str, port: int, lifetime: Lifetime) -> int:
    """Begin to serve; returns the port once connections are taken. Raises `Unavailable` when the port cannot be had."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        lifespan="off",
        http=Http,
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=FINISH_S,
    )
    try:
        socket = config.bind_socket()
        socket.listen(config.backlog)
    except SystemExit:
        raise Unavailable(f"Port {port} of {host} is taken; choose another DAILIES_HTTP_PORT.") from None
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[socket]))

    async def until_stopped() -> None:
        try:
            await asyncio.shield(running)
        finally:
            server.should_exit = True
            await running

    lifetime.background(until_stopped())
    # The socket listens already: who connects before uvicorn is ready waits for that moment.
    bound: int = socket.getsockname()[1]
    return bound
