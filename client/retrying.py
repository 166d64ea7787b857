"""When something is tried again, and how long to wait before."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
from msgspec import Struct

from client.errors import Refused, Unreachable

T = TypeVar("T")

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that may be different in a moment."""
LONGEST_REQUESTED_WAIT_S = 30.0
"""A server that asks for more patience than this is told about instead."""


class Backoff(Struct, frozen=True, kw_only=True):
    """So many attempts in all, with pauses that grow by a factor between them. Times are in seconds."""

    attempts: int = 3
    first_s: float = 1.0
    factor: float = 3.0
    longest_s: float = 30.0

    def pause_s(self, failures: int, luck: float | None = None) -> float:
        """The pause after so many failures (1, 2, …).

        `luck` from 0 to 1, random by default, spreads those who failed at the same moment.
        """
        whole = min(self.longest_s, self.first_s * self.factor ** (failures - 1))
        spread = random.random() if luck is None else luck
        return whole * (0.5 + spread / 2)


def passing(error: Exception) -> bool:
    """Whether the same may work in a moment: the connection broke, or the server said that it is busy."""
    if isinstance(error, Refused):
        patient = error.retry_after_s is None or error.retry_after_s <= LONGEST_REQUESTED_WAIT_S
        return error.problem.status in PASSING and patient
    return isinstance(error, httpx.TransportError)


def unheard(error: Exception) -> bool:
    """Whether the question surely never arrived, so that even one that must not be asked twice can be asked again."""
    return isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)


async def persist(
    action: Callable[[], Awaitable[T]],
    backoff: Backoff,
    *,
    worth_it: Callable[[Exception], bool] = passing,
    failed: Callable[[Exception], None] | None = None,
) -> T:
    """Do something until it works, at most `backoff.attempts` times; the last error is raised.

    `failed` hears of every failure that is followed by another attempt.
    """
    failures = 0
    while True:
        try:
            return await action()
        except Exception as error:
            failures += 1
            if failures >= backoff.attempts or not worth_it(error):
                raise
            if failed is not None:
                failed(error)
            pause = backoff.pause_s(failures)
            asked = error.retry_after_s if isinstance(error, Refused) else None
            await asyncio.sleep(max(pause, asked or 0.0))


def broken(error: httpx.HTTPError, address: str) -> Unreachable:
    """What a failed connection means to people."""
    if unheard(error):
        return Unreachable(f"Nobody answers at {address}; check the address, and that Dailies runs there.")
    if isinstance(error, httpx.TimeoutException):
        return Unreachable(f"{address} takes too long to answer; try again in a moment.")
    return Unreachable(f"The connection to {address} broke; try again in a moment.")
