"""Batches that start by themselves, and videos that leave the library."""

from __future__ import annotations

from uuid import uuid4

import pytest

from services.scheduler import answers, edit_answers, handlers
from services.scheduler.service import Scheduler
from shared.batches import BatchStatus
from shared.errors import Conflict
from shared.messages import CancelBatch, DeleteSource, DeleteVideo, EditBatch, VideoRejected, VideoUploaded
from tests.scheduler.states import FACTS, stored
from tests.scheduler.test_answers import USER, creation, dispatched, look, outbox


async def test_a_batch_starts_by_itself_once_its_last_upload_is_there(scheduler: Scheduler) -> None:
    request = creation(3, start_when_uploaded=True)
    await answers.create_batch(request, scheduler)
    first, second, third = (video.video_id for video in request.videos)
    await handlers.video_uploaded(VideoUploaded(video_id=first, source=stored(), facts=FACTS), scheduler)
    assert (await look(request, scheduler)).batch_job.status is BatchStatus.PENDING
    await handlers.video_uploaded(VideoUploaded(video_id=second, source=stored(), facts=FACTS), scheduler)
    assert await dispatched(scheduler, slots=5) == []
    last = VideoRejected(video_id=third, code="not_a_video", reason="No.")
    await handlers.video_rejected(last, scheduler)
    await handlers.video_rejected(last, scheduler)
    assert (await look(request, scheduler)).batch_job.status is BatchStatus.PROCESSING
    assert len(await dispatched(scheduler, slots=5)) == 2


async def test_a_batch_is_not_started_unless_that_is_wanted(scheduler: Scheduler) -> None:
    request = creation(1)
    await answers.create_batch(request, scheduler)
    news = VideoUploaded(video_id=request.videos[0].video_id, source=stored(), facts=FACTS)
    await handlers.video_uploaded(news, scheduler)
    assert (await look(request, scheduler)).batch_job.status is BatchStatus.PENDING


async def test_how_a_batch_starts_can_be_changed_until_it_has(scheduler: Scheduler) -> None:
    request = creation(2)
    await answers.create_batch(request, scheduler)
    first, second = (video.video_id for video in request.videos)
    await handlers.video_uploaded(VideoUploaded(video_id=first, source=stored(), facts=FACTS), scheduler)

    async def change(*, wanted: bool) -> BatchStatus:
        changed = EditBatch(
            request_id=uuid4(), user_id=USER, batch_id=request.batch_id, name="Other", start_when_uploaded=wanted
        )
        job = await edit_answers.edit_batch(changed, scheduler)
        assert job.start_when_uploaded is wanted
        return job.status

    assert await change(wanted=True) is BatchStatus.PENDING
    assert await change(wanted=False) is BatchStatus.PENDING
    await handlers.video_uploaded(VideoUploaded(video_id=second, source=stored(), facts=FACTS), scheduler)
    assert await change(wanted=False) is BatchStatus.PENDING
    # Everything is there already.
    assert await change(wanted=True) is BatchStatus.PROCESSING
    assert await change(wanted=True) is BatchStatus.PROCESSING
    with pytest.raises(Conflict, match="before the start"):
        await change(wanted=False)


async def test_a_batch_none_of_whose_uploads_is_a_video_is_not_started(scheduler: Scheduler) -> None:
    request = creation(1, start_when_uploaded=True)
    await answers.create_batch(request, scheduler)
    news = VideoRejected(video_id=request.videos[0].video_id, code="not_a_video", reason="No.")
    await handlers.video_rejected(news, scheduler)
    assert await dispatched(scheduler, slots=5) == []


async def test_a_video_is_removed_when_no_unfinished_batch_needs_it(scheduler: Scheduler) -> None:
    request = creation(1)
    await answers.create_batch(request, scheduler)
    video_id = request.videos[0].video_id
    with pytest.raises(Conflict, match="Season one"):
        await answers.delete_video(DeleteVideo(request_id=uuid4(), user_id=USER, video_id=video_id), scheduler)
    cancel = CancelBatch(request_id=uuid4(), user_id=USER, batch_id=request.batch_id)
    await answers.cancel_batch(cancel, scheduler)
    await outbox(scheduler)
    deletion = DeleteVideo(request_id=uuid4(), user_id=USER, video_id=video_id)
    named = await answers.delete_video(deletion, scheduler)
    assert [batch.batch_name for batch in named.batches] == ["Season one"]
    assert await answers.delete_video(deletion, scheduler) == named
    assert await outbox(scheduler) == [DeleteSource(user_id=USER, video_id=video_id)]
