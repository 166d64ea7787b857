"""Quota: minutes are held at the start, settled at the end, released when nothing came of them; never given out twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace

from services.scheduler import answers, events, handlers
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchJobs, BatchVideos, UsageLedger
from shared.batches import BatchStatus, Tier, VideoStatus
from shared.errors import QuotaExceeded
from shared.messages import CancelBatch, RetryFailed, StartBatch, VideoUploaded
from shared.tiers import Limits
from tests.scheduler.states import FACTS, stored
from tests.scheduler.test_answers import (
    USER,
    claimed,
    creation,
    dispatched,
    failure,
    look,
    processed,
    ready,
    start,
)


async def used(at: Scheduler) -> float:
    """Minutes that count against the month."""
    return await UsageLedger.used_s(USER, await BatchJobs.now()) / 60


def limited(at: Scheduler, **limits: int) -> None:
    """Give the creators' tier other limits."""
    tier: Limits = replace(at.settings.tiers[Tier.CREATOR], **limits)
    at.settings = replace(at.settings, tiers={**at.settings.tiers, Tier.CREATOR: tier})


async def test_minutes_are_held_settled_and_released(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 3)
    assert await used(scheduler) == 3
    (one,) = await dispatched(scheduler)
    await handlers.video_processed(processed(one, await claimed(one, scheduler)), scheduler)
    await handlers.video_processed(processed(one, uuid4()), scheduler)
    (two,) = await dispatched(scheduler)
    await handlers.video_failed(failure(two, await claimed(two, scheduler), permanent=True), scheduler)
    assert await used(scheduler) == 2
    await answers.cancel_batch(CancelBatch(request_id=uuid4(), user_id=USER, batch_id=request.batch_id), scheduler)
    assert await used(scheduler) == 1


async def test_a_retry_holds_anew_and_a_second_try_by_itself_does_not(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 1)
    (one,) = await dispatched(scheduler)
    await handlers.video_failed(failure(one, await claimed(one, scheduler), permanent=False), scheduler)
    assert await used(scheduler) == 1
    await BatchVideos.raw("update batch_videos set next_try_at = now()")
    await scheduler.change(request.batch_id, events.Due())
    (one,) = await dispatched(scheduler)
    await handlers.video_failed(failure(one, await claimed(one, scheduler), permanent=True), scheduler)
    assert await used(scheduler) == 0
    await answers.retry_failed(RetryFailed(request_id=uuid4(), user_id=USER, batch_id=request.batch_id), scheduler)
    assert await used(scheduler) == 1


async def test_a_start_beyond_the_quota_says_what_is_needed_and_what_is_left(scheduler: Scheduler) -> None:
    limited(scheduler, minutes_per_month=3)
    await ready(scheduler, 2)
    with pytest.raises(QuotaExceeded, match=r"needs 2 minutes .* 1 of the 3 of your tier"):
        await ready(scheduler, 2)
    assert await used(scheduler) == 2


async def test_two_starts_at_once_cannot_overdraw(scheduler: Scheduler) -> None:
    limited(scheduler, minutes_per_month=3)
    waiting = [creation(2), creation(2)]
    for request in waiting:
        await answers.create_batch(request, scheduler)
        for video in request.videos:
            await handlers.video_uploaded(
                VideoUploaded(video_id=video.video_id, source=stored(), facts=FACTS), scheduler
            )
    results = await asyncio.gather(*(start(request, scheduler) for request in waiting), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "QuotaExceeded"]
    assert await used(scheduler) == 2


async def test_a_video_that_arrives_after_the_start_and_beyond_the_quota_fails_alone(scheduler: Scheduler) -> None:
    limited(scheduler, minutes_per_month=1)
    request = creation(2)
    await answers.create_batch(request, scheduler)
    arrived = tuple(video.video_id for video in request.videos)
    begin = StartBatch(request_id=uuid4(), user_id=USER, batch_id=request.batch_id, arrived=arrived)
    await answers.start_batch(begin, scheduler)
    for video in request.videos:
        await handlers.video_uploaded(VideoUploaded(video_id=video.video_id, source=stored(), facts=FACTS), scheduler)
    first, second = (await look(request, scheduler)).videos
    assert (first.status, second.status, second.error_code) == (VideoStatus.PENDING, VideoStatus.FAILED, "quota")


async def test_no_more_batches_are_open_than_the_tier_allows(scheduler: Scheduler) -> None:
    limited(scheduler, open_batches=1)
    await ready(scheduler, 1)
    with pytest.raises(QuotaExceeded, match="1 batches at the same time"):
        await ready(scheduler, 1)


async def test_a_batch_that_runs_out_of_its_time_fails_with_what_is_left(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 2)
    await dispatched(scheduler)
    await BatchVideos.raw("update batch_jobs set busy_since = now() - interval '7 hours'")
    (row,) = await BatchJobs.out_of_time(6 * 3600, 1.5)
    assert (row["id"], row["budget_s"]) == (request.batch_id, 6 * 3600)
    await scheduler.change(row["id"], events.OutOfTime(budget=timedelta(seconds=row["budget_s"])))
    details = await look(request, scheduler)
    assert details.batch_job.status is BatchStatus.FAILED and "6.0 hours" in (details.batch_job.error_message or "")
    assert {video.error_code for video in details.videos} == {"out_of_time"}
    assert await used(scheduler) == 0
