"""What is asked about work as a whole: the report of a batch, what a user has used, who works on what, who waits, what failed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.scheduler.changes import find_batch
from services.scheduler.presence import Presence
from services.scheduler.report import report
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchJobs, Failures, QueueUsers, UnderWay, UsageLedger, Waiting
from services.scheduler.tables.failures import Cursor
from services.scheduler.tables.usage import month_of
from shared.bus import answers
from shared.errors import Invalid
from shared.messages import GetQueue, GetReport, GetUsage, ListFailures, ListWorkers, WorkerSeen
from shared.reports import BatchReport, FailurePage, QueueShown, Usage, Workers, WorkerShown, WorkShown

MOST_FAILURES = 200


@answers(GetReport)
async def get_report(query: GetReport, at: Scheduler) -> BatchReport:
    """What came of a batch that has ended. Raises `Conflict` before."""
    return report(await find_batch(query.batch_id, query.user_id))


@answers(GetUsage)
async def get_usage(query: GetUsage, at: Scheduler) -> Usage:
    """What a user has used of the month, by the ledger."""
    now = await BatchJobs.now()
    limits = at.settings.tiers[query.tier]
    used_s, held_s = await UsageLedger.used_and_held_s(query.user_id, now)
    user = await QueueUsers.of(query.user_id)
    month = month_of(now)
    following = (month + timedelta(days=32)).replace(day=1)
    return Usage(
        tier=query.tier,
        month=month,
        resets_at=datetime(following.year, following.month, following.day, tzinfo=UTC),
        minutes_used=round(used_s / 60, 2),
        minutes_held=round(held_s / 60, 2),
        minutes_limit=limits.minutes_per_month,
        minutes_left=round(max(0.0, limits.minutes_per_month - (used_s + held_s) / 60), 2),
        open_batches=await BatchJobs.open_batches(query.user_id),
        running_videos=user["running"] if user else 0,
        concurrency=min(user["concurrency"] if user else limits.concurrency, limits.concurrency),
        limits=limits,
    )


@answers(ListWorkers)
async def list_workers(query: ListWorkers, at: Scheduler) -> Workers:
    """Everybody who was heard of lately or has something in hand."""
    waiting_videos, waiting_users = await QueueUsers.waiting_now()
    shown = workers(at.presence, await UnderWay.everything())
    return Workers(workers=shown, waiting_videos=waiting_videos, waiting_users=waiting_users)


@answers(GetQueue)
async def get_queue(query: GetQueue, at: Scheduler) -> QueueShown:
    """What waits for workers, and for whom."""
    waiting_videos, waiting_users = await QueueUsers.waiting_now()
    return QueueShown(
        waiting_videos=waiting_videos,
        waiting_users=waiting_users,
        slots=at.presence.slots(),
        priorities=await Waiting.priorities(),
        users=await Waiting.users(),
        **await Waiting.counts(),
    )


@answers(ListFailures)
async def list_failures(query: ListFailures, at: Scheduler) -> FailurePage:
    """Videos that failed, the last first."""
    if not 1 <= query.limit <= MOST_FAILURES:
        raise Invalid(f"limit must be between 1 and {MOST_FAILURES}.")
    after = None if query.after is None else _cursor(query.after)
    failures = await Failures.page(query.since, query.until, query.code, after, query.limit)
    last = failures[-1] if len(failures) == query.limit else None
    return FailurePage(
        failures=tuple(failures), next_after=None if last is None else f"{last.failed_at.isoformat()} {last.id}"
    )


def _cursor(text: str) -> Cursor:
    try:
        failed_at, failure = text.split(" ")
        moment = datetime.fromisoformat(failed_at)
        if moment.tzinfo is None:
            raise ValueError("a time without its zone")
        return moment, UUID(failure)
    except ValueError as error:
        raise Invalid("after must be the next_after of an earlier answer.") from error


def workers(presence: Presence, under_way: list[tuple[str, WorkShown]]) -> tuple[WorkerShown, ...]:
    """Workers with what they have claimed, those who have something first; one who went silent is shown until its lease is lost."""
    seen = {worker.worker: worker for worker in presence.workers()}
    names = [*dict.fromkeys((*(name for name, _ in under_way), *sorted(seen)))]
    return tuple(
        _shown(name, seen.get(name), tuple(work for owner, work in under_way if owner == name)) for name in names
    )


def _shown(name: str, seen: WorkerSeen | None, running: tuple[WorkShown, ...]) -> WorkerShown:
    return WorkerShown(
        worker=name,
        service=seen.service if seen else "exporter" if any(work.kind == "export" for work in running) else "processor",
        slots=seen.slots if seen else None,
        alive=seen is not None or any(_leased(work) for work in running),
        started_at=seen.started_at if seen else None,
        running=running,
    )


def _leased(work: WorkShown) -> bool:
    return work.lease_until is not None and work.lease_until > datetime.now(UTC)
