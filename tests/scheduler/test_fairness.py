"""Who gets how much: simulations that dispatch by the production SQL, see `fair_play`.

Each test draws a fresh seed, and a failure prints it. Many runs make a campaign; see docs/decisions.
"""

from __future__ import annotations

import asyncio
import statistics
from collections import Counter
from datetime import timedelta
from random import Random, SystemRandom
from uuid import UUID, uuid4

import pytest

from services.scheduler import events
from services.scheduler.dispatch import Dispatcher
from services.scheduler.fairness import LEAST_CHARGE_S, charge_s
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchJobs, BatchVideos, QueueClock
from shared.batches import Tier, VideoStatus
from tests.scheduler.fair_play import LEASE, Play, clock_now, counts_agree, hear, jain, tags
from tests.scheduler.states import running, video

MINUTE = 60.0
HOUR = 3600.0


@pytest.fixture
def seed() -> int:
    """A new one each time: not a parameter, because processes that share the tests have to agree on their names."""
    drawn = SystemRandom().randrange(10**6)
    print(f"seed {drawn}")
    return drawn


def lengths(random: Random, count: int) -> list[float]:
    """Shorts, episodes and films."""
    return [random.choice((1, 5, 10, 20, 30, 60)) * MINUTE * random.uniform(0.9, 1.1) for _ in range(count)]


async def test_backlogged_users_share_alike_whatever_they_cancel_pause_and_retry(
    seed: int, scheduler: Scheduler
) -> None:
    play = Play(scheduler, seed, slots=4, faults=True)
    users = [await play.user(tier) for tier in (Tier.FREE, Tier.FREE, Tier.FREE, Tier.CREATOR, Tier.CREATOR, Tier.PRO)]
    visitor = await play.user(Tier.PRO)
    batches: dict[UUID, list[UUID]] = {user: [] for user in users}
    for user in users:
        for _ in range(2):
            batches[user].append(await play.add(user, lengths(play.random, 10), play.random.randrange(3, 9)))
    disturbances = Counter[str]()
    while min(play.count(user) for user in users) < 20:
        await play.fill()
        await play.end_one()
        for user in users:
            # Everybody always has something in the queue: that is what backlogged means.
            if (await BatchVideos.raw("select count(*) as n from batch_videos where user_id = {} and queued", user))[0][
                "n"
            ] < 8:
                batches[user].append(await play.add(user, lengths(play.random, 15), play.random.randrange(3, 9)))
        if play.random.random() < 0.15:
            user = play.random.choice(users)
            disturbances[await disturb(play, user, batches[user], visitor)] += 1
    served = play.served(users)
    assert jain(served.values()) > 0.99, (served, disturbances)
    assert await counts_agree()


async def disturb(play: Play, user: UUID, batches: list[UUID], visitor: UUID) -> str:
    """What people do in between; the user's newest batch stays as it is, so that the user stays in the queue."""
    old = play.random.choice(batches[:-1])
    state = await BatchJobs.load(old)
    assert state is not None
    kind = play.random.choice(("pause", "resume", "cancel", "retry", "visit"))
    match kind:
        case "visit":
            await play.add(visitor, lengths(play.random, 2))
        case "pause" if state.status == "processing":
            await play.step(old, events.Pause())
        case "resume" if state.status == "paused":
            await play.step(old, events.Resume())
        case "cancel" if not state.over:
            play.drop(old)
            await play.step(old, events.Cancel())
        case "retry" if state.count(VideoStatus.FAILED) and state.status != "cancelled":
            await play.step(old, events.Retry())
        case _:
            return "nothing"
    return kind


async def test_tiers_get_what_their_weights_say(seed: int, scheduler: Scheduler) -> None:
    play = Play(scheduler, seed, slots=3, faults=True)
    users = [await play.user(tier) for tier in (Tier.FREE, Tier.CREATOR, Tier.PRO)]
    for user in users:
        for _ in range(int(7 * play.weights[user])):
            await play.add(user, [play.random.uniform(5, 10) * MINUTE for _ in range(10)])
    while min(play.count(user) for user in users) < 50:
        await play.fill()
        await play.end_one()
    served = play.served(users)
    shares = [value / statistics.mean(served.values()) for value in served.values()]
    assert all(0.98 < share < 1.02 for share in shares), shares


