"""The state table, cell by cell: what each operation does to a batch in each status, and each report to a video in each situation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import get_args
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from services.scheduler import events
from services.scheduler.events import BatchEvent
from services.scheduler.pipeline import advance
from services.scheduler.state import BatchState, VideoState
from shared.batches import BatchSettings, BatchStatus, VideoStatus
from shared.errors import Conflict
from shared.media import Stage
from shared.views import ProcessingResult
from tests.scheduler.states import FACTS, NOW, batch, in_status, running, stored, video

PENDING, PROCESSING, PAUSED, COMPLETED, FAILED, CANCELLED = BatchStatus
REFUSED = "refused"
IGNORED = "ignored"

Make = Callable[[BatchState, VideoState], BatchEvent]

LEASE = timedelta(seconds=30)
LOUDER = BatchSettings(remove_silence=True, silence_threshold=-30)
RESULT = ProcessingResult(source_s=60, output_s=42)
RENDERED, WAITING = UUID(int=7), UUID(int=8)
"""Two videos that every batch has: one is completed, the other has not begun, where the status of the batch allows."""


def in_batch_status(status: BatchStatus) -> BatchState:
    """A batch in a status, with a failed video, the two that are named, and what else belongs to it."""
    over = status in (COMPLETED, FAILED, CANCELLED)
    return batch(
        in_status(VideoStatus.FAILED),
        replace(in_status(VideoStatus.PENDING if status is PENDING else VideoStatus.COMPLETED), video_id=RENDERED),
        replace(in_status(VideoStatus.CANCELLED if over else VideoStatus.PENDING), video_id=WAITING),
        *((running(),) if status is PROCESSING else ()),
        status=status,
    )


# What becomes of a batch that is pending, processing, paused, completed, failed, cancelled.
OPERATIONS: list[tuple[Make, tuple[BatchStatus | str, ...]]] = [
    (
        lambda state, _: events.Start(job_id=uuid4()),
        (PROCESSING, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    ),
    (lambda state, _: events.Pause(), (REFUSED, PAUSED, PAUSED, REFUSED, REFUSED, REFUSED)),
    (lambda state, _: events.Resume(), (REFUSED, PROCESSING, PROCESSING, REFUSED, REFUSED, REFUSED)),
    (lambda state, _: events.Cancel(), (CANCELLED, CANCELLED, CANCELLED, REFUSED, REFUSED, CANCELLED)),
    (lambda state, _: events.Retry(), (REFUSED, PROCESSING, PAUSED, PROCESSING, PROCESSING, REFUSED)),
    (
        lambda state, _: events.RenderAgain(video_id=RENDERED, settings=LOUDER),
        (REFUSED, PROCESSING, PAUSED, PROCESSING, PROCESSING, REFUSED),
    ),
    (lambda state, _: events.Delete(), (REFUSED, REFUSED, REFUSED, COMPLETED, FAILED, CANCELLED)),
    (lambda state, _: events.Edit(name="New"), (PENDING, PROCESSING, PAUSED, COMPLETED, FAILED, CANCELLED)),
    (lambda state, _: events.Add(videos=(video(9),)), (PENDING, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED)),
    (
        lambda state, _: events.Remove(video_ids=frozenset({WAITING})),
        # The paused one has nothing left to do after that.
        (PENDING, PROCESSING, COMPLETED, REFUSED, REFUSED, REFUSED),
    ),
    (
        lambda state, _: events.Reorder(video_ids=tuple(entry.video_id for entry in reversed(state.videos))),
        (PENDING, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    ),
    (
        lambda state, _: events.OutOfTime(budget=timedelta(hours=6)),
        (IGNORED, FAILED, FAILED, IGNORED, IGNORED, IGNORED),
    ),
    (lambda state, _: events.Due(), (IGNORED,) * 6),
    (
        lambda state, _: events.Announce(delete_at=NOW + LEASE),
        (PENDING, IGNORED, IGNORED, COMPLETED, FAILED, CANCELLED),
    ),
    (lambda state, _: events.Keep(), (IGNORED,) * 6),
    # What was not announced is not deleted.
    (lambda state, _: events.Expire(), (IGNORED,) * 6),
]


def _again(entry: VideoState) -> VideoState:
    """The video is to be rendered again."""
    state = batch(entry, status=COMPLETED)
    return advance(state, events.RenderAgain(video_id=entry.video_id, settings=LOUDER), NOW).batch.videos[0]


SITUATIONS: dict[str, VideoState] = {
    "announced": video(ready=False),
    "uploading": in_status(VideoStatus.UPLOADING),
    "waiting": video(),
    "backing off": replace(video(), attempt=1, retry_count=1, next_try_at=NOW + LEASE),
    "dispatched": replace(running(), run_token=None, worker=None),
    "running": running(),
    "completed": in_status(VideoStatus.COMPLETED),
    "failed": in_status(VideoStatus.FAILED),
    "cancelled": in_status(VideoStatus.CANCELLED),
    "to be rendered again": _again(in_status(VideoStatus.COMPLETED)),
    "rendered again": replace(
        _again(in_status(VideoStatus.COMPLETED)), status=VideoStatus.PROCESSING, attempt=2, run_token=uuid4()
    ),
}
ENDED = [name for name, entry in SITUATIONS.items() if entry.finished]


def _token(entry: VideoState) -> UUID:
    return entry.run_token or uuid4()


def _failure(entry: VideoState, *, permanent: bool) -> events.Failed:
    return events.Failed(
        id=entry.id, run_token=_token(entry), permanent=permanent, code="x", reason="It broke.", backoff=LEASE
    )


# What becomes of the video; where nothing is said, the report comes too late or at the wrong time and changes nothing.
REPORTS: list[tuple[Make, dict[str, VideoStatus]]] = [
    (lambda _, entry: events.Uploading(video_id=entry.video_id), {"announced": VideoStatus.UPLOADING}),
    (
        lambda _, entry: events.Uploaded(video_id=entry.video_id, source=stored(), facts=FACTS),
        {"announced": VideoStatus.PENDING, "uploading": VideoStatus.PENDING},
    ),
    (
        lambda _, entry: events.Rejected(video_id=entry.video_id, code="x", reason="No."),
        {"announced": VideoStatus.FAILED, "uploading": VideoStatus.FAILED},
    ),
    (
        lambda _, entry: events.Dispatched(id=entry.id),
        {"waiting": VideoStatus.PROCESSING, "to be rendered again": VideoStatus.PROCESSING},
    ),
    (lambda _, entry: events.NeverClaimed(id=entry.id), {"dispatched": VideoStatus.PENDING}),
    (
        lambda _, entry: events.Claimed(id=entry.id, run_token=uuid4(), worker="w", lease=LEASE),
        {
            "dispatched": VideoStatus.PROCESSING,
            "running": VideoStatus.PROCESSING,
            "rendered again": VideoStatus.PROCESSING,
        },
    ),
    (
        lambda _, entry: events.LeaseLost(id=entry.id, run_token=_token(entry)),
        {"running": VideoStatus.PENDING, "rendered again": VideoStatus.PENDING},
    ),
    (
        lambda _, entry: events.StageReached(id=entry.id, run_token=_token(entry), stage=Stage.EXPORTING),
        {"running": VideoStatus.PROCESSING, "rendered again": VideoStatus.PROCESSING},
    ),
    (
        lambda _, entry: events.Processed(id=entry.id, run_token=_token(entry), output=stored("new"), result=RESULT),
        {"running": VideoStatus.COMPLETED, "rendered again": VideoStatus.COMPLETED},
    ),
    (
        lambda _, entry: _failure(entry, permanent=False),
        {"running": VideoStatus.PENDING, "rendered again": VideoStatus.PENDING},
    ),
    (
        lambda _, entry: _failure(entry, permanent=True),
        {"running": VideoStatus.FAILED, "rendered again": VideoStatus.COMPLETED},
    ),
]


def made(make: Make) -> BatchEvent:
    """An event of a row, to see which it is."""
    return make(in_batch_status(PENDING), video())


def cells() -> Iterator[object]:
    for make, row in OPERATIONS:
        for status, after in zip(BatchStatus, row, strict=True):
            yield pytest.param(make, status, after, id=f"{type(made(make)).__name__}-{status}")


def reports(situations: Iterable[str]) -> Iterator[object]:
    for number, (make, row) in enumerate(REPORTS):
        assert row.keys() <= SITUATIONS.keys()
        for situation in situations:
            name = f"{type(made(make)).__name__}{number}-{situation}"
            yield pytest.param(make, situation, row.get(situation, IGNORED), id=name)


@pytest.mark.parametrize(("make", "status", "after"), [*cells()])
def test_every_operation_in_every_status_is_carried_out_ignored_or_refused_with_a_sentence(
    make: Make, status: BatchStatus, after: BatchStatus | str
) -> None:
    state = in_batch_status(status)
    event = make(state, state.videos[0])
    if after == REFUSED:
        with pytest.raises(Conflict, match=r"^[A-Z].*\.$"):
            advance(state, event, NOW)
    elif after == IGNORED:
        assert advance(state, event, NOW).batch == state
    else:
        assert advance(state, event, NOW).batch.status is after


@pytest.mark.parametrize(("make", "situation", "after"), [*reports(SITUATIONS)])
@pytest.mark.parametrize("status", [PROCESSING, PAUSED])
def test_every_report_on_a_video_in_every_situation_counts_or_changes_nothing(
    make: Make, situation: str, after: VideoStatus | str, status: BatchStatus
) -> None:
    state = batch(SITUATIONS[situation], video(2), status=status)
    entry = state.videos[0]
    event = make(state, entry)
    new = advance(state, event, NOW).batch
    if after == IGNORED or (isinstance(event, events.Dispatched) and status is PAUSED):
        assert new == state
    else:
        assert new != state and new.videos[0].status is after
        assert new.videos[1] == state.videos[1] and new.status is status, "the others are not touched"
        assert (
            new.videos[0].output is None
            or entry.output is None
            or isinstance(event, events.Processed)
            or (new.videos[0].output == entry.output)
        )


@pytest.mark.parametrize(("make", "situation", "after"), [*reports(ENDED)])
@pytest.mark.parametrize("over", [COMPLETED, FAILED, CANCELLED])
def test_no_report_wakes_a_batch_that_is_over(make: Make, situation: str, after: object, over: BatchStatus) -> None:
    state = batch(SITUATIONS[situation], status=over)
    assert advance(state, make(state, state.videos[0]), NOW).batch == state


def test_the_table_has_every_event() -> None:
    known = {type(made(make)) for make, _ in (*OPERATIONS, *REPORTS)}
    assert known == set(get_args(BatchEvent))
