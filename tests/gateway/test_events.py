from __future__ import annotations

import asyncio
import json
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest

from services.scheduler.service import Scheduler
from shared.batches import BatchStatus, VideoStatus
from stack.local import LocalStack
from tests.gateway.conftest import House, Person, Start, eventually
from tests.gateway.updates import Story

RUN = uuid.uuid4()


class Stream:
    """The events of one open connection."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.lines = answer.aiter_lines()
        self.last_id: str | None = None
        self.comments = 0

    async def next(self, kind: str | None = None) -> dict[str, Any]:
        """The next event, or the next one of a kind. Raises `StopAsyncIteration` at the end."""
        async with asyncio.timeout(10):
            while True:
                line = await anext(self.lines)
                if line.startswith("id: "):
                    self.last_id = line.removeprefix("id: ")
                elif line.startswith(":"):
                    self.comments += 1
                elif line.startswith("data: "):
                    event: dict[str, Any] = json.loads(line.removeprefix("data: "))
                    if kind in (None, event["type"]):
                        return event


@asynccontextmanager
async def watching(person: Person, path: str = "/api/events", last_id: str | None = None) -> AsyncIterator[Stream]:
    """Open a stream."""
    headers = {"Last-Event-ID": last_id} if last_id else {}
    async with person.client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200, await answer.aread()
        yield Stream(answer)


async def create(person: Person) -> tuple[str, str]:
    """A batch with one video: their ids."""
    files = [{"name": "one.mp4", "size": 2_000}]
    created = (await person.client.post("/api/batch-jobs", json={"name": "Season 3", "files": files})).json()
    return created["batch_job_id"], created["videos"][0]["video_id"]


def story_of(person: Person, batch_id: str | None = None, video_id: str | None = None) -> Story:
    """Somebody's batch, as other services speak of it."""
    story = Story(person.user_id)
    story.batch_id = uuid.UUID(batch_id) if batch_id else story.batch_id
    story.video_id = uuid.UUID(video_id) if video_id else story.video_id
    return story


async def test_a_watcher_gets_a_snapshot_and_then_what_is_new(house: House) -> None:
    ada = await house.person()
    batch_id, video_id = await create(ada)
    story = story_of(ada, batch_id, video_id)
    async with watching(ada, f"/api/batch-jobs/{batch_id}/progress") as stream:
        assert stream.answer.headers["content-type"].startswith("text/event-stream")
        assert stream.answer.headers["cache-control"] == "no-store"
        snapshot = await stream.next()
        assert snapshot["type"] == "snapshot"
        assert snapshot["batch_job"]["id"] == batch_id and snapshot["videos"][0]["video_id"] == video_id
        assert stream.last_id is not None
        await house.at.bus.publish(story.uploaded(500, 2_000))
        upload = await stream.next("upload")
        assert (upload["batch_id"], upload["video_id"], upload["bytes_received"]) == (batch_id, video_id, 500)
        await house.at.bus.publish(story.progressed(42, run_token=RUN))
        progress = await stream.next("progress")
        assert (progress["progress"], progress["current_stage"]) == (42, "exporting")
        cancelled = await ada.client.post(f"/api/batch-jobs/{batch_id}/cancel")
        assert cancelled.status_code == 200
        event = await stream.next("batch")
        assert (event["id"], event["status"]) == (batch_id, "cancelled")


async def test_answers_show_live_progress_that_no_row_has(house: House) -> None:
    ada = await house.person()
    batch_id, video_id = await create(ada)
    await house.at.bus.publish(story_of(ada, batch_id, video_id).uploaded(500, 2_000))
    await eventually(lambda: bool(house.at.feed.values.last([uuid.UUID(batch_id)])))
    (video,) = (await ada.client.get(f"/api/batch-jobs/{batch_id}")).json()["videos"]
    assert (video["progress_percentage"], video["current_stage"]) == (25, "uploading")


