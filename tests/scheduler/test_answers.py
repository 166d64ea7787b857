"""A batch from its creation to its end, on the real database and through real messages."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

import shared.messages as catalogue
from services.scheduler import answers, claims, export_answers, handlers, sweeps
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchVideos
from shared.batches import BatchSettings, BatchStatus, ExportFormat, ExportStatus, Tier, VideoStatus
from shared.errors import Conflict, Invalid, NotFound, QuotaExceeded
from shared.media import Stage
from shared.messages import (
    BuildExport,
    CancelBatch,
    ClaimRun,
    Command,
    CreateBatch,
    DeleteBatch,
    Durable,
    ExportBuilt,
    ExportOptions,
    GetBatch,
    GetExport,
    ListBatches,
    ListExports,
    NewVideo,
    PauseBatch,
    ProcessVideo,
    RenewLease,
    RequestExport,
    RetryFailed,
    StartBatch,
    VideoFailed,
    VideoProcessed,
    VideoRejected,
    VideoUploaded,
    VideoUploading,
    WorkerSeen,
)
from shared.views import BatchDetails, ProcessingResult
from tests.scheduler.states import FACTS, NOW, stored

USER = uuid4()


def creation(videos: int = 2, **wanted: Any) -> CreateBatch:
    """A request for a batch of files that are still to be uploaded."""
    fields: dict[str, Any] = {
        "request_id": uuid4(),
        "user_id": USER,
        "tier": Tier.CREATOR,
        "batch_id": uuid4(),
        "name": "Season one",
        "settings": BatchSettings(remove_silence=True),
        "videos": tuple(
            NewVideo(batch_video_id=uuid4(), video_id=uuid4(), name=f"Episode {number}.mp4", size_bytes=1000)
            for number in range(1, videos + 1)
        ),
    }
    return CreateBatch(**{**fields, **wanted})


async def outbox(at: Scheduler) -> list[Durable]:
    """What is committed and waits to be sent; taken out."""

    rows = await BatchVideos.raw("with gone as (delete from outbox returning *) select * from gone order by id")
    return [msgspec.json.decode(row["message"], type=getattr(catalogue, row["kind"])) for row in rows]


async def ordered(at: Scheduler) -> list[Command]:
    """What of it are orders: people are told of ends besides."""
    return [message for message in await outbox(at) if isinstance(message, Command)]


async def ready(at: Scheduler, videos: int = 2, **wanted: Any) -> CreateBatch:
    """A started batch whose uploads are all inspected."""
    request = creation(videos, **wanted)
    await answers.create_batch(request, at)
    for video in request.videos:
        await handlers.video_uploading(VideoUploading(video_id=video.video_id), at)
        await handlers.video_uploaded(VideoUploaded(video_id=video.video_id, source=stored(), facts=FACTS), at)
    await start(request, at)
    return request


async def start(request: CreateBatch, at: Scheduler) -> None:
    """Start a batch."""
    await answers.start_batch(StartBatch(request_id=uuid4(), user_id=request.user_id, batch_id=request.batch_id), at)


async def workers(at: Scheduler, slots: int) -> None:
    """Let the scheduler hear of one worker with so many slots."""
    seen = WorkerSeen(worker="w", service="processor", slots=slots, running=(), started_at=NOW)

    class Heard:
        data = msgspec.json.encode(seen)

    await at.presence.hear(Heard())  # type: ignore[arg-type]


async def dispatched(at: Scheduler, slots: int = 1) -> list[ProcessVideo]:
    """What is dispatched when so many workers are free."""
    await workers(at, slots)
    while await at.dispatcher.dispatch_one():
        pass
    return [message for message in await outbox(at) if isinstance(message, ProcessVideo)]


async def claimed(command: ProcessVideo, at: Scheduler) -> UUID:
    """The token of a claim that must be granted."""
    claim = await claims.claim_run(claim_of(command), at)
    assert claim.verdict == "granted" and claim.run_token is not None
    return claim.run_token


def claim_of(command: ProcessVideo | BuildExport) -> ClaimRun:
    """A worker's claim."""
    work_id = command.batch_video_id if isinstance(command, ProcessVideo) else command.export_id
    return ClaimRun(request_id=uuid4(), work_id=work_id, attempt=command.attempt, worker="w")