@pytest.mark.parametrize("slots", [1, 3])
async def test_fifty_long_videos_do_not_delay_a_short_one_of_somebody_else(
    seed: int, slots: int, scheduler: Scheduler
) -> None:
    play = Play(scheduler, seed, slots)
    greedy, modest = await play.user(Tier.PRO), await play.user(Tier.FREE)
    await play.add(greedy, [2 * HOUR] * 50, priority=8)
    await play.fill()
    for _ in range(play.random.randrange(1, 8)):
        await play.end_one()
        await play.fill()
    await play.add(modest, [5 * MINUTE], priority=0)
    turns = len(play.turns)
    arrived_s = play.now_s
    await play.end_one()
    await play.fill()
    (turn,) = play.turns[turns:]
    assert turn.user == modest, "the very first slot that gets free is for the other user"
    assert turn.at_s - arrived_s <= 2 * HOUR / 10 * 1.2


async def test_nobody_starves_beside_many_who_never_stop(seed: int, scheduler: Scheduler) -> None:
    play = Play(scheduler, seed, slots=2)
    small = await play.user(Tier.FREE)
    await play.add(small, [10 * MINUTE] * 3)
    for _ in range(3):
        await play.add(await play.user(Tier.PRO), [10 * MINUTE] * 25)
    passed = 0
    for _ in range(60):
        await play.fill()
        await play.end_one()
        # Others keep coming, and each starts where everybody is.
        if play.random.random() < 0.1:
            await play.add(await play.user(Tier.PRO), [10 * MINUTE] * 2)
    longest = 0
    for turn in play.turns:
        passed = 0 if turn.user == small else passed + 1
        longest = max(longest, passed) if play.count(small) else longest
    assert play.count(small) >= 2
    assert longest <= 4 * (len(play.weights) + 1), "between two of one's own nobody gets more than the weights say"


async def test_who_was_idle_starts_where_everybody_is(scheduler: Scheduler) -> None:
    play = Play(scheduler, 1, slots=1)
    absent, busy = await play.user(), await play.user()
    await play.add(absent, [MINUTE])
    await play.fill()
    await play.end_one()
    await play.add(busy, [HOUR] * 8)
    for _ in range(5):
        await play.fill()
        await play.end_one()
    clock = await clock_now()
    assert clock == 4 * HOUR and (await tags())[absent][0] == MINUTE
    await play.add(absent, [HOUR] * 8)
    assert (await tags())[absent][0] == clock
    since = len(play.turns)
    for _ in range(6):
        await play.fill()
        await play.end_one()
    assert Counter(turn.user for turn in play.turns[since:]) == {absent: 3, busy: 3}


async def test_a_pause_hoards_no_credit_even_while_the_last_video_runs_on(scheduler: Scheduler) -> None:
    play = Play(scheduler, 1, slots=2)
    sly, busy = await play.user(weight=100.0, concurrency=2), await play.user(concurrency=1)
    paused = await play.add(sly, [24 * HOUR, HOUR, HOUR])
    await play.add(busy, [HOUR] * 9)
    await play.fill()
    await play.step(paused, events.Pause())
    for _ in range(5):
        await play.end_one()
        await play.fill()
    assert Counter(run.batch_id for run in play.runs)[paused] == 1, "its first video still runs"
    clock = await clock_now()
    await play.step(paused, events.Resume())
    assert (await tags())[sly][0] == clock > 3 * HOUR


async def test_who_is_held_up_by_the_own_limit_hoards_no_credit(scheduler: Scheduler) -> None:
    play = Play(scheduler, 1, slots=2)
    limited, other = await play.user(weight=10.0, concurrency=1), await play.user(weight=1.0, concurrency=2)
    await play.add(limited, [HOUR] * 12)
    await play.add(other, [HOUR] * 12)
    for _ in range(16):
        await play.fill()
        await play.end_one()
    await play.fill()
    # Of two slots it could only have one: by weight it is owed far more, and must not be paid when others come.
    assert (await tags())[limited][0] >= await clock_now() - HOUR