async def test_one_stream_tells_of_all_batches_of_a_user_and_of_nobody_elses(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    first, _ = await create(ada)
    async with watching(ada) as stream, watching(eve) as hers:
        assert [job["id"] for job in (await stream.next("snapshot"))["batch_jobs"]] == [first]
        assert (await hers.next("snapshot"))["batch_jobs"] == []
        second, _ = await create(ada)
        assert (await stream.next("batch"))["id"] == second
        own, _ = await create(eve)
        seen = {json.dumps(event) for event in [await hers.next(), await hers.next()]}
        assert all(own in event and second not in event for event in seen)


async def test_nobody_watches_the_batch_of_another(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    batch_id, _ = await create(ada)
    for path in (f"/api/batch-jobs/{batch_id}/progress", f"/api/batch-jobs/{uuid.uuid4()}/progress"):
        answer = await eve.client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_who_comes_back_gets_what_was_missed_and_no_snapshot(house: House) -> None:
    ada = await house.person()
    batch_id, _ = await create(ada)
    path = f"/api/batch-jobs/{batch_id}/progress"
    async with watching(ada, path) as stream:
        await stream.next("snapshot")
        seen = stream.last_id
    story = story_of(ada, batch_id)
    for revision, status in ((1000, BatchStatus.PROCESSING), (1001, BatchStatus.PAUSED)):
        await house.at.bus.publish(story.batch_changed(status, revision))
    await create(ada)
    await eventually(lambda: 1001 in revisions(house, story))
    async with watching(ada, path, seen) as stream:
        missed = [await stream.next(), await stream.next()]
        assert [event["type"] for event in missed] == ["batch", "batch"]
        assert [event["status"] for event in missed] == ["processing", "paused"]
        assert stream.last_id is not None and stream.last_id > str(seen)


def revisions(house: House, story: Story) -> set[int]:
    return set(house.at.feed.values.batches[story.batch_id].revisions.values())


@pytest.mark.parametrize("last_id", ["nonsense", "0-5", "{epoch}-99999999", "{epoch}--1", "-", "{epoch}-"])
async def test_an_event_id_that_is_not_known_any_more_gets_a_snapshot(house: House, last_id: str) -> None:
    ada = await house.person()
    batch_id, _ = await create(ada)
    known = last_id.format(epoch=house.at.feed.epoch)
    async with watching(ada, f"/api/batch-jobs/{batch_id}/progress", known) as stream:
        assert (await stream.next())["type"] == "snapshot"


async def test_an_event_id_from_before_what_is_kept_gets_a_snapshot(
    start: Start, scheduler: Scheduler, uploader: object
) -> None:
    house = await start(log_events=3)
    ada = await house.person()
    batch_id, _ = await create(ada)
    async with watching(ada) as stream:
        await stream.next("snapshot")
        seen = stream.last_id
    story = story_of(ada, batch_id)
    for revision in range(1000, 1006):
        await house.at.bus.publish(story.batch_changed(BatchStatus.PROCESSING, revision))
    await eventually(lambda: 1005 in revisions(house, story))
    async with watching(ada, last_id=seen) as stream:
        assert (await stream.next())["type"] == "snapshot"


async def test_a_new_gateway_goes_on_where_the_old_one_was(house: House, start: Start) -> None:
    ada = await house.person()
    batch_id, _ = await create(ada)
    async with watching(ada) as stream:
        await stream.next("snapshot")
        seen = stream.last_id
    await house.at.bus.publish(story_of(ada, batch_id).batch_changed(BatchStatus.PAUSED, 1000))
    other = await start()
    client = other.client(headers=dict(ada.client.headers))
    async with client.stream("GET", "/api/events", headers={"Last-Event-ID": str(seen)}) as answer:
        event = await Stream(answer).next()
        assert (event["type"], event["status"]) == ("batch", "paused")


async def test_progress_of_a_fenced_run_reaches_nobody(house: House) -> None:
    ada = await house.person()
    batch_id, video_id = await create(ada)
    story, newer = story_of(ada, batch_id, video_id), uuid.uuid4()
    async with watching(ada, f"/api/batch-jobs/{batch_id}/progress") as stream:
        await stream.next("snapshot")
        await house.at.bus.publish(story.video_changed(VideoStatus.PROCESSING, 1000, run_token=newer))
        await stream.next("video")
        await house.at.bus.publish(story.progressed(90, run_token=RUN))
        await house.at.bus.publish(story.progressed(5, run_token=newer))
        assert (await stream.next("progress"))["progress"] == 5


async def test_what_a_snapshot_shows_is_not_followed_by_older_states(house: House) -> None:
    ada = await house.person()
    batch_id, _ = await create(ada)
    paths = [f"/api/batch-jobs/{batch_id}/progress"] * 5
    await asyncio.gather(*(follows_without_going_back(ada, path, house) for path in paths))


async def follows_without_going_back(ada: Person, path: str, house: House) -> None:
    async with watching(ada, path) as stream:
        shown = (await stream.next("snapshot"))["batch_job"]["revision"]
        batch_id = path.split("/")[3]
        await house.at.bus.publish(story_of(ada, batch_id).batch_changed(BatchStatus.PROCESSING, shown + 1000))
        while shown < 1000:
            event = await stream.next("batch")
            assert event["revision"] >= shown
            shown = event["revision"]


async def test_a_client_that_does_not_read_is_let_go_and_harms_nobody(
    start: Start, scheduler: Scheduler, uploader: object
) -> None:
    house = await start(watcher_bytes=50_000)
    ada = await house.person()
    story = story_of(ada)
    large = msgspec.structs.replace(
        story.batch_changed(BatchStatus.PROCESSING, 1), batch_job=story.job(description="x" * 9_000)
    )
    with socket.socket() as stuck:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        await asyncio.to_thread(stuck.connect, ("127.0.0.1", int(house.url.rpartition(":")[2])))
        key = ada.client.headers["Authorization"]
        stuck.sendall(f"GET /api/events HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\n\r\n".encode())
        await eventually(lambda: len(house.at.feed.watchers.get(ada.user_id, ())) == 1)
        # It never reads: its connection's buffers fill up, then its queue.
        (unread,) = house.at.feed.watchers[ada.user_id]
        async with watching(ada) as stream:
            await stream.next("snapshot")
            for revision in range(1, 1_000):
                await house.at.bus.publish(msgspec.structs.replace(large, revision=revision))
                if revision % 3 == 0:
                    for _ in range(3):
                        await stream.next("batch")
            assert unread.lost
            assert not unread._states and not unread._latest
            await house.at.bus.publish(story.batch_changed(BatchStatus.PAUSED, 1_000))
            assert (await stream.next("batch"))["status"] == "paused"


async def test_only_so_many_streams_may_be_open_at_once(start: Start, scheduler: Scheduler, uploader: object) -> None:
    house = await start(watchers_per_user=2)
    ada = await house.person()
    async with watching(ada) as first, watching(ada) as second:
        await first.next()
        await second.next()
        answer = await ada.client.get("/api/events")
        assert answer.status_code == 429 and "retry-after" in answer.headers
    await eventually(lambda: not house.at.feed.watchers)
    async with watching(ada) as again:
        await again.next("snapshot")


async def test_watchers_go_on_after_a_restart_of_nats(house: House, servers: LocalStack, scheduler: Scheduler) -> None:
    ada = await house.person()
    batch_id, _ = await create(ada)
    story = story_of(ada, batch_id)
    async with watching(ada) as stream:
        await stream.next("snapshot")
        await house.at.bus.publish(story.batch_changed(BatchStatus.PROCESSING, 1000))
        await stream.next("batch")
        before = stream.last_id
        await asyncio.to_thread(servers.kill, "nats")
        await asyncio.to_thread(servers.start, "nats")
        await eventually(lambda: house.at.bus.connected and scheduler.bus.connected)
        await house.at.bus.publish(story.batch_changed(BatchStatus.PAUSED, 1001))
        event = await stream.next("batch")
        assert event["status"] == "paused"
        assert str(stream.last_id).split("-")[0] == str(before).split("-")[0]


async def test_what_was_said_while_nats_died_is_shown_after_it_is_back(house: House, servers: LocalStack) -> None:
    ada = await house.person()
    batch_id, _ = await create(ada)
    path = f"/api/batch-jobs/{batch_id}/progress"
    async with watching(ada, path) as stream:
        await stream.next("snapshot")
        seen = stream.last_id
        await asyncio.to_thread(servers.kill, "nats")
        # As when its last word went down with the server: it is told of in the database alone.
        servers.sql(f"update scheduler.batch_jobs set name = 'Told by nobody' where id = '{batch_id}'")
        await asyncio.to_thread(servers.start, "nats")
        assert (await stream.next("snapshot"))["batch_job"]["name"] == "Told by nobody"
    async with watching(ada, path, seen) as stream:
        assert (await stream.next())["type"] == "snapshot"


async def test_when_the_log_is_lost_every_watcher_starts_over(house: House) -> None:
    ada = await house.person()
    await create(ada)
    async with watching(ada) as stream:
        await stream.next("snapshot")
        seen, epoch = stream.last_id, house.at.feed.epoch
        await house.at.bus.jetstream.delete_stream("LOG")
        with pytest.raises(StopAsyncIteration):
            while True:
                await stream.next()
    await eventually(lambda: house.at.feed.epoch != epoch)
    async with watching(ada, last_id=seen) as stream:
        assert (await stream.next())["type"] == "snapshot"
        assert str(stream.last_id).startswith(house.at.feed.epoch)
        batch_id, _ = await create(ada)
        assert (await stream.next("batch"))["id"] == batch_id


async def test_an_update_that_cannot_be_read_is_left_out(house: House) -> None:
    ada = await house.person()
    batch_id, _ = await create(ada)
    story = story_of(ada, batch_id)
    async with watching(ada) as stream:
        await stream.next("snapshot")
        for subject in (story.batch_changed(BatchStatus.PAUSED, 1).subject(), "log.new.kind", "log.x"):
            await house.at.bus.client.publish(subject, b'{"nonsense": true}')
        await house.at.bus.publish(story.batch_changed(BatchStatus.PAUSED, 1000))
        assert (await stream.next("batch"))["revision"] == 1000
