"""A small HTTP server for tests of the client, which can misbehave: it says nothing, breaks off, or answers nonsense.

The test gives one coroutine that handles every request. The server has a thread and an event loop of its own, so that
a test may run the client in its own loop or as another process.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec


@dataclass
class Exchange:
    """A request, and the means to answer it."""

    method: str
    path: str
    headers: dict[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    answered: bool = False

    async def body(self) -> bytes:
        """The whole body."""
        return await self.reader.readexactly(int(self.headers.get("content-length", "0")))

    async def json(self) -> Any:
        """The whole body, decoded."""
        return msgspec.json.decode(await self.body())

    async def head(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        """Send the first lines of an answer."""
        self.answered = True
        lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in (headers or {}).items())]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        await self.writer.drain()

    async def send(self, data: bytes) -> None:
        """Send some of the answer's body."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, status: int, body: Any = b"", headers: Mapping[str, str] | None = None) -> None:
        """Send a whole answer; what is not bytes is sent as JSON."""
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        await self.head(status, {"Content-Length": str(len(data)), **(headers or {})})
        await self.send(data)

    async def problem(self, status: int, code: str, detail: str, **more: Any) -> None:
        """Answer as the API does when something is wrong."""
        await self.answer(status, {"status": status, "title": code, "code": code, "detail": detail, **more})

    async def stream(self) -> None:
        """Begin a stream of server-sent events."""
        await self.head(200, {"Content-Type": "text/event-stream", "Connection": "close"})

    def drop(self) -> None:
        """Break the connection off."""
        self.answered = True
        self.writer.transport.abort()


Handler = Callable[[Exchange], Awaitable[None]]


@dataclass
class Server:
    """The server while it runs. `seen` are the requests so far, as `METHOD /path`."""

    port: int
    seen: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def count(self, what: str) -> int:
        """How many requests began with this."""
        return sum(line.startswith(what) for line in self.seen)


@contextmanager
def serving(handler: Handler) -> Iterator[Server]:
    """Serve until the end of the block."""
    server = Server(0)
    loop = asyncio.new_event_loop()
    started = threading.Event()
    connections: set[asyncio.Task[Any]] = set()

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            # A client may leave at any moment; that is no failure of the test.
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await _exchange(reader, writer, server, handler):
                    pass
        finally:
            connections.discard(task)
            writer.close()

    async def main(stopped: asyncio.Event) -> None:
        listening = await asyncio.start_server(connection, "127.0.0.1", 0)
        server.port = listening.sockets[0].getsockname()[1]
        started.set()
        await stopped.wait()
        listening.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    stopped = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(main(stopped),))
    thread.start()
    assert started.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(10)
        loop.close()


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: Server, handler: Handler
) -> bool:
    """Take one request and have it handled; says whether the connection can be used for another."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    server.seen.append(f"{method} {path}")
    exchange = Exchange(method, path, headers, reader, writer)
    await handler(exchange)
    if not exchange.answered:
        await exchange.problem(404, "not_found", "The test has no answer to this.")
    return not writer.transport.is_closing()
