"""A crowd that watches batches over HTTP: raw connections, so that a thousand of them weigh little on the machine."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Sequence
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

PATIENCE_S = 120.0
SMALL_BUFFER = 4096
"""Bytes that the system takes in for a client that does not read."""


class Heard(msgspec.Struct):
    """What the benchmark reads of an event."""

    type: str = ""
    video_id: UUID | None = None
    stage_percentage: int = 0
    revision: int = 0


class Crowd:
    """When each watcher heard each progress and each state, by their numbers. Seconds of one clock."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self.host, self.port = str(address.hostname), int(address.port or 80)
        self.progress: list[tuple[int, float]] = []
        self.states: list[tuple[int, float]] = []
        self._watching = 0
        self._all_watch = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def join(self, watched: Sequence[tuple[UUID, str]]) -> None:
        """Watch these batches, each with the API key of its owner; returns when everyone has a snapshot."""
        self._tasks += [asyncio.create_task(self._watch(batch_id, key)) for batch_id, key in watched]
        everyone = asyncio.create_task(self._all_watch.wait())
        done, _ = await asyncio.wait([everyone, *self._tasks], timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        if everyone not in done:
            everyone.cancel()
            raise RuntimeError(f"Only {self._watching} of {len(self._tasks)} watchers could connect.")

    async def leave(self) -> None:
        """Close all connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stall(self, batch_id: UUID, key: str) -> socket.socket:
        """A client that asks for events and then never reads."""
        client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        client.settimeout(0)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(client, (self.host, self.port))
        await loop.sock_sendall(client, self._request(batch_id, key))
        return client

    async def _watch(self, batch_id: UUID, key: str) -> None:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        counted = False
        try:
            writer.write(self._request(batch_id, key))
            while line := await reader.readline():
                now = time.perf_counter()
                if not line.startswith(b"data: "):
                    continue
                told = msgspec.json.decode(line[6:], type=Heard)
                if told.type == "progress":
                    self.progress.append((told.stage_percentage, now))
                elif told.type == "video":
                    self.states.append((told.revision, now))
                elif told.type == "snapshot" and not counted:
                    counted = True
                    self._watching += 1
                    if self._watching == len(self._tasks):
                        self._all_watch.set()
        finally:
            writer.close()

    def _request(self, batch_id: UUID, key: str) -> bytes:
        return (
            f"GET /api/batch-jobs/{batch_id}/progress HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
            f"Authorization: Bearer {key}\r\nAccept: text/event-stream\r\n\r\n"
        ).encode()