def processed(command: ProcessVideo, token: UUID) -> VideoProcessed:
    """A worker's report of success."""
    key = f"runs/{command.batch_video_id}/{token}/output.mp4"
    return VideoProcessed(
        batch_video_id=command.batch_video_id,
        run_token=token,
        output=stored(key),
        result=ProcessingResult(source_s=60.0, output_s=42.0),
    )


async def look(request: CreateBatch, at: Scheduler) -> BatchDetails:
    """The batch as its owner sees it."""
    return await answers.get_batch(GetBatch(user_id=request.user_id, batch_id=request.batch_id), at)


async def test_a_batch_goes_from_creation_to_completion(scheduler: Scheduler) -> None:
    request = await ready(scheduler)
    for _ in request.videos:
        (command,) = await dispatched(scheduler)
        assert command.settings == request.settings and command.facts == FACTS
        token = await claimed(command, scheduler)
        renewal = RenewLease(work_id=command.batch_video_id, run_token=token, stage=Stage.EXPORTING)
        assert (await claims.renew_lease(renewal, scheduler)).verdict == "go_on"
        shown = next(v for v in (await look(request, scheduler)).videos if v.id == command.batch_video_id)
        assert (shown.status, shown.current_stage) == (VideoStatus.PROCESSING, Stage.EXPORTING)
        await handlers.video_processed(processed(command, token), scheduler)
    details = await look(request, scheduler)
    assert details.batch_job.status is BatchStatus.COMPLETED
    assert (details.batch_job.completed_videos, details.batch_job.progress_percentage) == (2, 100)
    assert details.batch_job.processed_duration_seconds == 2 * FACTS.duration_s
    assert all(video.output for video in details.videos)


async def test_creating_twice_with_one_request_id_makes_one_batch(scheduler: Scheduler) -> None:
    request = creation()
    first = await answers.create_batch(request, scheduler)
    assert await answers.create_batch(request, scheduler) == first
    assert (await answers.list_batches(ListBatches(user_id=USER), scheduler)).total == 1


