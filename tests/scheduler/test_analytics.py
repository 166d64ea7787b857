"""Sums of each day: each video and batch is in them once, as it ended last, and they agree with the rows."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.scheduler import analytics, answers, events, handlers
from services.scheduler.migrations import scheduler_0007_insight, scheduler_0008_lists
from services.scheduler.rollups import COUNTS, whole_months
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchJobs, DailyTallies
from shared.batches import BatchSettings
from shared.errors import Conflict, Invalid
from shared.insight import Analytics, Tally
from shared.messages import CancelBatch, GetAnalytics, RetryFailed
from tests.scheduler.test_answers import USER, claimed, creation, dispatched, failure, processed, ready


async def asked(at: Scheduler, *, everybody: bool = False) -> Analytics:
    """The analytics of the last two days: midnight may pass while a test runs."""
    today = (await BatchJobs.now()).date()
    query = GetAnalytics(user_id=None if everybody else USER, since=today - timedelta(days=1), until=today)
    return await analytics.get_analytics(query, at)


async def fill(statements: str) -> None:
    """Write down sums as the migrations do."""
    for statement in statements.split(";\n"):
        if statement.strip():
            await BatchJobs.raw(statement)


async def sums() -> tuple[list[Any], ...]:
    """Everything that is booked."""
    totals = await BatchJobs.raw(
        f"select owner, day, {', '.join(f'round({name}::numeric, 3) as {name}' for name in COUNTS)}"
        " from daily_totals order by owner, day"
    )
    tallies = await BatchJobs.raw("select * from daily_tallies where number > 0 order by owner, day, kind, name")
    months = await BatchJobs.raw("select * from monthly_tallies where number > 0 order by owner, month, kind, name")
    return totals, tallies, months


async def test_a_period_is_told_by_what_ended_in_it(scheduler: Scheduler) -> None:
    await ready(scheduler, 3, settings=BatchSettings(remove_silence=True))
    one, two, _ = await dispatched(scheduler, slots=3)
    await handlers.video_processed(processed(one, await claimed(one, scheduler)), scheduler)
    await handlers.video_failed(failure(two, await claimed(two, scheduler), permanent=True), scheduler)
    told = await asked(scheduler)
    assert (told.totals.videos_completed, told.totals.videos_failed, told.totals.batches_completed) == (1, 1, 0)
    assert (told.totals.source_s, told.totals.saved_s, told.success_rate) == (60, 18, 0.5)
    assert told.speed is not None and told.speed > 1 and told.average_wait_s is not None
    assert told.failures == (Tally(name="x", count=1),) and told.average_batch_s is None
    assert await asked(scheduler, everybody=True) == told


async def test_a_retried_video_and_its_batch_count_by_their_last_end(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 1)
    (first,) = await dispatched(scheduler)
    await handlers.video_failed(failure(first, await claimed(first, scheduler), permanent=True), scheduler)
    assert (await asked(scheduler)).totals.batches_failed == 1
    retry = RetryFailed(request_id=uuid4(), user_id=USER, batch_id=request.batch_id)
    await answers.retry_failed(retry, scheduler)
    nothing = await asked(scheduler)
    assert (nothing.totals.videos_failed, nothing.totals.batches_failed, nothing.failures) == (0, 0, ())
    (second,) = await dispatched(scheduler)
    done = processed(second, await claimed(second, scheduler))
    await handlers.video_processed(done, scheduler)
    await handlers.video_processed(done, scheduler)
    told = await asked(scheduler)
    assert (told.totals.videos_completed, told.totals.videos_failed, told.success_rate) == (1, 0, 1)
    assert (told.totals.batches_completed, told.totals.batches_failed) == (1, 0)
    assert {tally.name: tally.count for tally in told.settings} == {
        "remove_silence": 1,
        "export_format=mp4": 1,
        "export_quality=1080p": 1,
    }


async def test_the_sums_are_those_of_the_rows_whatever_happened_at_the_same_time(scheduler: Scheduler) -> None:
    settings = BatchSettings(transcribe=True, detect_highlights=True)
    requests = [
        await ready(scheduler, 2, user_id=user, settings=settings) for user in (USER, USER, uuid4()) for _ in range(2)
    ]
    commands = await dispatched(scheduler, slots=10)

    async def end(number: int) -> None:
        command = commands[number]
        token = await claimed(command, scheduler)
        if number % 3:
            await handlers.video_processed(processed(command, token), scheduler)
        else:
            await handlers.video_failed(failure(command, token, permanent=True), scheduler)

    await asyncio.gather(*(end(number) for number in range(len(commands))))
    await answers.create_batch(never := creation(1), scheduler)
    for request in (*requests, never):
        cancel = CancelBatch(request_id=uuid4(), user_id=request.user_id, batch_id=request.batch_id)
        with contextlib.suppress(Conflict):
            await answers.cancel_batch(cancel, scheduler)
    await scheduler.change(never.batch_id, events.Delete())
    booked = await sums()
    await BatchJobs.raw("truncate daily_totals, daily_tallies, monthly_tallies")
    await fill(scheduler_0007_insight.FILL + scheduler_0008_lists.FILL)
    assert await sums() == booked
    assert len(commands) > 5 and booked[0]


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        (date(2026, 1, 1), date(2026, 1, 31), date(2026, 1, 1), date(2026, 2, 1)),
        (date(2025, 12, 2), date(2026, 3, 30), date(2026, 1, 1), date(2026, 3, 1)),
        (date(2026, 1, 31), date(2026, 2, 28), date(2026, 2, 1), date(2026, 3, 1)),
        (date(2026, 1, 2), date(2026, 2, 27), date(2026, 2, 28), date(2026, 2, 28)),
        (date(2026, 5, 5), date(2026, 5, 5), date(2026, 5, 6), date(2026, 5, 6)),
    ],
)
async def test_a_long_period_is_told_by_its_months_as_its_days_would(
    scheduler: Scheduler, since: date, until: date, first: date, last: date
) -> None:
    assert whole_months(since, until) == (first, last)
    await BatchJobs.raw(
        "insert into daily_tallies select {}, day::date, 'setting', 'x', 1 + extract(doy from day)::integer"
        " from generate_series('2025-11-15'::date, '2026-06-15', '1 day') day",
        USER,
    )
    await fill(scheduler_0008_lists.FILL)
    days = (since + timedelta(days=number) for number in range((until - since).days + 1))
    expected = sum(1 + day.timetuple().tm_yday for day in days)
    assert await DailyTallies.of([USER], since, until) == [("setting", "x", expected)]


async def test_periods_that_make_no_sense_are_refused(scheduler: Scheduler) -> None:
    for since, until in ((date(2026, 2, 1), date(2026, 1, 31)), (date(2020, 1, 1), date(2026, 1, 1))):
        with pytest.raises(Invalid, match="period"):
            await analytics.get_analytics(GetAnalytics(user_id=USER, since=since, until=until), scheduler)
