"""The outlook: when the batches of a user will be done, worked out when somebody asks, from the queue and from what is live."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from nats.aio.msg import Msg

from services.scheduler.fairness import LEAST_CHARGE_S
from services.scheduler.forecast import Busy, Line, Task, forecast
from services.scheduler.pace import Pace, learned, left_s
from services.scheduler.presence import Presence
from services.scheduler.tables import Outlook
from services.scheduler.tables.outlook import Place, Unfinished, Waiter
from shared.batches import BatchStatus, VideoStatus
from shared.clock import seconds_until
from shared.messages import BatchEstimate, VideoProgressed
from shared.views import BatchDetails, BatchJob, BatchVideo

PACE_S = 30.0
"""Seconds for which what was learned from finished runs is good."""
GOOD_FOR_S = 2.0
"""Seconds for which the outlook of a user is good."""
MOST = 10_000
"""Runs whose progress is kept, and users whose outlook is."""
TOGETHER = UUID(int=0)
"""Stands for all users who are too far back to be played one by one."""
PROGRESS = f"{VideoProgressed.stream}.*.*.*.{VideoProgressed.kind}"
"""Where progress is heard."""


class Ends(Struct, frozen=True, kw_only=True):
    """When a user's videos will be done, by their ids in the batch."""

    at: float
    videos: dict[UUID, datetime]
    batches: dict[UUID, BatchEstimate]


class Outlooks:
    """What is known of the way ahead: nothing of it is stored, and none of it is asked for by a dispatch or a claim."""

    def __init__(self, presence: Presence, clock: Callable[[], float] = time.monotonic) -> None:
        self._presence = presence
        self._clock = clock
        self._progress: OrderedDict[UUID, float] = OrderedDict()
        self._of: OrderedDict[UUID, Ends] = OrderedDict()
        self._pace = Pace()
        self._learned_at = float("-inf")
        self._waiters: list[Waiter] = []
        self._counted_at = float("-inf")

    async def hear(self, message: Msg) -> None:
        """Take in how far a run is."""
        update = msgspec.json.decode(message.data, type=VideoProgressed)
        self._progress[update.run_token] = update.progress_percentage / 100
        self._progress.move_to_end(update.run_token)
        _bounded(self._progress)

    async def details(self, details: BatchDetails) -> BatchDetails:
        """A batch with what is expected of it and its videos."""
        if details.batch_job.status not in (BatchStatus.PROCESSING, BatchStatus.PAUSED):
            return details
        ends = await self.of(details.batch_job.user_id)
        return BatchDetails(
            batch_job=_expected_job(details.batch_job, ends),
            videos=tuple(_expected_video(video, ends) for video in details.videos),
        )

    async def jobs(self, jobs: Iterable[BatchJob]) -> tuple[BatchJob, ...]:
        """Batches of one user with what is expected of them."""
        jobs = tuple(jobs)
        user_id = next((job.user_id for job in jobs if job.status is BatchStatus.PROCESSING), None)
        if user_id is None:
            return jobs
        ends = await self.of(user_id)
        return tuple(_expected_job(job, ends) for job in jobs)

    async def of(self, user_id: UUID) -> Ends:
        """When the videos of a user will be done. Empty while no worker lives."""
        now = self._clock()
        known = self._of.get(user_id)
        if known is not None and now - known.at < GOOD_FOR_S:
            return known
        ends = await self._worked_out(user_id, now)
        self._of[user_id] = ends
        self._of.move_to_end(user_id)
        _bounded(self._of)
        return ends

    async def _worked_out(self, user_id: UUID, now: float) -> Ends:
        place, slots = await Outlook.place(user_id), self._presence.slots()
        if place is None or not slots:
            return Ends(at=now, videos={}, batches={})
        pace = await self._learned(now)
        unfinished = await Outlook.unfinished(user_id)
        running = [video for video in unfinished if video.status is VideoStatus.PROCESSING]
        waiting = [video for video in unfinished if video.status is not VideoStatus.PROCESSING]
        clock = place.clock
        mine = Line(
            user_id=user_id,
            # Who has not been in the contest comes back at the clock.
            virtual_time=max(place.virtual_time, clock),
            weight=place.weight,
            concurrency=place.concurrency,
            tasks=_tasks(waiting, pace),
        )
        per_media_s = pace.per_media_s or _per_media_s(unfinished, pace)
        others = [_line(waiter, per_media_s, clock) for waiter in _without(place, await self._counted(now))]
        busy = [
            Busy(
                id=video.id, user_id=video.user_id, left_s=self._left_s(video, pace.work_s(video.settings, video.facts))
            )
            for video in running
            if video.facts is not None
        ]
        seconds = forecast(mine, others, busy, slots, clock)
        return _ends(now, [video for video in unfinished if video.user_id == user_id], seconds)

    async def _learned(self, now: float) -> Pace:
        if now - self._learned_at > PACE_S:
            self._learned_at = now
            self._pace = learned(await Outlook.samples())
        return self._pace

    async def _counted(self, now: float) -> list[Waiter]:
        if now - self._counted_at > GOOD_FOR_S:
            self._counted_at = now
            self._waiters = await Outlook.waiters()
        return self._waiters

    def _left_s(self, video: Unfinished, work_s: float) -> float:
        """Seconds left of a run. Only of a first try is it known since when it runs."""
        if video.run_token is None:
            return work_s
        return left_s(work_s, self._progress.get(video.run_token), video.busy_s if video.attempt == 1 else None)


