"""State first, message second: nothing is told that was not committed, nothing committed stays untold."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchVideos
from shared.messages import CancelBatch, DeleteRun, PauseBatch
from shared.views import BatchJob
from tests.scheduler.conftest import migrated, scheduler

__all__ = ["migrated", "scheduler"]


async def waiting() -> int:
    """How many messages wait in the outbox."""
    rows = await BatchVideos.raw("select count(*) as n from outbox")
    count: int = rows[0]["n"]
    return count


async def test_a_change_that_fails_says_nothing(scheduler: Scheduler) -> None:
    told: list[str] = []

    async def tell() -> None:
        told.append("told")

    with pytest.raises(ZeroDivisionError):
        async with scheduler.outbox.change():
            await scheduler.outbox.add(DeleteRun(batch_video_id=uuid4()))
            scheduler.outbox.after_commit(tell)
            raise ZeroDivisionError
    assert await waiting() == 0 and told == []


async def test_what_is_committed_is_told_after_the_commit(scheduler: Scheduler) -> None:
    seen: list[int] = []

    async def look() -> None:
        seen.append(await waiting())

    async with scheduler.outbox.change():
        async with scheduler.outbox.change():
            await scheduler.outbox.add(DeleteRun(batch_video_id=uuid4()))
            scheduler.outbox.after_commit(look)
        assert seen == [], "the inner change is a part of the outer one"
    assert seen == [1]


async def test_messages_of_a_process_that_died_are_sent_by_another(scheduler: Scheduler) -> None:
    async with scheduler.outbox.change():
        await scheduler.outbox.add(DeleteRun(batch_video_id=uuid4()), DeleteRun(batch_video_id=uuid4()))
    assert await scheduler.outbox.send_some() == 2
    assert await waiting() == 0


async def test_a_request_that_arrives_twice_at_once_is_carried_out_once(scheduler: Scheduler) -> None:
    request = PauseBatch(request_id=uuid4(), user_id=uuid4(), batch_id=uuid4())
    carried_out: list[int] = []

    async def make() -> BatchJob:
        carried_out.append(1)
        await asyncio.sleep(0.05)
        return JOB

    answers = await asyncio.gather(scheduler.outbox.once(request, make), scheduler.outbox.once(request, make))
    assert list(answers) == [JOB, JOB] and carried_out == [1]


async def test_a_request_id_gives_nobody_the_answer_to_another(scheduler: Scheduler) -> None:
    asked = PauseBatch(request_id=uuid4(), user_id=uuid4(), batch_id=uuid4())
    by_another = PauseBatch(request_id=asked.request_id, user_id=uuid4(), batch_id=asked.batch_id)
    of_another_kind = CancelBatch(request_id=asked.request_id, user_id=asked.user_id, batch_id=asked.batch_id)
    carried_out: list[int] = []

    async def make() -> BatchJob:
        carried_out.append(1)
        return JOB

    for request in (asked, by_another, of_another_kind):
        await scheduler.outbox.once(request, make)
    assert len(carried_out) == 3


def _job() -> BatchJob:
    from services.scheduler.show import show_batch
    from tests.scheduler.states import batch, video

    return show_batch(batch(video()))


JOB = _job()
