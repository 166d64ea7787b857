"""Estimates of the time left: what they learn, what they know of the queue, and that they come true in a played queue."""

from __future__ import annotations

import statistics
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import pytest

from services.scheduler import answers, events
from services.scheduler.outlook import Outlooks
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchVideos
from services.scheduler.tables import outlook as tables
from shared.batches import Tier
from shared.media import Stage
from shared.messages import GetBatch, GetEstimates, ListBatches, PauseBatch, VideoProgressed
from tests.scheduler.fair_play import Play
from tests.scheduler.test_answers import USER, claimed, dispatched, look, ready, workers


async def learn(play: Play) -> None:
    """Have the scheduler measure what the play's workers take: a second for ten of media."""
    user = await play.user(Tier.PRO)
    await play.add(user, [play.random.uniform(60, 3000) for _ in range(12)])
    while await play.fill() or play.runs:
        await play.end_one()
    await BatchVideos.raw(
        "update batch_videos set started_at = completed_at - make_interval(secs => duration_seconds / 10)"
    )


async def test_estimates_come_true_in_a_queue_of_several_users(scheduler: Scheduler) -> None:
    play = Play(scheduler, seed=7, slots=3)
    await learn(play)
    users = [await play.user(tier) for tier in (Tier.FREE, Tier.CREATOR, Tier.PRO)]
    for user in users:
        for _ in range(2):
            await play.add(user, [play.random.uniform(60, 3000) for _ in range(6)])
    await play.fill()
    begun = play.now_s
    expected: dict[UUID, float] = {}
    for user in users:
        ends = await Outlooks(scheduler.presence).of(user)
        now = datetime.now(UTC)
        expected |= {entry: (end - now).total_seconds() for entry, end in ends.videos.items()}
    assert len(expected) == 3 * 12
    off = []
    while play.runs:
        run = await play.end_one()
        # Each user's last few videos run when others have left; those others are known by their usual length only.
        if expected[run.video_id] > 100:
            off.append((expected[run.video_id] - (play.now_s - begun)) / (play.now_s - begun))
        await play.fill()
    assert abs(statistics.median(off)) < 0.15, "neither too hopeful nor too gloomy"
    assert statistics.quantiles([abs(value) for value in off], n=10)[8] < 0.35


async def test_a_batch_says_when_it_and_its_videos_will_be_done(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 3)
    details = await look(request, scheduler)
    assert details.batch_job.estimated_time_remaining is None, "no worker lives"
    await workers(scheduler, 1)
    (command,) = await dispatched(scheduler)
    await claimed(command, scheduler)
    scheduler.outlooks = Outlooks(scheduler.presence)
    details = await look(request, scheduler)
    left = [video.estimated_time_remaining or 0 for video in details.videos]
    assert 0 < left[0] < left[1] < left[2] == details.batch_job.estimated_time_remaining
    assert details.batch_job.estimated_completion_at == details.videos[2].estimated_completion_at
    (job,) = (await answers.list_batches(ListBatches(user_id=USER), scheduler)).batch_jobs
    assert job.estimated_completion_at == details.batch_job.estimated_completion_at
    estimates = await answers.get_estimates(GetEstimates(user_id=USER), scheduler)
    assert estimates.batches[0].completion_at == job.estimated_completion_at
    assert await answers.get_estimates(GetEstimates(user_id=uuid4()), scheduler) == msgspec.structs.replace(
        estimates, batches=()
    )


async def test_live_progress_brings_the_end_nearer_without_touching_the_database(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 1)
    (command,) = await dispatched(scheduler)
    token = await claimed(command, scheduler)
    before = (await look(request, scheduler)).batch_job.estimated_time_remaining or 0
    rows = await BatchVideos.raw("select xmin::text, * from batch_videos")
    for percent in range(100):
        await scheduler.outlooks.hear(_heard(request.batch_id, command.video_id, token, percent))  # type: ignore[arg-type]
    assert await BatchVideos.raw("select xmin::text, * from batch_videos") == rows
    scheduler.outlooks._of.clear()
    assert (await look(request, scheduler)).batch_job.estimated_time_remaining == 1 < before


async def test_another_users_queue_makes_the_wait_longer_and_a_pause_leaves_it_open(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 4)
    await workers(scheduler, 1)
    alone = (await look(request, scheduler)).batch_job.estimated_time_remaining or 0
    await ready(scheduler, 20, user_id=uuid4())
    scheduler.outlooks = Outlooks(scheduler.presence)
    shared = (await look(request, scheduler)).batch_job.estimated_time_remaining or 0
    assert 1.5 * alone < shared < 3 * alone, "every other turn is the other's"
    await answers.pause_batch(PauseBatch(request_id=uuid4(), user_id=USER, batch_id=request.batch_id), scheduler)
    scheduler.outlooks = Outlooks(scheduler.presence)
    paused = await answers.get_batch(GetBatch(user_id=USER, batch_id=request.batch_id), scheduler)
    assert paused.batch_job.estimated_time_remaining is None
    await scheduler.change(request.batch_id, events.Cancel())


async def test_users_who_are_too_far_back_to_be_played_count_together(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = [uuid4() for _ in range(4)]
    for user in users:
        await ready(scheduler, 10, user_id=user)
    await workers(scheduler, 1)

    async def ends() -> list[float]:
        now, outlooks = datetime.now(UTC), Outlooks(scheduler.presence)
        found = [await outlooks.of(user) for user in users]
        return [(max(one.videos.values()) - now).total_seconds() for one in found]

    one_by_one = await ends()
    monkeypatch.setattr(tables, "PLAYED", 1)
    together = await ends()
    for exact, about in zip(one_by_one, together, strict=True):
        assert about == pytest.approx(exact, rel=0.15)


def _heard(batch_id: UUID, video_id: UUID, token: UUID, percent: int) -> object:
    update = VideoProgressed(
        user_id=USER,
        batch_id=batch_id,
        about_id=video_id,
        revision=percent,
        at=datetime.now(UTC),
        attempt=1,
        run_token=token,
        stage=Stage.EXPORTING,
        stage_percentage=percent,
        progress_percentage=percent,
    )

    class Heard:
        data = msgspec.json.encode(update)

    return Heard()
