"""When the videos of one user will be done: the fair queue played ahead, with estimates for what nobody knows yet.

Pure. Played by the same rules as the real queue (`fairness.py`, `tables/queue.py`): of all users who wait and are below their own
limit the one with the lowest virtual time goes next and pays for the video. Each video of the user in question is played; of the
others only the number and the usual length of their waiting videos.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import repeat
from uuid import UUID

from msgspec import Struct

MOST_TURNS = 2_000
"""Further ahead the user's share of the workers is enough."""


class Task(Struct, frozen=True, kw_only=True):
    """A video that waits."""

    work_s: float
    charge_s: float
    """Seconds of media that it costs in the queue."""
    id: UUID | None = None
    ready_s: float = 0.0
    """Seconds until it may begin, when it is tried again later."""


class Busy(Struct, frozen=True, kw_only=True):
    """A video that a worker has."""

    user_id: UUID
    left_s: float
    id: UUID | None = None


class Line(Struct, frozen=True, kw_only=True):
    """A user who waits: place in the contest, limits, and what waits, in its order."""

    user_id: UUID
    virtual_time: float
    weight: float
    concurrency: int
    tasks: Sequence[Task] = ()
    others: tuple[int, Task] | None = None
    """So many more like this one."""


class _Player:
    def __init__(self, line: Line) -> None:
        self.tag = line.virtual_time
        self.line = line
        self.left = len(line.tasks) + (line.others[0] if line.others else 0)
        self.running = 0
        self.tasks = self._tasks()

    def _tasks(self) -> Iterator[Task]:
        yield from self.line.tasks
        if self.line.others:
            yield from repeat(self.line.others[1], self.line.others[0])

    @property
    def may_go(self) -> bool:
        return self.left > 0 and self.running < self.line.concurrency


def forecast(
    me: Line, others: Sequence[Line], busy: Sequence[Busy], slots: int, clock: float = 0.0
) -> dict[UUID, float]:
    """Seconds until each video of `me`, running or waiting, is done. Empty without workers."""
    if slots < 1:
        return {}
    done = {run.id: run.left_s for run in busy if run.id is not None and run.user_id == me.user_id}
    players = {line.user_id: _Player(line) for line in (*others, me)}
    ends: list[tuple[float, int, UUID]] = []
    for number, run in enumerate(busy):
        heapq.heappush(ends, (run.left_s, number, run.user_id))
        if run.user_id in players:
            players[run.user_id].running += 1
    contest = [(player.tag, user_id) for user_id, player in players.items() if player.may_go]
    heapq.heapify(contest)
    mine, now_s = players[me.user_id], 0.0
    for turn in range(len(busy), len(busy) + MOST_TURNS):
        while ends and (len(ends) >= slots or not contest):
            now_s, _, user_id = heapq.heappop(ends)
            player = players.get(user_id)
            if player is None:
                continue
            player.running -= 1
            if player.left > 0 and player.running == player.line.concurrency - 1:
                # Back from the own limit: turns that nobody waited for are no credit.
                player.tag = max(player.tag, clock)
                heapq.heappush(contest, (player.tag, user_id))
        if not mine.left or not contest:
            break
        tag, user_id = heapq.heappop(contest)
        player, clock = players[user_id], max(clock, tag)
        task = next(player.tasks)
        player.left -= 1
        player.running += 1
        player.tag = tag + task.charge_s / player.line.weight
        ends_s = max(now_s, task.ready_s) + task.work_s
        heapq.heappush(ends, (ends_s, turn, user_id))
        if task.id is not None and player is mine:
            done[task.id] = ends_s
        if player.may_go:
            heapq.heappush(contest, (player.tag, user_id))
    _by_share(mine, players, slots, now_s, done)
    return done


def _by_share(mine: _Player, players: dict[UUID, _Player], slots: int, now_s: float, done: dict[UUID, float]) -> None:
    """What lies beyond the play: the user's share of the workers for the rest."""
    weights = sum(player.line.weight for player in players.values() if player.left)
    rate = min(mine.line.concurrency, slots, max(slots * mine.line.weight / weights, 1e-6)) if weights else 1.0
    for task in mine.tasks:
        now_s += task.work_s / rate
        if task.id is not None:
            done[task.id] = max(now_s, task.ready_s + task.work_s)
