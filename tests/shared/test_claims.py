"""A run is claimed, kept, and stopped by whoever may stop it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from shared.bus import Bus
from shared.claims import RunStopped, claimed
from stack.local import LocalStack
from tests.claims_desk import ClaimsDesk

WORK = UUID(int=7)


@pytest.fixture(scope="session")
def nats_url(servers: LocalStack) -> str:
    return servers.environment("exporter.worker")["DAILIES_NATS_URL"]


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    bus = await Bus.connect(nats_url, "worker")
    yield bus
    await bus.close()


@pytest.fixture
async def desk(nats_url: str) -> AsyncIterator[ClaimsDesk]:
    bus = await Bus.connect(nats_url, "desk")
    desk = ClaimsDesk(bus)
    await desk.open()
    yield desk
    # Silent answers wait for ever; there is nothing to drain.
    await bus.client.close()


async def for_ever(ended: list[str]) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        ended.append("cleaned up")


async def test_a_granted_run_has_the_token_and_ends_quietly(bus: Bus, desk: ClaimsDesk) -> None:
    async with claimed(bus, WORK, 3, "w1") as run:
        assert run.token == desk.tokens[0]
    assert [(claim.work_id, claim.attempt, claim.worker) for claim in desk.claims] == [(WORK, 3, "w1")]
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]


@pytest.mark.parametrize("verdict", ["cancelled", "superseded", "done"])
async def test_a_refused_claim_never_reaches_the_body(bus: Bus, desk: ClaimsDesk, verdict: str) -> None:
    desk.refusal = verdict
    with pytest.raises(RunStopped) as stop:
        async with claimed(bus, WORK, 1, "w1"):
            pytest.fail("the body ran")
    assert stop.value.verdict == verdict


async def test_a_stop_that_is_told_ends_the_body_within_a_second(bus: Bus, desk: ClaimsDesk) -> None:
    desk.lease_s = 3600
    ended: list[str] = []
    with pytest.raises(RunStopped) as stop:
        async with claimed(bus, WORK, 1, "w1") as run:
            told_at = time.monotonic()
            await desk.stop(run.token)
            await for_ever(ended)
    assert stop.value.verdict == "cancelled"
    assert ended == ["cleaned up"]
    assert time.monotonic() - told_at < 1


async def test_a_stop_that_nobody_told_is_found_at_the_next_renewal(bus: Bus, desk: ClaimsDesk) -> None:
    with pytest.raises(RunStopped) as stop:
        async with claimed(bus, WORK, 1, "w1"):
            desk.tokens.append(uuid4())
            await for_ever([])
    assert stop.value.verdict == "superseded"


async def test_no_answer_to_a_renewal_is_not_a_stop(bus: Bus, desk: ClaimsDesk) -> None:
    desk.silent = True
    async with claimed(bus, WORK, 1, "w1"):
        while len(desk.renewals) < 3:
            desk.renewed.clear()
            await asyncio.wait_for(desk.renewed.wait(), 10)


async def test_the_claim_waits_for_a_scheduler_that_is_away(bus: Bus, nats_url: str) -> None:
    async def work() -> UUID:
        async with claimed(bus, WORK, 1, "w1") as run:
            return run.token

    waiting = asyncio.create_task(work())
    other = await Bus.connect(nats_url, "desk")
    desk = ClaimsDesk(other)
    await desk.open()
    assert await asyncio.wait_for(waiting, 10) == desk.tokens[0]
    await other.close()


async def test_a_cancellation_from_elsewhere_is_not_taken_for_a_stop(bus: Bus, desk: ClaimsDesk) -> None:
    ended: list[str] = []
    begun = asyncio.Event()

    async def work() -> None:
        async with claimed(bus, WORK, 1, "w1"):
            begun.set()
            await for_ever(ended)

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == ["cleaned up"]


async def test_an_error_of_the_body_passes_through(bus: Bus, desk: ClaimsDesk) -> None:
    with pytest.raises(ZeroDivisionError):
        async with claimed(bus, WORK, 1, "w1"):
            raise ZeroDivisionError


async def test_a_stop_wins_over_the_error_that_it_caused(bus: Bus, desk: ClaimsDesk) -> None:
    with pytest.raises(RunStopped):
        async with claimed(bus, WORK, 1, "w1") as run:
            await desk.stop(run.token)
            try:
                await asyncio.Event().wait()
            finally:
                raise OSError("the child was killed")
    await asyncio.sleep(0)
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]


async def test_a_body_that_ends_in_the_moment_of_its_stop_leaves_no_cancellation_behind(
    bus: Bus, desk: ClaimsDesk
) -> None:
    desk.lease_s = 3600
    with pytest.raises(RunStopped):
        async with claimed(bus, WORK, 1, "w1") as run:
            await desk.stop(run.token)
            # The body catches its own cancellation and ends well, as a body does that was about to end anyway.
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                pass
    await asyncio.sleep(0)
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]
