"""Health: what a process needs, asked whether it is there, each in a second at most and all at the same time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from shared.errors import DailiesError

Check = Callable[[], Awaitable[object]]
"""Asks one thing that the process needs for a sign of life, and raises when there is none."""

CHECK_S = 1.0
GIVE_UP_S = 10.0
"""A check that has no answer after this is begun anew: what it waits for may be lost."""
OK = "ok"


class Checks:
    """What a process needs. Whoever asks waits a second at most; a check that hangs is not begun a second time."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self._asked: dict[str, asyncio.Task[str]] = {}

    def add(self, **checks: Check) -> None:
        """Ask these too, each by its name."""
        self._checks.update(checks)

    async def look(self, within_s: float = CHECK_S) -> dict[str, str]:
        """Each check by its name with `ok`, or what is wrong."""
        for name, check in self._checks.items():
            if name not in self._asked or self._asked[name].done():
                self._asked[name] = asyncio.create_task(_ask(check))
        if self._asked:
            # Not cancelled: in the middle of an answer some libraries take that badly.
            await asyncio.wait(self._asked.values(), timeout=within_s)
        return {
            name: task.result() if task.done() else f"no answer within {within_s:g} s"
            for name, task in self._asked.items()
        }


async def _ask(check: Check) -> str:
    try:
        async with asyncio.timeout(GIVE_UP_S):
            await check()
    except TimeoutError:
        return "no answer"
    except DailiesError as error:
        return str(error)
    except Exception as error:
        # What a library says may name more than everybody should read.
        return type(error).__name__
    return OK


class Pulse:
    """Whether an event loop still turns: liveness depends on nothing else, and on no other process."""

    def __init__(self, every_s: float = 1.0, gone_after_s: float = 60.0) -> None:
        self.every_s = every_s
        self.gone_after_s = gone_after_s
        self._beat = time.monotonic()

    async def beat_for_ever(self) -> None:
        """Run on the loop that is watched."""
        while True:
            self._beat = time.monotonic()
            await asyncio.sleep(self.every_s)

    @property
    def beats(self) -> bool:
        """Whether the loop has turned lately; may be asked from any thread."""
        return time.monotonic() - self._beat < self.gone_after_s
