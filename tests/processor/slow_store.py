"""A way to an S3 server on which the output of a video gets stuck: the instant of storing, for as long as a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

OUTPUT = b"/output."
_CHUNK = 1 << 16


class Gate:
    """Lets everything pass, but of an output only the first half; when it is opened, what got stuck is lost."""

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)
        self.url = ""
        self.reached, self.opened = asyncio.Event(), asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, both ways, until either end is tired of it."""
        back, forth = await asyncio.open_connection(self.target.hostname, self.target.port)
        ways = [asyncio.create_task(self._pass(reader, forth)), asyncio.create_task(self._pass(back, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for end in (forth, writer):
                end.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(_CHUNK):
                if data.startswith(b"PUT ") and OUTPUT in data.partition(b"\r\n")[0] and not self.opened.is_set():
                    half = len(data) // 2
                    writer.write(data[:half])
                    await writer.drain()
                    self.reached.set()
                    await self.opened.wait()
                    return
                writer.write(data)
                await writer.drain()


@asynccontextmanager
async def gate(target: str) -> AsyncIterator[Gate]:
    """A gate before a server."""
    made = Gate(target)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()
