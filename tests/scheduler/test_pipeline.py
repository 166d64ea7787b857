"""The state machine: what operations and the workers' reports lead to. Every cell of its table is in `test_state_table.py`."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from services.scheduler import events
from services.scheduler.pipeline import advance
from services.scheduler.runs import MOST_LOST_LEASES
from services.scheduler.state import BatchState, VideoState
from shared.batches import BatchStatus, VideoStatus
from shared.errors import Conflict, Invalid
from shared.media import Stage
from shared.messages import DeleteRun, DeleteSource, ProcessVideo
from shared.views import ProcessingResult
from tests.scheduler.states import FACTS, NOW, batch, in_status, running, stored, video

PENDING, PROCESSING, PAUSED = BatchStatus.PENDING, BatchStatus.PROCESSING, BatchStatus.PAUSED
COMPLETED, FAILED, CANCELLED = BatchStatus.COMPLETED, BatchStatus.FAILED, BatchStatus.CANCELLED


def only(state: BatchState) -> VideoState:
    """The one video of a batch."""
    (found,) = state.videos
    return found


def test_starting_again_with_the_same_job_id_changes_nothing() -> None:
    event = events.Start(job_id=uuid4())
    started = advance(batch(video()), event, NOW).batch
    assert advance(started, event, NOW).batch == started


def test_a_batch_with_missing_uploads_is_not_started_and_says_which() -> None:
    state = batch(video(1), video(2, ready=False))
    with pytest.raises(Conflict, match="Episode 2"):
        advance(state, events.Start(job_id=uuid4()), NOW)


def test_a_batch_is_started_while_a_file_is_still_being_inspected() -> None:
    waiting = in_status(VideoStatus.UPLOADING)
    event = events.Start(job_id=uuid4(), arrived=frozenset({waiting.video_id}))
    state = advance(batch(waiting), event, NOW).batch
    assert state.status is PROCESSING and not only(state).queued
    state = advance(state, events.Uploaded(video_id=waiting.video_id, source=stored(), facts=FACTS), NOW).batch
    assert only(state).queued and only(state).duration_seconds == FACTS.duration_s


def test_a_rejected_file_fails_alone() -> None:
    bad = video(1, ready=False)
    state = batch(bad, video(2), status=PROCESSING)
    event = events.Rejected(video_id=bad.video_id, code="not_a_video", reason="This is not a video.")
    state = advance(state, event, NOW).batch
    assert [entry.status for entry in state.videos] == [VideoStatus.FAILED, VideoStatus.PENDING]
    assert state.status is PROCESSING and state.videos[1].queued


def test_a_dispatched_video_gets_a_command_with_every_fact() -> None:
    state = advance(batch(video()), events.Start(job_id=uuid4()), NOW).batch
    step = advance(state, events.Dispatched(id=only(state).id), NOW)
    (command,) = step.commands
    assert isinstance(command, ProcessVideo)
    assert (command.attempt, command.settings, command.source) == (1, state.settings, stored())
    assert only(step.batch).running and not only(step.batch).queued


@pytest.mark.parametrize("status", [PENDING, PAUSED])
def test_a_video_is_not_dispatched_unless_its_batch_is_processing(status: BatchStatus) -> None:
    state = batch(video(), status=status)
    step = advance(state, events.Dispatched(id=only(state).id), NOW)
    assert step.commands == () and not only(step.batch).running


def test_a_second_claim_fences_off_the_first() -> None:
    first, second = uuid4(), uuid4()
    state = batch(running(token=first), status=PROCESSING)
    claim = events.Claimed(id=only(state).id, run_token=second, worker="other", lease=timedelta(seconds=30))
    state = advance(state, claim, NOW).batch
    assert only(state).run_token == second and only(state).lost_leases == 1
    late = advance(state, done(only(state), first), NOW)
    assert only(late.batch).running
    assert late.commands == (DeleteRun(batch_video_id=only(state).id, only_run=first),)
    ended = advance(state, done(only(state), second), NOW)
    assert ended.batch.status is COMPLETED
    assert ended.commands == (DeleteRun(batch_video_id=only(state).id, keep_run=second),)


def test_what_a_fenced_run_left_is_ordered_away_however_far_the_next_one_got() -> None:
    first, second = uuid4(), uuid4()
    state = batch(running(token=first), status=PROCESSING)
    claim = events.Claimed(id=only(state).id, run_token=second, worker="other", lease=timedelta(seconds=30))
    state = advance(state, claim, NOW).batch
    for stage in (Stage.REMOVING_SILENCE, Stage.EXPORTING):
        state = advance(state, events.StageReached(id=only(state).id, run_token=second, stage=stage), NOW).batch
    assert only(state).lost_leases == 0
    ended = advance(state, done(only(state), second), NOW)
    assert ended.commands == (DeleteRun(batch_video_id=only(state).id, keep_run=second),)


def test_asking_for_the_same_claim_again_gives_the_same_answer() -> None:
    state = batch(running(), status=PROCESSING)
    token = only(state).run_token
    assert token is not None
    claim = events.Claimed(id=only(state).id, run_token=token, worker="w", lease=timedelta(seconds=30))
    assert advance(state, claim, NOW).batch == state


def test_a_lost_lease_puts_the_video_back_without_counting_as_its_failure() -> None:
    state = batch(running(), status=PROCESSING)
    state = advance(state, lost(only(state)), NOW).batch
    again = only(state)
    assert (again.status, again.retry_count, again.lost_leases, again.queued) == (VideoStatus.PENDING, 0, 1, True)


def test_five_lost_leases_in_a_row_are_a_permanent_failure() -> None:
    state = batch(running(), status=PROCESSING)
    for number in range(MOST_LOST_LEASES):
        state = advance(state, lost(only(state)), NOW).batch
        if number < MOST_LOST_LEASES - 1:
            state = advance(state, events.Dispatched(id=only(state).id), NOW).batch
            claim = events.Claimed(id=only(state).id, run_token=uuid4(), worker="w", lease=timedelta(seconds=30))
            state = advance(state, claim, NOW).batch
    assert state.status is FAILED
    assert only(state).error_code == "stopped_its_worker"


def test_a_finished_stage_forgives_earlier_lost_leases() -> None:
    state = batch(replace(running(), lost_leases=4), status=PROCESSING)
    token = only(state).run_token
    assert token is not None
    first = events.StageReached(id=only(state).id, run_token=token, stage=Stage.REMOVING_SILENCE)
    state = advance(state, first, NOW).batch
    assert only(state).lost_leases == 4
    state = advance(state, replace(first, stage=Stage.EXPORTING), NOW).batch
    assert only(state).lost_leases == 0


def test_a_transient_failure_waits_and_is_tried_again() -> None:
    state = batch(running(), status=PROCESSING)
    state = advance(state, failure(only(state), permanent=False), NOW).batch
    waiting = only(state)
    assert waiting.status is VideoStatus.PENDING and not waiting.queued and waiting.retry_count == 1
    later = advance(state, events.Due(), NOW + timedelta(seconds=11)).batch
    assert only(later).queued


def test_a_video_that_fails_too_often_is_given_up_and_a_manual_retry_gives_it_three_more_tries() -> None:
    state = batch(replace(running(), retry_count=3), status=PROCESSING)
    state = advance(state, failure(only(state), permanent=False), NOW).batch
    assert state.status is FAILED and only(state).status is VideoStatus.FAILED
    state = advance(state, events.Retry(), NOW).batch
    assert (only(state).retry_count, only(state).max_retries, only(state).error_message) == (4, 7, None)
    assert state.status is PROCESSING and only(state).queued


def test_a_permanent_failure_is_not_tried_again_and_the_others_go_on() -> None:
    state = batch(running(1), video(2), status=PROCESSING)
    state = advance(state, failure(state.videos[0], permanent=True), NOW).batch
    assert state.videos[0].error_message == "The file is damaged."
    assert state.status is PROCESSING and state.videos[1].queued


def test_a_paused_batch_finishes_when_its_last_running_video_ends_and_none_waits() -> None:
    state = batch(running(), status=PAUSED)
    token = only(state).run_token
    assert token is not None
    assert advance(state, done(only(state), token), NOW).batch.status is COMPLETED


def test_cancel_stops_the_running_and_deletes_what_nobody_needs() -> None:
    used, finished, shared = running(1), replace(in_status(VideoStatus.COMPLETED), position=2), video(3)
    state = batch(used, finished, shared, status=PROCESSING)
    step = advance(state, events.Cancel(shared_sources=frozenset({shared.video_id})), NOW)
    assert step.stopped == (used.run_token,)
    assert set(step.commands) == {
        DeleteRun(batch_video_id=used.id),
        DeleteSource(user_id=state.user_id, video_id=used.video_id),
    }
    assert [entry.status for entry in step.batch.videos] == [
        VideoStatus.CANCELLED,
        VideoStatus.COMPLETED,
        VideoStatus.CANCELLED,
    ]


def test_a_late_result_for_a_cancelled_batch_is_ignored_and_its_output_deleted() -> None:
    state = batch(running(), status=PROCESSING)
    token = only(state).run_token
    assert token is not None
    cancelled = advance(state, events.Cancel(), NOW).batch
    late = advance(cancelled, done(only(state), token), NOW)
    assert late.batch == cancelled
    assert late.commands == (DeleteRun(batch_video_id=only(state).id, only_run=token),)


def test_a_result_told_twice_counts_once() -> None:
    state = batch(running(), status=PROCESSING)
    token = only(state).run_token
    assert token is not None
    ended = advance(state, done(only(state), token), NOW).batch
    again = advance(ended, done(only(state), token), NOW)
    assert again.batch == ended and again.commands == ()


def test_a_library_video_is_not_deleted_with_its_batch() -> None:
    state = batch(replace(in_status(VideoStatus.COMPLETED), own_upload=False), status=COMPLETED)
    step = advance(state, events.Delete(), NOW)
    assert step.commands == (DeleteRun(batch_video_id=only(state).id),)


def test_a_command_that_nobody_claims_goes_back_to_the_queue() -> None:
    state = batch(replace(running(), run_token=None), status=PROCESSING)
    state = advance(state, events.NeverClaimed(id=only(state).id), NOW).batch
    assert only(state).queued and only(state).lost_leases == 0


def done(entry: VideoState, token: UUID) -> events.Processed:
    """A run's result."""
    return events.Processed(
        id=entry.id, run_token=token, output=stored("runs/out"), result=ProcessingResult(source_s=60, output_s=42)
    )


