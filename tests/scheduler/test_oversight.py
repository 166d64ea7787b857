"""Reports, usage, who works, who waits, what failed, and how many videos of a user run at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry, generate_latest

from services.scheduler import handlers, oversight
from services.scheduler.metrics import WorkerMetrics
from services.scheduler.report import report
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchVideos
from shared.batches import BatchStatus, Tier, VideoStatus
from shared.errors import Conflict, Invalid, NotFound
from shared.messages import AccountChanged, GetQueue, GetReport, GetUsage, ListFailures, ListWorkers
from shared.views import ProcessingResult
from tests.scheduler.states import batch, in_status, video
from tests.scheduler.test_answers import USER, claimed, dispatched, failure, processed, ready, workers


def test_a_report_tells_what_was_saved_what_failed_and_what_to_do() -> None:
    result = ProcessingResult(
        source_s=60, output_s=42, steps_s={"rendering": 20.0, "storing": 1.5}, warnings=("Quiet throughout.",)
    )
    done = replace(in_status(VideoStatus.COMPLETED), processing_result=result)
    bad = in_status(VideoStatus.FAILED)
    told = report(batch(done, bad, in_status(VideoStatus.CANCELLED), status=BatchStatus.COMPLETED))
    assert (told.source_s, told.output_s, told.saved_s, told.processing_s, told.warnings) == (60, 42, 18, 21.5, 1)
    assert (told.completed_videos, told.failed_videos, told.cancelled_videos) == (1, 1, 1)
    one, two, three = told.videos
    assert (one.saved_s, one.processing_s, one.what_to_do) == (18, 21.5, None)
    assert two.error_message == bad.error_message and "upload" in (two.what_to_do or "")
    assert (three.output_s, three.what_to_do) == (None, None)


@pytest.mark.parametrize("status", [BatchStatus.PENDING, BatchStatus.PROCESSING, BatchStatus.PAUSED])
def test_there_is_no_report_before_the_end(status: BatchStatus) -> None:
    with pytest.raises(Conflict, match="when it has ended"):
        report(batch(video(), status=status))


async def test_the_report_of_a_batch_is_for_its_owner(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 1)
    (command,) = await dispatched(scheduler)
    await handlers.video_processed(processed(command, await claimed(command, scheduler)), scheduler)
    told = await oversight.get_report(GetReport(user_id=USER, batch_id=request.batch_id), scheduler)
    assert told.saved_s == 18 and told.elapsed_s is not None and told.elapsed_s > 0 and told.processing_s > 0
    with pytest.raises(NotFound):
        await oversight.get_report(GetReport(user_id=uuid4(), batch_id=request.batch_id), scheduler)


async def test_usage_follows_the_ledger(scheduler: Scheduler) -> None:
    query = GetUsage(user_id=USER, tier=Tier.CREATOR)
    assert (await oversight.get_usage(query, scheduler)).minutes_left == 3000
    await ready(scheduler, 3)
    one, two = await dispatched(scheduler, slots=2)
    await handlers.video_processed(processed(one, await claimed(one, scheduler)), scheduler)
    await handlers.video_failed(failure(two, await claimed(two, scheduler), permanent=True), scheduler)
    usage = await oversight.get_usage(query, scheduler)
    assert (usage.minutes_used, usage.minutes_held, usage.minutes_left) == (1, 1, 2998)
    assert (usage.open_batches, usage.running_videos, usage.concurrency) == (1, 0, 3)
    assert (usage.month.day, usage.resets_at.day) == (1, 1) and usage.resets_at.date() > usage.month


async def test_workers_are_shown_with_what_they_have_and_one_that_fell_silent_until_its_lease_ends(
    scheduler: Scheduler,
) -> None:
    await ready(scheduler, 3)
    (command,) = await dispatched(scheduler)
    await claimed(command, scheduler)
    shown = await oversight.list_workers(ListWorkers(), scheduler)
    (worker,) = shown.workers
    (work,) = worker.running
    assert (worker.worker, worker.slots, worker.alive) == ("w", 1, True)
    assert (work.id, work.kind, work.user_id) == (command.batch_video_id, "video", USER)
    assert work.name == command.name and work.since is not None
    assert (shown.waiting_videos, shown.waiting_users) == (2, 1)
    scheduler.presence._seen.clear()
    (silent,) = (await oversight.list_workers(ListWorkers(), scheduler)).workers
    assert (silent.worker, silent.slots, silent.alive) == ("w", None, True)
    await BatchVideos.raw("update batch_videos set lease_until = now() - interval '1 second' where worker = 'w'")
    (lost,) = (await oversight.list_workers(ListWorkers(), scheduler)).workers
    assert not lost.alive


async def test_the_queue_is_shown_in_the_order_of_turns(scheduler: Scheduler) -> None:
    eve, tim = sorted((uuid4(), uuid4()))
    await ready(scheduler, 5)
    assert len(await dispatched(scheduler, slots=3)) == 3, "as many as the tier allows at once"
    hers = await ready(scheduler, 2, user_id=eve, name="Hers", priority=2)
    await ready(scheduler, 1, user_id=eve, name="Later", priority=1)
    await ready(scheduler, 1, user_id=tim)
    (command,) = await dispatched(scheduler, slots=4)
    assert command.user_id == eve
    await handlers.video_failed(failure(command, await claimed(command, scheduler), permanent=False), scheduler)
    shown = await oversight.get_queue(GetQueue(), scheduler)
    assert [(user.user_id, user.waiting) for user in shown.users] == [(tim, 1), (eve, 2), (USER, 2)]
    one = shown.users[1]
    assert (one.batch_job_id, one.batch_name, one.video_name) == (hers.batch_id, "Hers", hers.videos[1].name)
    assert (one.priority, one.tier, one.running, one.concurrency) == (2, Tier.CREATOR, 0, 3)
    assert one.waiting_since <= datetime.now(UTC)
    assert [(of.priority, of.videos) for of in shown.priorities] == [(6, 3), (2, 1), (1, 1)]
    assert (shown.waiting_videos, shown.waiting_users, shown.retries, shown.exports) == (5, 3, 1, 0)
    assert (shown.running, shown.slots) == (3, 4)


async def test_failures_are_listed_with_their_reasons_the_last_first(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 3, name="Season one")
    for command in await dispatched(scheduler, slots=3):
        await handlers.video_failed(failure(command, await claimed(command, scheduler), permanent=True), scheduler)
    await BatchVideos.raw("update batch_videos set error_code = 'quota' where position = 2")
    today = datetime.now(UTC).date()
    question = ListFailures(since=today - timedelta(days=1), until=today, limit=2)
    first = await oversight.list_failures(question, scheduler)
    rest = await oversight.list_failures(replace(question, after=first.next_after), scheduler)
    seen = [*first.failures, *rest.failures]
    assert len(first.failures) == 2 and rest.next_after is None
    assert {one.id for one in seen} == {video.batch_video_id for video in request.videos}
    assert [one.failed_at for one in seen] == sorted((one.failed_at for one in seen), reverse=True)
    assert (seen[0].batch_name, seen[0].user_id, seen[0].attempts) == ("Season one", USER, 1)
    assert seen[0].error_message
    (refused,) = (await oversight.list_failures(replace(question, code="quota"), scheduler)).failures
    assert (refused.name, refused.error_code) == ("Episode 2.mp4", "quota")
    assert (await oversight.list_failures(replace(question, until=question.since), scheduler)).failures == ()
    for wrong in ({"limit": 0}, {"after": "yesterday"}, {"after": f"2026-01-01T00:00:00 {uuid4()}"}):
        with pytest.raises(Invalid):
            await oversight.list_failures(replace(question, **wrong), scheduler)


async def test_workers_are_in_the_metrics_for_as_long_as_they_live(scheduler: Scheduler) -> None:
    registry = CollectorRegistry()
    registry.register(WorkerMetrics(scheduler.presence))
    assert b'dailies_scheduler_workers{kind="processor"} 0.0' in generate_latest(registry)
    await workers(scheduler, 2)
    text = generate_latest(registry).decode()
    assert 'dailies_scheduler_workers{kind="processor"} 1.0' in text
    assert 'dailies_scheduler_worker_slots{kind="processor"} 2.0' in text
    scheduler.presence._seen.clear()
    assert b'dailies_scheduler_worker_slots{kind="processor"} 0.0' in generate_latest(registry)


@pytest.mark.parametrize(("wanted", "at_once"), [(None, 3), (2, 2), (1, 1), (5, 3)])
async def test_no_more_videos_of_a_user_run_at_once_than_the_user_wants(
    scheduler: Scheduler, wanted: int | None, at_once: int
) -> None:
    fields: dict[str, Any] = {} if wanted is None else {"concurrency": wanted}
    await ready(scheduler, 6, **fields)
    assert len(await dispatched(scheduler, slots=10)) == at_once


async def test_a_changed_wish_counts_from_the_next_dispatch_on(scheduler: Scheduler) -> None:
    await ready(scheduler, 6)
    assert len(await dispatched(scheduler, slots=2)) == 2
    await handlers.account_changed(AccountChanged(user_id=USER, tier=Tier.CREATOR, concurrency=2), scheduler)
    assert await dispatched(scheduler, slots=10) == []
    await handlers.account_changed(AccountChanged(user_id=USER, tier=Tier.CREATOR), scheduler)
    assert len(await dispatched(scheduler, slots=10)) == 1
    assert msgspec.json.encode(await oversight.list_workers(ListWorkers(), scheduler))
