"""Faults: what is struck, how, and for how long."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator

from msgspec import Struct

from stack.local import LocalStack

SERVERS = ("rabbitmq", "nats", "postgres")
PROCESSORS = ("processor.worker.1", "processor.worker.2")
PROCESSES = (
    "scheduler.app",
    "scheduler.worker",
    "uploader.app",
    "uploader.worker",
    "gateway.app",
    "exporter.worker",
)
READY_S = 120.0
"""The machine may be busy, and RabbitMQ takes its time."""


class Fault(Struct, frozen=True, kw_only=True):
    """A blow: `kill` (SIGKILL), `freeze` (SIGSTOP and later SIGCONT), or `lose` (SIGKILL, and NATS has lost its disk)."""

    how: str
    target: str
    before_s: float
    """How long after the last one."""
    lasts_s: float
    """How long it is dead, before it is started again, or frozen."""

    def __str__(self) -> str:
        """For people."""
        return f"{self.how} {self.target} for {self.lasts_s:.1f} s"


DECK: tuple[tuple[str, str], ...] = (
    *(("kill", name) for name in PROCESSORS * 2),
    *(("freeze", name) for name in PROCESSORS),
    *(("kill", name) for name in (*PROCESSES, *SERVERS)),
    ("freeze", "scheduler.app"),
    ("freeze", "scheduler.worker"),
    ("freeze", "exporter.worker"),
    ("freeze", "uploader.worker"),
    ("lose", "nats"),
)
"""What a campaign draws from, over and over; processors, whose work takes longest, most often."""
SAMPLE: tuple[tuple[str, str], ...] = (
    ("freeze", PROCESSORS[0]),
    ("kill", PROCESSORS[1]),
    ("kill", "scheduler.app"),
    ("kill", "postgres"),
    ("lose", "nats"),
    ("kill", "rabbitmq"),
)
"""One of each kind that has its own way of going wrong."""


def drawn(deck: tuple[tuple[str, str], ...], count: int, lease_s: float, luck: random.Random) -> Iterator[Fault]:
    """So many faults: the deck in a random order, then again in another one."""
    cards: list[tuple[str, str]] = []
    for _ in range(count):
        if not cards:
            cards = list(deck)
            luck.shuffle(cards)
        how, target = cards.pop()
        lasts_s = luck.uniform(0.0, 2.0)
        if how == "freeze":
            # Of a processor there is another one, which has to take over; of the rest there is just this one.
            lasts_s = lease_s + luck.uniform(2.0, 6.0) if target in PROCESSORS else luck.uniform(2.0, 10.0)
        yield Fault(how=how, target=target, before_s=luck.uniform(0.2, 3.0), lasts_s=lasts_s)


def strike(fault: Fault, stack: LocalStack) -> float:
    """Strike, and come back when everything runs again; returns for how many seconds the target was away."""
    began = time.monotonic()
    if fault.how == "freeze":
        stack.freeze(fault.target)
        time.sleep(fault.lasts_s)
        stack.thaw(fault.target)
        return time.monotonic() - began
    stack.kill(fault.target)
    if fault.how == "lose":
        shutil.rmtree(stack.folder / "nats" / "streams")
    time.sleep(fault.lasts_s)
    stack.start(fault.target, timeout_s=READY_S)
    return time.monotonic() - began
