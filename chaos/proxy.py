"""A TCP proxy in front of the store, as a home line: it limits the speed, counts what goes up, and can be pulled out."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CHUNK = 64 * 1024


class Proxy:
    """Listens on `port` from the start, and forwards to `target` once that is known. Runs on a thread of its own."""

    def __init__(self, bytes_per_s: float) -> None:
        self.bytes_per_s = bytes_per_s
        self.target = 0
        self.port = 0
        self.sent_up = 0
        self._pulled = False
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._due = 0.0

    def pull(self) -> None:
        """Cut every connection, and take no new ones before `plug`."""
        self._pulled = True
        self._loop.call_soon_threadsafe(self._cut)

    def plug(self) -> None:
        """Take connections again."""
        self._pulled = False

    def _cut(self) -> None:
        for writer in self._open:
            # Not closed in order: whoever sends finds out as with a cable that is gone.
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        both = [writer]
        self._open.add(writer)
        try:
            if self._pulled:
                return
            upstream, out = await asyncio.open_connection("127.0.0.1", self.target)
            both.append(out)
            self._open.add(out)
            up, down = (
                asyncio.create_task(one)
                for one in (self._pass(reader, out, counted=True), self._pass(upstream, writer, counted=False))
            )
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
            # An answer may follow the last byte of a request; nothing follows the last byte of an answer.
            if not down.done() and not self._pulled:
                await asyncio.wait((down,), timeout=5)
            for task in (up, down):
                task.cancel()
        except OSError:
            return
        finally:
            for end in both:
                self._open.discard(end)
                end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                if counted:
                    self.sent_up += len(data)
                    await self._paced(len(data))
                writer.write(data)
                await writer.drain()

    async def _paced(self, size: int) -> None:
        """All connections share one line."""
        now = self._loop.time()
        self._due = max(self._due, now) + size / self.bytes_per_s
        if self._due > now:
            await asyncio.sleep(self._due - now)

    async def _listen(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await server.serve_forever()


@contextmanager
def proxy(bytes_per_s: float) -> Iterator[Proxy]:
    """A proxy that is listening."""
    made, ready = Proxy(bytes_per_s), threading.Event()
    loop = made._loop

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError, RuntimeError):
            loop.run_until_complete(made._listen(ready))

    thread = threading.Thread(target=run, name="proxy")
    thread.start()
    ready.wait()
    try:
        yield made
    finally:

        def stop() -> None:
            for task in asyncio.all_tasks(loop):
                task.cancel()

        loop.call_soon_threadsafe(stop)
        thread.join()
        loop.close()
