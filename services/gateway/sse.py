"""Server-sent events: what is written to a watcher, and the queue of one that may be slow."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from uuid import UUID

import msgspec
from msgspec import Struct

KEEP_ALIVE = b": still here\n\n"
START = b"retry: 1000\n\n"
"""Milliseconds after which a browser connects again."""


def written(event: Struct, event_id: str | None = None) -> bytes:
    """An event as it is sent (HTML standard, section 9.2), with its type in the data."""
    head = f"id: {event_id}\n".encode() if event_id else b""
    return head + b"data: " + msgspec.json.encode(event) + b"\n\n"


Subject = tuple[UUID, UUID]
"""The batch, and what in it an event is about."""


class Watcher:
    """A client that watches one batch, or everything of a user, and what waits to be sent to it.

    State changes wait in order and are never left out. Of live values only the newest of each kind waits. When more bytes wait
    than the bound allows, the watcher is `lost`: it has to connect again, and gets a snapshot.
    """

    def __init__(self, user_id: UUID, batch_id: UUID | None, most_bytes: int) -> None:
        self.user_id = user_id
        self.batch_id = batch_id
        self.most_bytes = most_bytes
        self.lost = False
        self.unsure = False
        """Whether it may have missed something and needs a snapshot."""
        self._states: deque[tuple[Subject, int, bytes]] = deque()
        self._latest: dict[tuple[Subject, str], bytes] = {}
        self._bytes = 0
        self._news = asyncio.Event()

    def wants(self, batch_id: UUID | None) -> bool:
        """Whether it watches this batch, or with None whether it watches everything of its user."""
        return self.batch_id is None or self.batch_id == batch_id

    def state(self, subject: Subject, revision: int, event: bytes) -> None:
        """Queue a state change. Live values of the same thing that still wait are older: they are left out."""
        if self.lost:
            return
        for key in [key for key in self._latest if key[0] == subject]:
            self._bytes -= len(self._latest.pop(key))
        self._states.append((subject, revision, event))
        self._queued(event)

    def live(self, subject: Subject, kind: str, event: bytes) -> None:
        """Queue a live value in place of an older one of the same thing."""
        if self.lost:
            return
        self._bytes -= len(self._latest.pop((subject, kind), b""))
        self._latest[subject, kind] = event
        self._queued(event)

    def shown(self, revisions: Mapping[Subject, int]) -> None:
        """A snapshot is sent now: what waits and is in it already is left out."""
        self.unsure = False
        self._states = deque(
            (subject, revision, event)
            for subject, revision, event in self._states
            if revision == 0 or revision > revisions.get(subject, -1)
        )
        self._latest.clear()
        self._bytes = sum(len(event) for _, _, event in self._states)

    def doubt(self) -> None:
        """Something may never have been told to us: have a snapshot sent."""
        self.unsure = True
        self._news.set()

    def give_up(self) -> None:
        """Let go of the client; it will connect again."""
        self.lost = True
        self._states.clear()
        self._latest.clear()
        self._news.set()

    async def next(self, patience_s: float) -> bytes:
        """All that waits, or a comment when nothing came for so long; empty when the watcher is lost."""
        try:
            async with asyncio.timeout(patience_s):
                await self._news.wait()
        except TimeoutError:
            return KEEP_ALIVE
        if self.lost:
            return b""
        self._news.clear()
        waiting = b"".join((*(event for _, _, event in self._states), *self._latest.values()))
        self._states.clear()
        self._latest.clear()
        self._bytes = 0
        # Everything that waited may have been in a snapshot; an empty answer would mean the end.
        return waiting or KEEP_ALIVE

    def _queued(self, event: bytes) -> None:
        self._bytes += len(event)
        if self._bytes > self.most_bytes:
            self.give_up()
        self._news.set()
