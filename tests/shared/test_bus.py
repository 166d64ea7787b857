"""Questions and updates over a real NATS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from shared.bus import Bus, answers
from shared.errors import Conflict, DailiesError, RateLimited, Unavailable
from shared.media import Stage
from shared.messages import GetBatch, PauseBatch, Renewal, RenewLease, ResumeBatch, VideoProgressed
from shared.streams import follow
from stack.local import LocalStack
from tests.scheduler.states import NOW


@pytest.fixture
async def bus(servers: LocalStack) -> AsyncIterator[Bus]:
    """A connection."""
    connected = await Bus.connect(servers.environment("scheduler")["DAILIES_NATS_URL"], "test")
    yield connected
    await connected.close()


@answers(RenewLease)
async def slow_or_quick(query: RenewLease, at: dict[str, Any]) -> Renewal:
    """Answers at once, or when the test lets it."""
    if query.stage is Stage.EXPORTING:
        await at["gate"].wait()
    return Renewal(verdict=at["verdict"])


@answers(PauseBatch)
async def refuse(request: PauseBatch, at: Any) -> Any:
    """Refuses."""
    raise Conflict("This batch is over.")


@answers(ResumeBatch)
async def limit(request: ResumeBatch, at: Any) -> Any:
    """Too often."""
    raise RateLimited("Wait a little.", retry_after_s=7)


@answers(GetBatch)
async def break_down(query: GetBatch, at: Any) -> Any:
    """Has a bug."""
    raise RuntimeError("secret detail")


async def test_a_slow_answer_does_not_hold_up_a_quick_one(bus: Bus) -> None:
    at: dict[str, Any] = {"gate": asyncio.Event(), "verdict": "go_on"}
    await bus.serve([slow_or_quick], at)
    slow = asyncio.create_task(bus.ask(RenewLease(work_id=uuid4(), run_token=uuid4(), stage=Stage.EXPORTING)))
    quick = await bus.ask(RenewLease(work_id=uuid4(), run_token=uuid4()))
    assert quick == Renewal(verdict="go_on") and not slow.done()
    at["gate"].set()
    assert await slow == quick


async def test_an_error_arrives_as_it_was_raised(bus: Bus) -> None:
    await bus.serve([refuse, limit], None)
    with pytest.raises(Conflict, match=r"^This batch is over\.$"):
        await bus.ask(PauseBatch(request_id=uuid4(), user_id=uuid4(), batch_id=uuid4()))
    with pytest.raises(RateLimited) as caught:
        await bus.ask(ResumeBatch(request_id=uuid4(), user_id=uuid4(), batch_id=uuid4()))
    assert caught.value.retry_after_s == 7


async def test_a_bug_is_told_by_number_and_never_in_detail(bus: Bus) -> None:
    await bus.serve([break_down], None)
    with pytest.raises(DailiesError) as caught:
        await bus.ask(GetBatch(user_id=uuid4(), batch_id=uuid4()))
    assert caught.value.code == "internal" and "secret" not in str(caught.value)


async def test_a_question_nobody_answers_is_unavailable(bus: Bus) -> None:
    with pytest.raises(Unavailable, match="scheduler does not answer"):
        await bus.ask(RenewLease(work_id=uuid4(), run_token=uuid4()), timeout_s=0.3)


async def test_a_question_waits_for_a_service_that_is_just_starting(bus: Bus) -> None:
    asked = asyncio.create_task(bus.ask(RenewLease(work_id=uuid4(), run_token=uuid4())))
    await asyncio.sleep(0)
    await bus.serve([slow_or_quick], {"verdict": "go_on"})
    assert (await asked).verdict == "go_on"


async def test_the_live_stream_keeps_the_last_update_of_each_subject(bus: Bus) -> None:
    user, batch, video = uuid4(), uuid4(), uuid4()
    for percent in range(50):
        await bus.publish(progress(user, batch, video, percent))
    await bus.client.flush()
    got: asyncio.Queue[bytes] = asyncio.Queue()

    async def hear(sequence: int, subject: str, data: bytes) -> None:
        if str(batch) in subject:
            await got.put(data)

    following = asyncio.create_task(follow(bus, "LIVE", lambda facts: 0, hear))
    first = await asyncio.wait_for(got.get(), 5)
    assert b'"progress_percentage":49' in first
    await bus.publish(progress(user, batch, video, 77))
    assert b'"progress_percentage":77' in await asyncio.wait_for(got.get(), 5)
    following.cancel()


def progress(user: Any, batch: Any, video: Any, percent: int) -> VideoProgressed:
    """A worker's progress."""
    return VideoProgressed(
        user_id=user,
        batch_id=batch,
        about_id=video,
        revision=percent,
        at=NOW,
        attempt=1,
        run_token=uuid4(),
        stage=Stage.EXPORTING,
        stage_percentage=percent,
        progress_percentage=percent,
    )


async def test_an_unreachable_server_is_named_with_its_setting() -> None:
    with pytest.raises(Unavailable, match="DAILIES_NATS_URL"):
        await Bus.connect("nats://127.0.0.1:1", "test", patience_s=0.5)
