"""Large bodies of requests, read from the socket straight into the buffers that are written to the disk.

The way through an HTTP parser copies every byte four times, for nothing: once the head of a PUT is read, its length says how
many bytes follow, and there is nothing to parse in them. So the socket is lent to a `Body` for just that many bytes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

LARGE = 1024 * 1024
"""Bytes from which it pays."""
BUFFER = 1024 * 1024
KEPT = 48
"""Buffers that are used again and again, for all bodies; more are made while more are held."""

_buffers: deque[bytearray] = deque(maxlen=KEPT)


def _free_buffer() -> memoryview:
    """A buffer that is nobody else's as long as this view, or one of its stretches, is held.

    Memory that was touched before costs nothing; fresh pages cost about as much as receiving into them.
    """
    free = next((buffer for buffer in _buffers if _unseen(buffer)), None)
    if free is None:
        free = bytearray(BUFFER)
        _buffers.append(free)
    return memoryview(free)


def _unseen(buffer: bytearray) -> bool:
    """Whether nobody holds a view of it: only then can its size be changed."""
    try:
        buffer.append(0)
    except BufferError:
        return False
    buffer.pop()
    return True


class Http(HttpToolsProtocol):
    """Uvicorn's protocol, but for the bodies of large PUT requests."""

    _large: Body | None = None

    def on_headers_complete(self) -> None:
        """Begin the request; its application gets what a `Body` receives."""
        super().on_headers_complete()
        length = dict(self.headers).get(b"content-length", b"")
        if self.scope["method"] == "PUT" and length.isdigit() and int(length) >= LARGE and not self.pipeline:
            self._large = Body(self, self.cycle, int(length))
            # In place of the method, before the application runs.
            vars(self.cycle)["receive"] = self._large.receive

    def on_body(self, body: bytes) -> None:
        """Take what came together with the head."""
        if self._large is None:
            super().on_body(body)
        else:
            self._large.begin_with(body)

    def data_received(self, data: bytes) -> None:
        """Read a head, and lend the socket to the body behind it."""
        super().data_received(data)
        body, self._large = self._large, None
        if body is not None and body.left and not self.transport.is_closing():
            self.lend(body)

    def lend(self, to: asyncio.BaseProtocol) -> None:
        """Have the transport's bytes go to another protocol; which kind of reading that is, it looks up when it begins."""
        self.flow.pause_reading()
        self.transport.set_protocol(to)
        self.flow.resume_reading()

    def take_back(self) -> None:
        """Read the next head: with a new parser, for the old one still waits for the body."""
        self.parser = httptools.HttpRequestParser(self)
        self.lend(self)


class Body(asyncio.BufferedProtocol):
    """The body of one request, `left` bytes of which are still to come. What was received stays for as long as it is held."""

    def __init__(self, http: Http, cycle: RequestResponseCycle, length: int) -> None:
        self.http, self.cycle = http, cycle
        self.left = length
        self._news = asyncio.Event()
        self._renew()

    def begin_with(self, body: bytes) -> None:
        """Take the first bytes."""
        self._buffer[self._filled : self._filled + len(body)] = body
        self._count(len(body))

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - the protocol's signature
        """Room for what comes next, never for more than belongs to this body."""
        if self._filled == len(self._buffer):
            self._renew()
        return self._buffer[self._filled : self._filled + self.left]

    def buffer_updated(self, nbytes: int) -> None:
        """Take what has come."""
        self._count(nbytes)
        if not self.left:
            self.http.take_back()
        elif self.cycle.response_complete:
            # Answered without it: the rest is read and dropped, so that the connection can be used again.
            self._filled = self._taken = 0
        elif self._filled == len(self._buffer):
            self.http.flow.pause_reading()

    def _count(self, size: int) -> None:
        self._filled += size
        self.left -= size
        self._news.set()

    def _renew(self) -> None:
        self._buffer = _free_buffer()
        self._filled = self._taken = 0

    async def receive(self) -> dict[str, Any]:
        """What the application is told, as ASGI has it; the bytes are a view of a buffer."""
        if self.cycle.waiting_for_100_continue and not self.http.transport.is_closing():
            self.cycle.waiting_for_100_continue = False
            self.http.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        while self._taken == self._filled and self.left and not self._over:
            self._news.clear()
            await self._news.wait()
        if self._over:
            return {"type": "http.disconnect"}
        if self._taken == self._filled:
            # All of it was told: what remains to be heard is that the other side has gone.
            return cast(dict[str, Any], await RequestResponseCycle.receive(self.cycle))
        chunk = self._buffer[self._taken : self._filled]
        self._taken = self._filled
        if self.left and self._filled == len(self._buffer):
            self._renew()
            self.http.flow.resume_reading()
        return {"type": "http.request", "body": chunk, "more_body": self.left > 0}

    @property
    def _over(self) -> bool:
        return self.cycle.disconnected or self.cycle.response_complete

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self.http.connection_lost(exc)
        self._news.set()

    def pause_writing(self) -> None:
        """The answer has to wait."""
        self.http.pause_writing()

    def resume_writing(self) -> None:
        """The answer may go on."""
        self.http.resume_writing()
