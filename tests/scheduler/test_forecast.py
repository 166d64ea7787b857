"""The queue played ahead: shares of users, limits, running videos, and very long queues."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from services.scheduler.forecast import MOST_TURNS, Busy, Line, Task, forecast

ME, OTHER = UUID(int=1), UUID(int=2)


def task(work_s: float = 10.0, ready_s: float = 0.0) -> Task:
    return Task(id=uuid4(), work_s=work_s, charge_s=60.0, ready_s=ready_s)


def line(*tasks: Task, user_id: UUID = ME, weight: float = 1.0, concurrency: int = 5, others: int = 0) -> Line:
    rest = (others, Task(work_s=10.0, charge_s=60.0)) if others else None
    return Line(user_id=user_id, virtual_time=0, weight=weight, concurrency=concurrency, tasks=tasks, others=rest)


def test_without_workers_nothing_can_be_said() -> None:
    assert forecast(line(task()), [], [], slots=0) == {}


@pytest.mark.parametrize(("slots", "concurrency", "last_s"), [(1, 5, 40), (2, 5, 20), (4, 5, 10), (4, 1, 40)])
def test_videos_share_the_slots_up_to_the_own_limit(slots: int, concurrency: int, last_s: float) -> None:
    tasks = [task() for _ in range(4)]
    done = forecast(line(*tasks, concurrency=concurrency), [], [], slots)
    assert max(done.values()) == last_s and done[tasks[0].id or ME] == 10


def test_another_user_with_a_long_queue_takes_every_other_turn() -> None:
    tasks = [task() for _ in range(3)]
    done = forecast(line(*tasks), [line(user_id=OTHER, others=1000)], [], slots=1)
    assert list(done.values()) == [10, 30, 50]


def test_a_heavier_tier_gets_its_share() -> None:
    tasks = [task() for _ in range(40)]
    done = forecast(line(*tasks, weight=4), [line(user_id=OTHER, others=1000)], [], slots=1)
    assert max(done.values()) == pytest.approx(500, rel=0.05), "four of five turns"


def test_what_runs_is_waited_for_and_told_of() -> None:
    mine, first = uuid4(), task()
    busy = [Busy(user_id=OTHER, left_s=30), Busy(user_id=ME, left_s=50, id=mine)]
    done = forecast(line(first), [], busy, slots=2)
    assert done == {mine: 50, first.id: 40}


def test_a_video_that_is_tried_again_later_does_not_begin_before() -> None:
    late = task(ready_s=100)
    assert forecast(line(late), [], [], slots=1) == {late.id: 110}


def test_a_queue_too_long_to_be_played_is_told_by_the_share() -> None:
    tasks = [task() for _ in range(200)]
    crowd = line(user_id=OTHER, weight=99, concurrency=99, others=1_000_000)
    done = forecast(line(*tasks), [crowd], [], slots=10)
    assert len(done) == 200
    assert max(done.values()) == pytest.approx(200 * 10 * 100 / 10, rel=0.1)
    assert sorted(done.values()) == list(done.values())
    assert MOST_TURNS < 200 * 100