@pytest.mark.parametrize(("videos", "error"), [(0, Invalid), (21, QuotaExceeded)])
async def test_a_batch_outside_the_limits_is_refused_and_leaves_nothing(
    scheduler: Scheduler, videos: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await answers.create_batch(creation(videos), scheduler)
    assert (await answers.list_batches(ListBatches(user_id=USER), scheduler)).total == 0


async def test_another_user_sees_nothing_and_changes_nothing(scheduler: Scheduler) -> None:
    request = await ready(scheduler)
    stranger = uuid4()
    with pytest.raises(NotFound):
        await answers.get_batch(GetBatch(user_id=stranger, batch_id=request.batch_id), scheduler)
    with pytest.raises(NotFound):
        await answers.cancel_batch(
            CancelBatch(request_id=uuid4(), user_id=stranger, batch_id=request.batch_id), scheduler
        )
    assert (await answers.list_batches(ListBatches(user_id=stranger), scheduler)).total == 0
    assert (await look(request, scheduler)).batch_job.status is BatchStatus.PROCESSING


async def test_no_more_videos_are_dispatched_than_workers_are_free_or_the_tier_allows(scheduler: Scheduler) -> None:
    await ready(scheduler, 5)
    assert len(await dispatched(scheduler, slots=2)) == 2
    assert len(await dispatched(scheduler, slots=2)) == 0
    assert len(await dispatched(scheduler, slots=10)) == 1, "a creator has three at a time"


async def test_users_take_turns_however_many_videos_one_has(scheduler: Scheduler) -> None:
    one, two = uuid4(), uuid4()
    await ready(scheduler, 6, user_id=one)
    await ready(scheduler, 2, user_id=two)
    turns = []
    for _ in range(4):
        (command,) = await dispatched(scheduler)
        turns.append(command.user_id)
        await handlers.video_processed(processed(command, await claimed(command, scheduler)), scheduler)
    assert sorted(map(str, turns[:2])) == sorted(map(str, (one, two)))
    assert sorted(map(str, turns[2:])) == sorted(map(str, (one, two)))


async def test_a_command_handed_to_two_workers_gives_one_result(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 1)
    (command,) = await dispatched(scheduler)
    frozen, second = await claimed(command, scheduler), await claimed(command, scheduler)
    assert (
        await claims.renew_lease(RenewLease(work_id=command.batch_video_id, run_token=frozen), scheduler)
    ).verdict == ("superseded")
    await handlers.video_processed(processed(command, frozen), scheduler)
    assert (await look(request, scheduler)).batch_job.status is BatchStatus.PROCESSING
    await handlers.video_processed(processed(command, second), scheduler)
    await handlers.video_processed(processed(command, second), scheduler)
    (video,) = (await look(request, scheduler)).videos
    assert video.output is not None and str(second) in video.output.key
    assert (await claims.claim_run(claim_of(command), scheduler)).verdict == "done"


async def test_a_lost_lease_is_found_and_the_video_dispatched_again(scheduler: Scheduler) -> None:
    await ready(scheduler, 1)
    (command,) = await dispatched(scheduler)
    await claimed(command, scheduler)
    await BatchVideos.raw("update batch_videos set lease_until = now() - interval '1 second'")
    await sweeps.sweep(scheduler)
    (again,) = await dispatched(scheduler)
    assert (again.batch_video_id, again.attempt) == (command.batch_video_id, 2)
    assert (await claims.claim_run(claim_of(command), scheduler)).verdict == "superseded"


async def test_a_failure_for_now_is_tried_again_when_its_time_has_come(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 1)
    (command,) = await dispatched(scheduler)
    await handlers.video_failed(failure(command, await claimed(command, scheduler), permanent=False), scheduler)
    assert await dispatched(scheduler) == []
    (video,) = (await look(request, scheduler)).videos
    assert (video.status, video.retry_count) == (VideoStatus.PENDING, 1) and video.next_try_at is not None
    await BatchVideos.raw("update batch_videos set next_try_at = now()")
    await sweeps.sweep(scheduler)
    assert len(await dispatched(scheduler)) == 1


async def test_failed_videos_can_be_retried_by_hand(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 1)
    (command,) = await dispatched(scheduler)
    await handlers.video_failed(failure(command, await claimed(command, scheduler), permanent=True), scheduler)
    assert (await look(request, scheduler)).batch_job.status is BatchStatus.FAILED
    retry = RetryFailed(request_id=uuid4(), user_id=USER, batch_id=request.batch_id)
    await answers.retry_failed(retry, scheduler)
    await answers.retry_failed(retry, scheduler)
    (video,) = (await look(request, scheduler)).videos
    assert (video.retry_count, video.error_message) == (1, None)
    assert len(await dispatched(scheduler)) == 1


async def test_a_paused_batch_keeps_its_running_video_and_starts_no_other(scheduler: Scheduler) -> None:
    request = await ready(scheduler)
    (command,) = await dispatched(scheduler)
    paused = await answers.pause_batch(
        PauseBatch(request_id=uuid4(), user_id=USER, batch_id=request.batch_id), scheduler
    )
    assert (paused.status, paused.running_videos) == (BatchStatus.PAUSED, 1)
    await handlers.video_processed(processed(command, await claimed(command, scheduler)), scheduler)
    assert await dispatched(scheduler) == []


async def test_cancel_reaches_the_worker_by_update_by_renewal_and_by_claim(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 1)
    (command,) = await dispatched(scheduler)
    token = await claimed(command, scheduler)
    heard: list[bytes] = []

    async def hear(message: Any) -> None:
        heard.append(message.data)

    await scheduler.bus.listen(f"stop.{token}", hear)
    await answers.cancel_batch(CancelBatch(request_id=uuid4(), user_id=USER, batch_id=request.batch_id), scheduler)
    await scheduler.bus.client.flush()
    assert (
        await claims.renew_lease(RenewLease(work_id=command.batch_video_id, run_token=token), scheduler)
    ).verdict == ("cancelled")
    assert (await claims.claim_run(claim_of(command), scheduler)).verdict == "cancelled"
    assert len(heard) == 1 and b"cancelled" in heard[0]


async def test_a_rejected_upload_fails_its_video_and_no_other(scheduler: Scheduler) -> None:
    request = creation()
    await answers.create_batch(request, scheduler)
    bad, good = request.videos
    await handlers.video_rejected(VideoRejected(video_id=bad.video_id, code="not_a_video", reason="No."), scheduler)
    with pytest.raises(Conflict, match=r"Episode 2\.mp4"):
        await start(request, scheduler)
    await handlers.video_uploaded(VideoUploaded(video_id=good.video_id, source=stored(), facts=FACTS), scheduler)
    await start(request, scheduler)
    assert len(await dispatched(scheduler, slots=5)) == 1


async def test_an_export_is_built_listed_and_expires(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 1)
    export = wanted(request)
    with pytest.raises(Conflict, match="when it has ended"):
        await export_answers.request_export(export, scheduler)
    (command,) = await dispatched(scheduler)
    await handlers.video_processed(processed(command, await claimed(command, scheduler)), scheduler)
    await export_answers.request_export(export, scheduler)
    (order,) = [message for message in await outbox(scheduler) if isinstance(message, BuildExport)]
    (item,) = order.items
    assert (item.name, item.duration_s) == ("Episode 1.mp4", 42.0)
    claim = await claims.claim_run(claim_of(order), scheduler)
    assert claim.run_token is not None
    built = ExportBuilt(
        export_id=export.export_id,
        run_token=claim.run_token,
        deliverable=stored("deliverables/x.zip"),
        file_name="Season one.zip",
        expires_at=NOW.replace(year=2099),
    )
    await handlers.export_built(built, scheduler)
    query = GetExport(user_id=USER, batch_id=request.batch_id, export_id=export.export_id)
    shown = await export_answers.get_export(query, scheduler)
    assert (shown.status, shown.progress, shown.file_size) == (ExportStatus.COMPLETED, 100, 1000)
    assert (
        await export_answers.list_exports(ListExports(user_id=USER, batch_id=request.batch_id), scheduler)
    ).exports == (shown,)
    await BatchVideos.raw("update exports set expires_at = now()")
    expired = await export_answers.get_export(query, scheduler)
    assert expired.status is ExportStatus.EXPIRED and expired.deliverable is None
    await sweeps.sweep(scheduler)
    assert [type(message).__name__ for message in await ordered(scheduler)] == ["DeleteDeliverable"]


async def test_a_deleted_batch_is_gone_and_its_files_are_ordered_away(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 1)
    (command,) = await dispatched(scheduler)
    await handlers.video_processed(processed(command, await claimed(command, scheduler)), scheduler)
    await answers.delete_batch(DeleteBatch(request_id=uuid4(), user_id=USER, batch_id=request.batch_id), scheduler)
    assert {type(message).__name__ for message in await ordered(scheduler)} == {"DeleteRun", "DeleteSource"}
    with pytest.raises(NotFound):
        await look(request, scheduler)


async def test_the_counts_of_the_queue_agree_with_the_videos_after_everything(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 4)
    (command,) = await dispatched(scheduler)
    await handlers.video_failed(failure(command, await claimed(command, scheduler), permanent=False), scheduler)
    (command,) = await dispatched(scheduler)
    await answers.cancel_batch(CancelBatch(request_id=uuid4(), user_id=USER, batch_id=request.batch_id), scheduler)
    rows = await BatchVideos.raw("select waiting, running from queue_users")
    assert [(row["waiting"], row["running"]) for row in rows] == [(0, 0)]


def wanted(request: CreateBatch) -> RequestExport:
    """A request for a ZIP."""
    return RequestExport(
        request_id=uuid4(),
        user_id=request.user_id,
        batch_id=request.batch_id,
        export_id=uuid4(),
        format=ExportFormat.ZIP,
        options=ExportOptions(),
    )


def failure(command: ProcessVideo, token: UUID, *, permanent: bool) -> VideoFailed:
    """A worker's report of failure."""
    return VideoFailed(
        batch_video_id=command.batch_video_id, run_token=token, permanent=permanent, code="x", reason="It broke."
    )
