"""When a batch will be done, in live events: told with progress, asked of the scheduler now and then."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Any

import msgspec

from services.scheduler import handlers
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchVideos
from shared.messages import ClaimRun, GetEstimates, VideoUploaded, WorkerSeen
from tests.gateway.conftest import House, Person
from tests.gateway.test_events import Stream, story_of, watching
from tests.scheduler.states import FACTS, stored

EVENTS = 100


async def begun(ada: Person, scheduler: Scheduler) -> tuple[str, dict[str, Any], uuid.UUID]:
    """A batch of two videos of which a worker has one: the batch's id, that video and its run."""
    files = [{"name": f"{number}.mp4", "size": 2_000} for number in range(2)]
    made = (await ada.client.post("/api/batch-jobs", json={"name": "Season 3", "files": files})).json()
    for video in made["videos"]:
        uploaded = VideoUploaded(video_id=uuid.UUID(video["video_id"]), source=stored(), facts=FACTS)
        await handlers.video_uploaded(uploaded, scheduler)
    batch_id = made["batch_job_id"]
    assert (await ada.client.post(f"/api/batch-jobs/{batch_id}/start")).status_code == 202
    seen = WorkerSeen(worker="w", service="processor", slots=1, running=(), started_at=datetime.now(UTC))
    async with asyncio.timeout(20):
        while True:
            await scheduler.bus.publish(seen)
            details = (await ada.client.get(f"/api/batch-jobs/{batch_id}")).json()
            running = [video for video in details["videos"] if video["status"] == "processing"]
            if running:
                break
            await asyncio.sleep(0.05)
    run = uuid.uuid4()
    claim = ClaimRun(request_id=run, work_id=uuid.UUID(running[0]["id"]), attempt=1, worker="w")
    assert (await scheduler.bus.ask(claim)).verdict == "granted"
    return batch_id, running[0], run


async def told(stream: Stream, *, at_least: int) -> list[dict[str, Any]]:
    """Progress events up to a percentage."""
    events = [await stream.next("progress")]
    while events[-1]["progress"] < at_least:
        events.append(await stream.next("progress"))
    return events


async def test_progress_says_when_the_video_and_the_batch_will_be_done(house: House, scheduler: Scheduler) -> None:
    ada = await house.person()
    batch_id, video, run = await begun(ada, scheduler)
    asked: list[bytes] = []

    async def hear(message: Any) -> None:
        asked.append(message.data)

    await scheduler.bus.listen(GetEstimates.subject(), hear)
    story = story_of(ada, batch_id, video["video_id"])
    async with watching(ada, f"/api/batch-jobs/{batch_id}/progress") as stream:
        snapshot = await stream.next("snapshot")
        assert snapshot["batch_job"]["estimated_time_remaining"] > 0
        left = [shown["estimated_time_remaining"] for shown in snapshot["videos"]]
        assert 0 < left[0] < left[1] == snapshot["batch_job"]["estimated_time_remaining"]
        assert snapshot["batch_job"]["estimated_completion_at"] == snapshot["videos"][1]["estimated_completion_at"]
        for number in range(EVENTS):
            await house.at.bus.publish(story.progressed(number // 2, run_token=run, revision=number + 1))
            await asyncio.sleep(0.01)
        newest = (await told(stream, at_least=EVENTS // 2 - 1))[-1]
        assert 0 < newest["video_time_remaining"] < newest["estimated_time_remaining"]
        await ada.client.patch(f"/api/batch-jobs/{batch_id}", json={"name": "Season 4"})
        changed = await stream.next("batch")
        assert changed["estimated_time_remaining"] > 0 and changed["estimated_completion_at"] is not None
        await ada.client.post(f"/api/batch-jobs/{batch_id}/pause")
        assert (await stream.next("batch"))["estimated_time_remaining"] is None
    assert {msgspec.json.decode(data)["user_id"] for data in asked} == {str(ada.user_id)}
    assert len(asked) <= 1 + EVENTS // 10, "not for every event"


async def test_progress_and_its_estimates_write_no_row(house: House, scheduler: Scheduler) -> None:
    ada = await house.person()
    batch_id, video, run = await begun(ada, scheduler)
    versions = "select xmin::text, ctid::text from {} order by ctid"
    tables = [versions.format(name) for name in ("batch_jobs", "batch_videos")]
    before = [await BatchVideos.raw(table) for table in tables]
    story = story_of(ada, batch_id, video["video_id"])
    async with watching(ada) as stream:
        await stream.next("snapshot")
        for number in range(EVENTS):
            await house.at.bus.publish(story.progressed(number, run_token=run))
        await told(stream, at_least=EVENTS - 1)
    assert [await BatchVideos.raw(table) for table in tables] == before