def _tasks(waiting: list[Unfinished], pace: Pace) -> list[Task]:
    """What waits. A file that is still being inspected counts like the average of the others."""
    known = {
        video.id: (pace.work_s(video.settings, video.facts), video.facts.duration_s)
        for video in waiting
        if video.facts is not None
    }
    if not known:
        return []
    works, lengths = zip(*known.values(), strict=True)
    usual = (sum(works) / len(works), sum(lengths) / len(lengths))
    tasks = []
    for video in waiting:
        work_s, length_s = known.get(video.id, usual)
        charge_s = max(length_s, LEAST_CHARGE_S)
        tasks.append(Task(id=video.id, work_s=work_s, charge_s=charge_s, ready_s=video.ready_s))
    return tasks


def _per_media_s(videos: list[Unfinished], pace: Pace) -> float:
    """Seconds of work for a second of media, going by the videos that are known: nothing was measured yet."""
    known = [(video.facts, video.settings) for video in videos if video.facts is not None]
    media_s = sum(facts.duration_s for facts, _ in known)
    return sum(pace.work_s(settings, facts) for facts, settings in known) / max(media_s, 1.0)


def _without(me: Place, waiters: list[Waiter]) -> list[Waiter]:
    """Everybody else: the user may be among those who count together."""
    others = [waiter for waiter in waiters if waiter.user_id != me.user_id]
    if len(others) < len(waiters) or not me.waiting:
        return others
    rest = [
        replace(waiter, weight=waiter.weight - me.weight, waiting=waiter.waiting - me.waiting)
        if waiter.user_id is None
        else waiter
        for waiter in others
    ]
    return [waiter for waiter in rest if waiter.waiting > 0 and waiter.weight > 0]


def _line(waiter: Waiter, per_media_s: float, clock: float) -> Line:
    length_s = max(waiter.video_s or 60.0, LEAST_CHARGE_S)
    return Line(
        user_id=waiter.user_id or TOGETHER,
        virtual_time=max(waiter.virtual_time, clock),
        weight=waiter.weight,
        concurrency=waiter.concurrency,
        others=(waiter.waiting, Task(work_s=length_s * per_media_s, charge_s=length_s)),
    )


def _ends(now: float, videos: list[Unfinished], seconds: dict[UUID, float]) -> Ends:
    moment = datetime.now(UTC)
    moments = {entry: moment + timedelta(seconds=left) for entry, left in seconds.items()}
    batches: dict[UUID, BatchEstimate] = {}
    for batch_id in {video.batch_job_id for video in videos}:
        own = [video for video in videos if video.batch_job_id == batch_id]
        # A batch with a video of which nothing can be said has no end that could be told.
        told = own[0].batch_status is BatchStatus.PROCESSING and all(video.id in moments for video in own)
        batches[batch_id] = BatchEstimate(
            batch_id=batch_id,
            completion_at=max(moments[video.id] for video in own) if told else None,
            videos={video.video_id: moments[video.id] for video in own if video.id in moments},
        )
    return Ends(at=now, videos=moments, batches=batches)


def _expected_job(job: BatchJob, ends: Ends) -> BatchJob:
    estimate = ends.batches.get(job.id)
    if job.status is not BatchStatus.PROCESSING or estimate is None or estimate.completion_at is None:
        return job
    end = estimate.completion_at
    return replace(job, estimated_time_remaining=seconds_until(end), estimated_completion_at=end)


def _expected_video(video: BatchVideo, ends: Ends) -> BatchVideo:
    end = ends.videos.get(video.id)
    if end is None or video.completed_at is not None:
        return video
    return replace(video, estimated_time_remaining=seconds_until(end), estimated_completion_at=end)


def _bounded(kept: OrderedDict[UUID, Ends] | OrderedDict[UUID, float]) -> None:
    while len(kept) > MOST:
        kept.popitem(last=False)
