"""Readiness is told in a second whatever hangs, and liveness is the event loop's alone."""

from __future__ import annotations

import asyncio
import time

from shared.errors import Unavailable
from shared.health import Checks, Pulse
from shared.running import Lifetime


async def test_what_hangs_is_named_in_time_and_not_asked_twice_at_once() -> None:
    begun: list[float] = []
    answer = asyncio.Event()

    async def hangs() -> None:
        begun.append(time.monotonic())
        await answer.wait()

    async def refuses() -> None:
        raise Unavailable("It is away.")

    async def breaks() -> None:
        raise RuntimeError("password=secret")

    async def well() -> None:
        pass

    checks = Checks()
    checks.add(hangs=hangs, refuses=refuses, breaks=breaks, well=well)
    before = time.monotonic()
    first, second = await asyncio.gather(checks.look(0.1), checks.look(0.1))
    assert time.monotonic() - before < 1
    assert (
        first
        == second
        == {
            "hangs": "no answer within 0.1 s",
            "refuses": "It is away.",
            "breaks": "RuntimeError",
            "well": "ok",
        }
    )
    assert len(begun) == 1
    answer.set()
    assert (await checks.look())["hangs"] == "ok"


async def test_a_process_is_ready_from_when_it_says_so_until_it_is_told_to_end() -> None:
    lifetime = Lifetime("test")

    async def well() -> None:
        pass

    assert await lifetime.look() == {"process": "it is starting"}
    lifetime.ready(database=well)
    assert await lifetime.look() == {"process": "ok", "database": "ok"}
    lifetime.stopping.set()
    assert await lifetime.look() == {"process": "it is ending"}


async def test_a_loop_that_stands_still_is_not_alive() -> None:
    pulse = Pulse(every_s=0.01, gone_after_s=0.3)

    def alive() -> bool:
        return pulse.beats

    beating = asyncio.create_task(pulse.beat_for_ever())
    await asyncio.sleep(0)
    assert alive()
    deadline = time.monotonic() + 0.5
    while time.monotonic() < deadline:
        pass
    assert not alive(), "nothing else ran meanwhile"
    await asyncio.sleep(0.05)
    assert alive()
    beating.cancel()
