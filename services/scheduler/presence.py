"""Which workers live, as their heartbeats say: who they are, what they are at and how much they can take on."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
from nats.aio.msg import Msg

from shared.messages import WorkerSeen


class Presence:
    """The workers heard of lately."""

    def __init__(self, gone_after_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._gone_after_s = gone_after_s
        self._clock = clock
        self._seen: dict[str, tuple[float, WorkerSeen]] = {}
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call when a worker came, went busy or got free."""
        self._listeners.append(listener)

    async def hear(self, message: Msg) -> None:
        """Take in a heartbeat."""
        seen = msgspec.json.decode(message.data, type=WorkerSeen)
        known = self._seen.get(seen.worker)
        now = self._clock()
        for name in [name for name, (at, _) in self._seen.items() if at < now - self._gone_after_s]:
            del self._seen[name]
        self._seen[seen.worker] = (now, seen)
        if known is None or known[1].running != seen.running or known[1].slots != seen.slots:
            for listener in self._listeners:
                listener()

    def workers(self) -> list[WorkerSeen]:
        """Everyone alive."""
        horizon = self._clock() - self._gone_after_s
        # A copy, because the thread that serves the metrics asks too.
        return [seen for at, seen in list(self._seen.values()) if at >= horizon]

    def slots(self, service: str = "processor") -> int:
        """How many videos all living workers of a service can have at once."""
        return sum(seen.slots for seen in self.workers() if seen.service == service)
