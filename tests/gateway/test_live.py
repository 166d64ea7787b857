from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.live import LiveValues
from shared.batches import BatchStatus, ExportStatus, VideoStatus
from shared.media import Stage
from shared.messages import BatchUpdate
from shared.views import BatchDetails
from tests.gateway.updates import NOW, Story

FIRST, SECOND = uuid.uuid4(), uuid.uuid4()


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def live() -> LiveValues:
    return LiveValues(100)


def given_run(live: LiveValues, story: Story) -> None:
    """The first run has got to 10 %."""
    live.accept(story.video_changed(VideoStatus.PROCESSING, 1, run_token=FIRST))
    assert live.accept(story.progressed(10, run_token=FIRST))


def test_the_newest_progress_of_a_run_is_shown_over_the_stored_one(live: LiveValues, story: Story) -> None:
    given_run(live, story)
    live.accept(story.progressed(30, run_token=FIRST))
    shown = live.details(BatchDetails(batch_job=story.job(), videos=(story.video(progress_percentage=0),)))
    assert (shown.videos[0].progress_percentage, shown.videos[0].current_stage) == (30, Stage.EXPORTING)


def test_older_progress_of_the_same_run_is_dropped(live: LiveValues, story: Story) -> None:
    given_run(live, story)
    assert not live.accept(story.progressed(9, run_token=FIRST))
    assert not live.accept(story.progressed(10, run_token=FIRST))


def test_progress_of_a_run_that_was_fenced_off_is_dropped(live: LiveValues, story: Story) -> None:
    given_run(live, story)
    live.accept(story.video_changed(VideoStatus.PROCESSING, 2, run_token=SECOND))
    assert not live.accept(story.progressed(90, run_token=FIRST))
    assert live.accept(story.progressed(5, run_token=SECOND))
    assert live.video(story.video()).progress_percentage == 5


def test_progress_of_an_earlier_attempt_is_dropped(live: LiveValues, story: Story) -> None:
    given_run(live, story)
    assert live.accept(story.progressed(2, run_token=SECOND, attempt=2))
    assert not live.accept(story.progressed(90, run_token=FIRST))


def test_a_run_that_is_quicker_than_the_word_of_the_scheduler_is_shown_when_the_word_comes(
    live: LiveValues, story: Story
) -> None:
    given_run(live, story)
    early = story.progressed(3, run_token=SECOND)
    assert not live.accept(early)
    told = story.video_changed(VideoStatus.PROCESSING, 2, run_token=SECOND)
    assert live.accept(told) == (told, early)


@pytest.mark.parametrize("status", [VideoStatus.COMPLETED, VideoStatus.FAILED, VideoStatus.CANCELLED])
def test_progress_after_the_end_of_a_video_is_dropped(live: LiveValues, story: Story, status: VideoStatus) -> None:
    given_run(live, story)
    live.accept(story.video_changed(status, 2, run_token=FIRST))
    assert not live.accept(story.progressed(99, run_token=FIRST))
    assert live.last([story.batch_id]) == []


def test_progress_after_the_end_of_a_batch_is_dropped_and_nothing_of_it_is_kept(live: LiveValues, story: Story) -> None:
    given_run(live, story)
    live.accept(story.batch_changed(BatchStatus.CANCELLED, 2))
    assert not live.accept(story.progressed(99, run_token=FIRST))
    assert live.last([story.batch_id]) == []


def test_a_batch_that_goes_on_after_its_end_is_shown_again(live: LiveValues, story: Story) -> None:
    given_run(live, story)
    live.accept(story.batch_changed(BatchStatus.FAILED, 2))
    live.accept(story.batch_changed(BatchStatus.PROCESSING, 3))
    assert live.accept(story.progressed(1, run_token=SECOND, attempt=2))


def test_an_older_state_is_dropped(live: LiveValues, story: Story) -> None:
    assert live.accept(story.batch_changed(BatchStatus.PAUSED, 7))
    assert not live.accept(story.batch_changed(BatchStatus.PROCESSING, 6))


def test_an_export_of_an_ended_batch_is_shown_until_it_is_done(live: LiveValues, story: Story) -> None:
    live.accept(story.batch_changed(BatchStatus.COMPLETED, 1))
    live.accept(story.export_changed(ExportStatus.PROCESSING, 1))
    assert live.accept(story.export_progressed(40, FIRST))
    export = story.export_changed(ExportStatus.PROCESSING, 1).export
    assert (live.export(export).progress, live.export(export).operation) == (40, "Adding video 1 of 1")
    live.accept(story.export_changed(ExportStatus.COMPLETED, 2))
    assert live.last([story.batch_id]) == []


def test_an_upload_is_shown_until_it_is_complete(live: LiveValues, story: Story) -> None:
    live.accept(story.uploaded(25, 100))
    waiting = story.video(VideoStatus.UPLOADING, uploaded_at=None)
    assert live.video(waiting).progress_percentage == 25
    assert live.video(waiting).current_stage is Stage.UPLOADING
    assert live.video(story.video(VideoStatus.PENDING, uploaded_at=NOW, progress_percentage=0)).progress_percentage == 0


def test_a_batch_gets_the_live_progress_of_its_videos_by_their_length(live: LiveValues, story: Story) -> None:
    given_run(live, story)
    live.accept(story.progressed(50, run_token=FIRST))
    length = story.video().duration_s
    job = story.job(progress_percentage=25, total_duration_seconds=2 * (length or 0), total_videos=2)
    assert live.job(job).progress_percentage == 50


def test_memory_is_bounded_and_what_moved_last_is_kept() -> None:
    live, stories = LiveValues(3), [Story() for _ in range(5)]
    for story in stories:
        live.accept(story.uploaded(1, 2))
    assert set(live.batches) == {story.batch_id for story in stories[2:]}


STORY = Story()
UPDATES: st.SearchStrategy[BatchUpdate] = st.one_of(
    st.builds(
        STORY.progressed,
        st.integers(1, 100),
        run_token=st.sampled_from([FIRST, SECOND]),
        attempt=st.integers(1, 3),
    ),
    st.builds(
        STORY.video_changed,
        st.sampled_from(VideoStatus),
        st.integers(1, 20),
        attempt=st.integers(1, 3),
        run_token=st.sampled_from([FIRST, SECOND, None]),
    ),
    st.builds(STORY.batch_changed, st.sampled_from(BatchStatus), st.integers(1, 20)),
)


@given(st.lists(UPDATES, max_size=30))
def test_whatever_the_order_live_progress_is_only_of_the_run_that_is_known_to_work(updates: list[BatchUpdate]) -> None:
    live = LiveValues(10)
    for update in updates:
        live.accept(update)
    for last in live.last([STORY.batch_id]):
        batch = live.batches[STORY.batch_id]
        run = batch.runs[STORY.video_id]
        assert not batch.over and run.working
        assert last.attempt == run.attempt  # type: ignore[attr-defined]
        assert run.token in (None, last.run_token)  # type: ignore[attr-defined]