async def test_a_lost_lease_is_free_a_try_that_failed_is_not(scheduler: Scheduler) -> None:
    play = Play(scheduler, 1, slots=1)
    user = await play.user()
    await play.add(user, [HOUR])
    expected = HOUR
    for number in range(4):
        await play.fill()
        assert (await tags())[user][0] == expected
        run = play.runs.pop()
        if number % 2 == 0:
            await play.step(run.batch_id, events.LeaseLost(id=run.video_id, run_token=run.token))
        else:
            await play.step(run.batch_id, failure(run.video_id, run.token))
            await play.step(run.batch_id, events.Due())
            expected += HOUR


async def test_what_no_worker_had_is_refunded_but_never_below_the_clock(scheduler: Scheduler) -> None:
    play = Play(scheduler, 1, slots=1)
    user, other = await play.user(), await play.user(weight=4.0)
    await hear(scheduler, 1)
    unwanted = await play.add(user, [HOUR])
    assert await scheduler.dispatcher.dispatch_one()
    assert (await tags())[user][0] == HOUR
    await play.step(unwanted, events.Cancel())
    assert (await tags())[user][0] == 0.0
    unwanted = await play.add(other, [HOUR])
    assert await scheduler.dispatcher.dispatch_one()
    await QueueClock.raw("update queue_clock set virtual_time = {}", 800.0)
    await play.step(unwanted, events.Cancel())
    assert (await tags())[other][0] == 800.0
    begun = await play.add(user, [HOUR])
    await play.fill()
    await play.step(begun, events.Cancel())
    assert (await tags())[user][0] == 800.0 + HOUR, "what a worker began is paid"


def test_a_dispatch_is_charged_by_length_and_even_an_empty_video_takes_a_turn() -> None:
    before, after = video(seconds=90.0), running()
    assert charge_s(before, after) == after.duration_seconds
    assert charge_s(video(seconds=0.0), running()) >= LEAST_CHARGE_S
    assert charge_s(after, after) == 0.0


async def test_a_lower_priority_holds_for_what_waits_already(scheduler: Scheduler) -> None:
    play = Play(scheduler, 1, slots=1)
    user = await play.user()
    first, second = await play.add(user, [MINUTE] * 2), await play.add(user, [MINUTE] * 2)
    await play.step(first, events.Edit(priority=1))
    await play.fill()
    assert play.runs[0].batch_id == second


async def test_several_dispatchers_at_once_dispatch_each_video_once_and_no_more_than_slots(
    scheduler: Scheduler,
) -> None:
    play = Play(scheduler, 1, slots=7)
    for _ in range(6):
        await play.add(await play.user(Tier.PRO), [MINUTE] * 10)
    await hear(scheduler, 7)
    # Each uses connections of its own, as processes do.
    several = [Dispatcher(scheduler.outbox, scheduler.presence, scheduler.bus) for _ in range(5)]
    for _ in range(4):
        await asyncio.gather(*(until_full(dispatcher) for dispatcher in several))
        rows = await BatchVideos.raw("select * from batch_videos where status = 'processing'")
        assert len(rows) == 7
        for row in rows:
            token = uuid4()
            await play.step(row["batch_job_id"], events.Claimed(id=row["id"], run_token=token, worker="w", lease=LEASE))
            await play.step(row["batch_job_id"], failure(row["id"], token, permanent=True))
    sent = await BatchVideos.raw("select message ->> 'batch_video_id' as id from outbox where kind = 'ProcessVideo'")
    assert len(sent) == len({row["id"] for row in sent}) == 28
    assert await counts_agree()


async def until_full(dispatcher: Dispatcher) -> None:
    """Dispatch as the loop does."""
    while await dispatcher.dispatch_one():
        pass


def failure(video_id: UUID, token: UUID, *, permanent: bool = False) -> events.Failed:
    """A run's failure, to be tried again at once."""
    return events.Failed(
        id=video_id, run_token=token, permanent=permanent, code="x", reason="It broke.", backoff=timedelta()
    )