def lost(entry: VideoState) -> events.LeaseLost:
    """The lease of a running video has run out."""
    assert entry.run_token is not None
    return events.LeaseLost(id=entry.id, run_token=entry.run_token)


def failure(entry: VideoState, *, permanent: bool) -> events.Failed:
    """A run's failure."""
    assert entry.run_token is not None
    return events.Failed(
        id=entry.id,
        run_token=entry.run_token,
        permanent=permanent,
        code="failed",
        reason="The file is damaged.",
        backoff=timedelta(seconds=10),
    )


def test_videos_are_put_into_another_order_only_when_all_are_named() -> None:
    state = batch(video(1), video(2), video(3))
    ids = [entry.video_id for entry in state.videos]
    turned = advance(state, events.Reorder(video_ids=tuple(reversed(ids))), NOW).batch
    assert [(entry.position, entry.video_id) for entry in turned.videos] == list(enumerate(reversed(ids), 1))
    for wrong in (ids[:2], [*ids, ids[0]], [*ids[:2], uuid4()]):
        with pytest.raises(Invalid):
            advance(state, events.Reorder(video_ids=tuple(wrong)), NOW)


def test_a_video_removed_before_the_start_is_gone_with_its_upload_and_the_rest_close_up() -> None:
    state = batch(video(1), video(2), video(3))
    gone = state.videos[1]
    step = advance(state, events.Remove(video_ids=frozenset({gone.video_id})), NOW)
    assert [entry.position for entry in step.batch.videos] == [1, 2]
    assert step.commands == (DeleteSource(user_id=state.user_id, video_id=gone.video_id),)


def test_a_video_removed_after_the_start_is_cancelled_unless_it_has_begun() -> None:
    state = batch(running(1), video(2), status=PROCESSING)
    with pytest.raises(Conflict, match="begun"):
        advance(state, events.Remove(video_ids=frozenset({state.videos[0].video_id})), NOW)
    state = advance(state, events.Remove(video_ids=frozenset({state.videos[1].video_id})), NOW).batch
    assert [entry.status for entry in state.videos] == [VideoStatus.PROCESSING, VideoStatus.CANCELLED]


def test_a_batch_whose_videos_were_all_removed_after_the_start_is_cancelled() -> None:
    state = batch(video(1), status=PROCESSING)
    assert advance(state, events.Remove(video_ids=frozenset({only(state).video_id})), NOW).batch.status is CANCELLED
