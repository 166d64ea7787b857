"""What is told of batches and exports that end."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import msgspec
import pytest
from msgspec.structs import replace

from services.scheduler import handlers
from services.scheduler.answers import cancel_batch
from services.scheduler.endings import batch_ended, export_ended
from services.scheduler.exporting import ExportState
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchJobs
from shared.batches import BatchStatus, ExportFormat, ExportStatus, VideoStatus
from shared.messages import BatchEnded, CancelBatch, ExportOptions
from tests.scheduler.states import NOW, batch, in_status
from tests.scheduler.test_answers import USER, claimed, dispatched, processed, ready


async def told(kind: type[Any]) -> list[Any]:
    """What waits to be sent to the gateway, of one kind."""
    rows = await BatchJobs.raw("select message from outbox where kind = {} order by id", kind.__name__)
    return [msgspec.json.decode(row["message"], type=kind) for row in rows]


def test_each_end_is_told_once_and_has_an_id_of_its_own() -> None:
    ended = batch(in_status(VideoStatus.COMPLETED), status=BatchStatus.COMPLETED)
    before = replace(ended, status=BatchStatus.PROCESSING)
    (event,) = batch_ended(before, ended, NOW)
    assert (event.batch_id, event.report.status, event.at) == (ended.id, BatchStatus.COMPLETED, NOW)
    assert batch_ended(ended, ended, NOW) == batch_ended(before, before, NOW) == ()
    (again,) = batch_ended(replace(before, revision=9), replace(ended, revision=9), NOW)
    assert again.event_id != event.event_id == batch_ended(before, ended, NOW)[0].event_id


@pytest.mark.parametrize(
    ("status", "is_told"),
    [(ExportStatus.COMPLETED, True), (ExportStatus.FAILED, True), (ExportStatus.CANCELLED, False)],
)
def test_an_export_is_told_of_when_it_is_there_or_given_up(status: ExportStatus, is_told: bool) -> None:
    under_way = ExportState(
        id=uuid4(),
        batch_job_id=uuid4(),
        user_id=uuid4(),
        format=ExportFormat.ZIP,
        options=ExportOptions(),
        status=ExportStatus.PROCESSING,
        created_at=NOW,
        updated_at=NOW,
    )
    ended = replace(under_way, status=status)
    assert export_ended(under_way, ended) is is_told
    assert not export_ended(ended, ended)


async def test_the_end_of_a_batch_is_written_down_with_its_report_in_the_same_change(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 1)
    (command,) = await dispatched(scheduler)
    assert await told(BatchEnded) == []
    news = processed(command, await claimed(command, scheduler))
    await handlers.video_processed(news, scheduler)
    await handlers.video_processed(news, scheduler)
    (event,) = await told(BatchEnded)
    assert (event.user_id, event.batch_id) == (USER, request.batch_id)
    assert event.report.completed_videos == 1 and event.report.saved_s == 18


async def test_a_batch_that_is_cancelled_is_told_as_cancelled(scheduler: Scheduler) -> None:
    request = await ready(scheduler, 1)
    await cancel_batch(CancelBatch(request_id=uuid4(), user_id=USER, batch_id=request.batch_id), scheduler)
    (event,) = await told(BatchEnded)
    assert event.report.status is BatchStatus.CANCELLED
