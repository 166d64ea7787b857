"""Server-sent events: a parser for the stream (WHATWG HTML, section 9.2.6), and a connection that comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

import httpx
from msgspec import Struct

from client.api import check
from client.errors import ClientError
from client.retrying import Backoff

SILENCE_S = 45.0
"""The server sends a comment every few seconds; after this long without any the connection is dead."""
LARGEST_EVENT = 16 * 1024 * 1024


class ServerEvent(Struct, frozen=True, kw_only=True):
    """One event: its data, the name of its kind, and the last id that the stream gave."""

    data: str
    event: str = "message"
    id: str = ""


class EventParser:
    """Turns bytes, cut anywhere, into events. Lines end with CR, LF or CR LF, and with nothing else."""

    def __init__(self) -> None:
        self.last_id = ""
        self.retry_s: float | None = None
        """How long the server wants us to wait before we come back."""
        self._rest = b""
        self._begun = False
        self._data: list[str] = []
        self._event = ""

    def feed(self, data: bytes) -> Iterator[ServerEvent]:
        """The events that are complete with these bytes. Raises `ValueError` when an event grows beyond all measure."""
        self._rest += data
        if not self._begun:
            if b"\xef\xbb\xbf".startswith(self._rest[:3]) and len(self._rest) < 3:
                return
            self._rest = self._rest.removeprefix(b"\xef\xbb\xbf")
            self._begun = True
        while (line := self._line()) is not None:
            if (event := self._take(line.decode("utf-8", "replace"))) is not None:
                yield event
        if len(self._rest) + sum(map(len, self._data)) > LARGEST_EVENT:
            raise ValueError("an event is larger than any that Dailies sends")

    def _line(self) -> bytes | None:
        ends = [at for at in (self._rest.find(b"\n"), self._rest.find(b"\r")) if at >= 0]
        if not ends:
            return None
        end = min(ends)
        # A CR at the very end may be the first half of CR LF.
        if self._rest[end : end + 1] == b"\r" and end + 1 == len(self._rest):
            return None
        line = self._rest[:end]
        self._rest = self._rest[end + (2 if self._rest[end : end + 2] == b"\r\n" else 1) :]
        return line

    def _take(self, line: str) -> ServerEvent | None:
        if not line:
            event = ServerEvent(data="\n".join(self._data), event=self._event or "message", id=self.last_id)
            wanted = bool(self._data)
            self._data, self._event = [], ""
            return event if wanted else None
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
        elif field == "event":
            self._event = value
        elif field == "id" and "\0" not in value:
            self.last_id = value
        elif field == "retry" and value.isascii() and value.isdigit():
            self.retry_s = int(value) / 1000
        return None


class Lost(Struct, frozen=True):
    """The connection is gone and did not come back; whoever listens has to ask instead."""

    reason: str


async def listen(
    http: httpx.AsyncClient, path: str, backoff: Backoff, last_id: str = ""
) -> AsyncGenerator[ServerEvent | Lost, None]:
    """The events at `path`, across broken connections, for as long as they are wanted.

    After `backoff.attempts` connections in a row that brought nothing it says `Lost`, and goes on trying, slowly.
    Raises `ClientError` when the server refuses for good.
    """
    failures = 0
    while True:
        parser = EventParser()
        parser.last_id = last_id
        reason = "the server closed it"
        try:
            async with aclosing(_connection(http, path, parser)) as events:
                async for event in events:
                    failures, last_id = 0, parser.last_id
                    yield event
        except httpx.TransportError as error:
            reason = str(error) or type(error).__name__
        except ValueError as error:
            reason = str(error)
        failures += 1
        if failures >= backoff.attempts:
            yield Lost(reason)
        pause = backoff.pause_s(min(failures, 8))
        await asyncio.sleep(max(pause, parser.retry_s or 0.0))


async def _connection(http: httpx.AsyncClient, path: str, parser: EventParser) -> AsyncGenerator[ServerEvent, None]:
    headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
    if parser.last_id:
        headers["Last-Event-ID"] = parser.last_id
    timeout = httpx.Timeout(10.0, read=SILENCE_S)
    async with http.stream("GET", path, headers=headers, timeout=timeout) as response:
        if response.status_code >= 500:
            raise httpx.RemoteProtocolError(f"the server answered {response.status_code}")
        if response.status_code != 200:
            check(response.status_code, await response.aread(), response.headers)
        if not response.headers.get("Content-Type", "").startswith("text/event-stream"):
            raise ClientError("The server sends no live events; check the address.", code="not_understood")
        async for data in response.aiter_raw():
            for event in parser.feed(data):
                yield event
