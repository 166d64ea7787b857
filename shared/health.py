"""Health: what a process needs, asked whether it is there, each in a second at most and all at the same time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from shared.errors import DailiesError

Check = Callable[[], Awaitable[object]]
"""Asks one thing that the process needs for a sign of life, and raises when there is none."""

CHECK_S = 1.0
OK = "ok"


async def look(checks: Mapping[str, Check], within_s: float = CHECK_S) -> dict[str, str]:
    """Each check by its name with `ok`, or what is wrong."""
    said = await asyncio.gather(*(_ask(check, within_s) for check in checks.values()))
    return dict(zip(checks, said, strict=True))


async def _ask(check: Check, within_s: float) -> str:
    try:
        async with asyncio.timeout(within_s):
            await check()
    except TimeoutError:
        return f"no answer within {within_s:g} s"
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
