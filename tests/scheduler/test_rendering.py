"""Rendering a completed video again: the earlier output is there until there is a new one, whatever happens in between."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from services.scheduler import answers, events, export_answers, handlers
from services.scheduler.pipeline import advance
from services.scheduler.runs import MOST_LOST_LEASES
from services.scheduler.service import Scheduler
from services.scheduler.state import BatchState
from shared.batches import BatchSettings, BatchStatus, Tier, VideoStatus
from shared.cutting import Action, CutEdit
from shared.errors import Conflict, Invalid, NotFound, QuotaExceeded
from shared.messages import BuildExport, CancelBatch, CreateBatch, DeleteRun, ProcessVideo, RenderAgain
from shared.views import BatchJob, ProcessingResult
from tests.scheduler.states import NOW, batch, in_status, stored, video
from tests.scheduler.test_answers import (
    USER,
    claimed,
    dispatched,
    failure,
    look,
    outbox,
    processed,
    ready,
    wanted,
)
from tests.scheduler.test_usage import limited, used

LOUDER = BatchSettings(remove_silence=True, silence_threshold=-30)
LEASE = timedelta(seconds=30)
RESULT = ProcessingResult(source_s=60, output_s=30)


def again(state: BatchState) -> BatchState:
    """The one video waits to be rendered again."""
    return advance(state, events.RenderAgain(video_id=state.videos[0].video_id, settings=LOUDER), NOW).batch


def begun(state: BatchState) -> BatchState:
    """A worker has it."""
    entry = state.videos[0]
    state = advance(state, events.Dispatched(id=entry.id), NOW).batch
    return advance(state, events.Claimed(id=entry.id, run_token=uuid4(), worker="w", lease=LEASE), NOW).batch


def cut(start_s: float, end_s: float) -> CutEdit:
    return CutEdit(start_s=start_s, end_s=end_s, action=Action.CUT)


def failed(state: BatchState, *, permanent: bool) -> events.Failed:
    token = state.videos[0].run_token
    assert token is not None
    return events.Failed(
        id=state.videos[0].id, run_token=token, permanent=permanent, code="x", reason="It broke.", backoff=LEASE
    )


@pytest.fixture
def done() -> BatchState:
    """A completed batch of one video."""
    return batch(replace(in_status(VideoStatus.COMPLETED), processing_result=RESULT), status=BatchStatus.COMPLETED)


@pytest.mark.parametrize("status", [status for status in VideoStatus if status is not VideoStatus.COMPLETED])
def test_only_a_completed_video_is_rendered_again(status: VideoStatus) -> None:
    state = batch(in_status(status), video(2), status=BatchStatus.PROCESSING)
    with pytest.raises(Conflict, match=f"is {status}"):
        again(state)


def test_the_same_settings_and_a_strange_video_are_refused(done: BatchState) -> None:
    with pytest.raises(Invalid, match="change at least one"):
        advance(done, events.RenderAgain(video_id=done.videos[0].video_id, settings=done.settings), NOW)
    with pytest.raises(NotFound):
        advance(done, events.RenderAgain(video_id=uuid4(), settings=LOUDER), NOW)


def test_the_new_run_has_the_new_settings_and_its_output_takes_the_place_of_the_old_one(done: BatchState) -> None:
    state = again(done)
    before, entry = done.videos[0], state.videos[0]
    assert (state.status, entry.status, entry.output) == (BatchStatus.PROCESSING, VideoStatus.PENDING, before.output)
    (command,) = advance(state, events.Dispatched(id=entry.id), NOW).commands
    assert isinstance(command, ProcessVideo) and (command.settings, command.attempt) == (LOUDER, 2)
    state = begun(state)
    assert state.videos[0].output == before.output
    assert before.run_token is not None
    redelivered = events.Processed(id=entry.id, run_token=before.run_token, output=stored("runs/x"), result=RESULT)
    assert advance(state, redelivered, NOW) == replace(advance(state, redelivered, NOW), batch=state, commands=())
    token = state.videos[0].run_token
    assert token is not None
    step = advance(state, replace(redelivered, run_token=token, output=stored("runs/new")), NOW)
    assert step.commands == (DeleteRun(batch_video_id=entry.id, keep_run=token),)
    after = step.batch.videos[0]
    assert (step.batch.status, after.output, after.settings) == (BatchStatus.COMPLETED, stored("runs/new"), LOUDER)


def test_a_run_that_fails_for_good_leaves_the_earlier_result_and_says_so(done: BatchState) -> None:
    state = begun(again(done))
    state = advance(state, failed(state, permanent=True), NOW).batch
    entry, before = state.videos[0], done.videos[0]
    assert (state.status, entry.status) == (BatchStatus.COMPLETED, VideoStatus.COMPLETED)
    assert (entry.output, entry.run_token, entry.settings) == (before.output, before.run_token, None)
    assert entry.error_code == "x" and "earlier result is kept. It broke." in (entry.error_message or "")


def test_a_run_that_fails_for_now_is_tried_again_with_the_same_settings(done: BatchState) -> None:
    state = begun(again(done))
    state = advance(state, failed(state, permanent=False), NOW).batch
    state = advance(state, events.Due(), NOW + LEASE).batch
    (command,) = advance(state, events.Dispatched(id=state.videos[0].id), NOW + LEASE).commands
    assert isinstance(command, ProcessVideo) and command.settings == LOUDER


def test_lost_leases_and_an_overrun_leave_the_earlier_result_too(done: BatchState) -> None:
    state = again(done)
    for _ in range(MOST_LOST_LEASES):
        state = begun(state)
        token = state.videos[0].run_token
        assert token is not None
        state = advance(state, events.LeaseLost(id=state.videos[0].id, run_token=token), NOW).batch
    assert (state.status, state.videos[0].error_code) == (BatchStatus.COMPLETED, "stopped_its_worker")
    late = advance(begun(again(done)), events.OutOfTime(budget=timedelta(hours=6)), NOW)
    assert (late.batch.status, late.batch.videos[0].output) == (BatchStatus.COMPLETED, done.videos[0].output)
    assert len(late.stopped) == 1


@pytest.mark.parametrize("running", [False, True])
def test_a_cancel_ends_the_new_run_and_not_the_batch(done: BatchState, running: bool) -> None:
    state = begun(again(done)) if running else again(done)
    step = advance(state, events.Cancel(), NOW)
    entry = step.batch.videos[0]
    assert (step.batch.status, entry.status, entry.output) == (
        BatchStatus.COMPLETED,
        VideoStatus.COMPLETED,
        done.videos[0].output,
    )
    assert step.commands == (DeleteRun(batch_video_id=entry.id, keep_run=done.videos[0].run_token),)
    assert len(step.stopped) == running


def test_a_cancel_of_a_batch_that_has_not_ended_leaves_what_was_completed(done: BatchState) -> None:
    state = batch(*again(done).videos, video(2), status=BatchStatus.PROCESSING)
    after = advance(state, events.Cancel(), NOW).batch
    assert after.status is BatchStatus.CANCELLED
    assert [entry.status for entry in after.videos] == [VideoStatus.COMPLETED, VideoStatus.CANCELLED]


def with_edits(state: BatchState, *edits: CutEdit, version: UUID | None = None) -> BatchState:
    """The one video waits to be rendered again with these edits."""
    event = events.RenderAgain(video_id=state.videos[0].video_id, edits=edits, version=version)
    return advance(state, event, NOW).batch


def test_edits_go_along_with_every_later_rendering_and_with_none_that_failed(done: BatchState) -> None:
    state = with_edits(done, cut(50, 60), cut(5, 6), version=done.videos[0].run_token)
    (command,) = advance(state, events.Dispatched(id=state.videos[0].id), NOW).commands
    assert isinstance(command, ProcessVideo)
    assert (command.settings, command.edits) == (done.settings, (cut(5, 6), cut(50, 60)))
    failing = begun(state)
    failing = advance(failing, failed(failing, permanent=True), NOW).batch
    assert (failing.videos[0].edits, failing.videos[0].status) == ((), VideoStatus.COMPLETED)
    state = begun(state)
    token = state.videos[0].run_token
    assert token is not None
    processed = events.Processed(id=state.videos[0].id, run_token=token, output=stored("runs/y"), result=RESULT)
    edited = advance(state, processed, NOW).batch
    assert again(edited).videos[0].edits == (cut(5, 6), cut(50, 60)), "other settings leave what a person decided"
    assert with_edits(edited).videos[0].edits == (), "and no edits are the automatic cuts"


def test_edits_of_cuts_that_somebody_else_has_changed_meanwhile_are_refused(done: BatchState) -> None:
    with pytest.raises(Conflict, match="rendered again meanwhile"):
        with_edits(done, cut(1, 2), version=uuid4())
    with pytest.raises(Conflict, match="is pending"):
        with_edits(with_edits(done, cut(1, 2)), cut(3, 4))


@pytest.mark.parametrize("edits", [[], [(0.0, 60.0)], [(70.0, 80.0)], [(5.0, 5.0)]])
def test_edits_that_change_nothing_leave_nothing_or_lie_elsewhere_are_refused(
    done: BatchState, edits: list[tuple[float, float]]
) -> None:
    with pytest.raises(Invalid):
        with_edits(done, *(cut(start, end) for start, end in edits))


async def rendered(request: CreateBatch, at: Scheduler, settings: BatchSettings = LOUDER) -> BatchJob:
    """Ask for the first video of a batch to be rendered again."""
    return await answers.render_again(
        RenderAgain(
            request_id=uuid4(),
            user_id=USER,
            batch_id=request.batch_id,
            video_id=request.videos[0].video_id,
            settings=settings,
        ),
        at,
    )


async def finished(at: Scheduler) -> tuple[CreateBatch, ProcessVideo]:
    """A completed batch of one video, and the command that it was made with."""
    request = await ready(at, 1)
    (command,) = await dispatched(at)
    await handlers.video_processed(processed(command, await claimed(command, at)), at)
    return request, command


async def test_exports_wait_for_the_new_output_and_then_have_it(scheduler: Scheduler) -> None:
    request, _ = await finished(scheduler)
    job = await rendered(request, scheduler)
    assert (job.status, job.completed_videos) == (BatchStatus.PROCESSING, 0)
    (shown,) = (await look(request, scheduler)).videos
    assert shown.output is not None and shown.settings == LOUDER, "the old one can still be watched"
    with pytest.raises(Conflict):
        await export_answers.request_export(wanted(request), scheduler)
    (command,) = await dispatched(scheduler)
    token = await claimed(command, scheduler)
    await handlers.video_processed(processed(command, token), scheduler)
    await export_answers.request_export(wanted(request), scheduler)
    (order,) = [message for message in await outbox(scheduler) if isinstance(message, BuildExport)]
    assert str(token) in order.items[0].stored.key


async def test_a_new_run_is_charged_when_it_gives_a_new_output_and_only_then(scheduler: Scheduler) -> None:
    request, _ = await finished(scheduler)
    assert await used(scheduler) == 1
    await rendered(request, scheduler)
    assert await used(scheduler) == 2
    (command,) = await dispatched(scheduler)
    await handlers.video_failed(failure(command, await claimed(command, scheduler), permanent=True), scheduler)
    assert await used(scheduler) == 1
    await rendered(request, scheduler)
    await answers.cancel_batch(CancelBatch(request_id=uuid4(), user_id=USER, batch_id=request.batch_id), scheduler)
    assert await used(scheduler) == 1
    await rendered(request, scheduler)
    (command,) = await dispatched(scheduler)
    await handlers.video_processed(processed(command, await claimed(command, scheduler)), scheduler)
    assert await used(scheduler) == 2
    limited(scheduler, minutes_per_month=2)
    with pytest.raises(QuotaExceeded):
        await rendered(request, scheduler, BatchSettings(remove_silence=True, silence_threshold=-25))
    assert scheduler.settings.tiers[Tier.CREATOR].minutes_per_month == 2
