"""The uploader as it really runs: two processes, killed and started again in the middle of things."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import httpx
import pytest
from msgspec import Struct

from shared.bus import Bus
from shared.errors import Unavailable
from shared.library import Video
from shared.messages import (
    Asked,
    CompleteUpload,
    GetUpload,
    GetVideo,
    NewUpload,
    OpenUploads,
    RequestProxy,
    SignParts,
    VideoRejected,
    VideoUploaded,
    VideoUploading,
)
from shared.views import UploadPlan
from shared.work import Work, handles
from stack.local import LocalStack
from tests.media import video

A = TypeVar("A")

KIB = 1024
PROCESSES = ("uploader.app", "uploader.worker")


class House:
    """The uploader's processes of one test; each may be killed and started again."""

    def __init__(self, environments: dict[str, dict[str, str]], folder: Path) -> None:
        self.environments = environments
        self.folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Start a process."""
        with (self.folder / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", f"services.{name}"]
            self.running[name] = subprocess.Popen(
                command, env=self.environments[name], stdout=log, stderr=subprocess.STDOUT
            )

    def kill(self, name: str) -> None:
        """End a process as a power cut would."""
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def end(self, name: str) -> int:
        """End a process in order; gives its exit status."""
        process = self.running.pop(name)
        process.terminate()
        return process.wait(15)


@pytest.fixture
def house(migrated: LocalStack, tmp_path: Path) -> Iterator[House]:
    """Both processes, on a store of their own."""
    migrated.sql("truncate uploader.videos, uploader.outbox, uploader.answered cascade")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {
        "DAILIES_STORE_FOLDER": str(tmp_path / "store"),
        "DAILIES_STORE_RESERVE_BYTES": "0",
        "DAILIES_STORE_URL": f"http://127.0.0.1:{port}",
        "DAILIES_HTTP_PORT": str(port),
        "DAILIES_MONITOR_PORT": "0",
        "DAILIES_SCRATCH_FOLDER": str(tmp_path / "scratch"),
        "DAILIES_SINGLE_PUT_BYTES": str(16 * KIB),
        "DAILIES_PART_BYTES": str(16 * KIB),
        "DAILIES_PROBE_LEASE_S": "2",
        "DAILIES_PROXY_LEASE_S": "3",
        "DAILIES_UPLOAD_SWEEP_S": "0.5",
    }
    house = House({name: {**migrated.environment(name), **own} for name in PROCESSES}, tmp_path)
    for name in PROCESSES:
        house.start(name)
    yield house
    for name in list(house.running):
        house.kill(name)


class Scheduler(Struct):
    """The other end of the uploader's events."""

    uploading: list[VideoUploading]
    uploaded: list[VideoUploaded]
    rejected: list[VideoRejected]


@handles(VideoUploading)
async def hear_uploading(event: VideoUploading, at: Scheduler) -> None:
    """The first byte."""
    at.uploading.append(event)


@handles(VideoUploaded)
async def hear_uploaded(event: VideoUploaded, at: Scheduler) -> None:
    """A video is ready."""
    at.uploaded.append(event)


@handles(VideoRejected)
async def hear_rejected(event: VideoRejected, at: Scheduler) -> None:
    """A video is none."""
    at.rejected.append(event)


@pytest.fixture
async def scheduler(house: House) -> AsyncIterator[Scheduler]:
    """Hears all that goes to the scheduler."""
    work = Work(house.environments["uploader.app"]["DAILIES_RABBITMQ_URL"])
    # What other tests have sent to a scheduler that they did not have is not for this one.
    work.broker.declare_queue("scheduler", ensure=True)
    work.broker.flush("scheduler")
    del work.broker.connection
    heard = Scheduler([], [], [])
    work.start((hear_uploading, hear_uploaded, hear_rejected), heard, slots={"scheduler": 1})
    yield heard
    await work.stop()


@pytest.fixture
async def bus(house: House) -> AsyncIterator[Bus]:
    """The gateway's way to ask."""
    bus = await Bus.connect(house.environments["uploader.app"]["DAILIES_NATS_URL"], "test")
    yield bus
    await bus.close()


async def until(reached: Callable[[], Awaitable[bool]], timeout_s: float = 30) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(timeout_s):
        while not await reached():
            await asyncio.sleep(0.05)


async def told(bus: Bus, asked: Asked[A]) -> A:
    """The answer of an app that may just have been killed: a question that NATS had given to it by then is asked again."""
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(Unavailable):
                return await bus.ask(asked, timeout_s=2)


async def planned(bus: Bus, user: UUID, size: int) -> UploadPlan:
    """The plan of one upload; the app may still be starting."""
    file = NewUpload(video_id=uuid4(), name="film.mp4", size_bytes=size)
    request = OpenUploads(request_id=uuid4(), user_id=user, batch_id=uuid4(), files=(file,))
    return (await told(bus, request)).plans[0]


async def send_missing(bus: Bus, user: UUID, plan: UploadPlan, data: bytes) -> int:
    """Send the parts that the server does not have; returns how many those were."""
    state = await told(bus, GetUpload(user_id=user, video_id=plan.video_id))
    there = {part.number for part in state.parts}
    missing = tuple(number for number in range(1, plan.part_count + 1) if number not in there)
    urls = await bus.ask(SignParts(user_id=user, video_id=plan.video_id, numbers=missing))
    async with httpx.AsyncClient() as http:
        for part in urls.parts:
            start = (part.number - 1) * plan.part_size_bytes
            (await http.put(part.url, content=data[start : start + part.size_bytes])).raise_for_status()
    return len(missing)


async def finished(bus: Bus, user: UUID, video_id: UUID) -> Video:
    """Say that all was sent, and wait for the inspection's end."""
    await bus.ask(CompleteUpload(request_id=uuid4(), user_id=user, video_id=video_id))
    found: Video | None = None

    async def ended() -> bool:
        nonlocal found
        found = await told(bus, GetVideo(user_id=user, video_id=video_id))
        return found.status in ("ready", "rejected")

    await until(ended)
    assert found is not None
    return found


async def test_a_video_goes_from_its_announcement_to_the_scheduler(
    house: House, scheduler: Scheduler, bus: Bus, user: UUID, film: bytes
) -> None:
    plan = await planned(bus, user, len(film))
    assert await send_missing(bus, user, plan, film) == plan.part_count > 2
    ready = await finished(bus, user, plan.video_id)
    assert ready.status == "ready"

    async def heard() -> bool:
        return bool(scheduler.uploading and scheduler.uploaded)

    await until(heard)
    assert [event.video_id for event in scheduler.uploading] == [plan.video_id]
    assert [(event.video_id, event.source) for event in scheduler.uploaded] == [(plan.video_id, ready.source)]
    assert house.end("uploader.app") == 0
    assert house.end("uploader.worker") == 0


async def test_a_file_that_is_no_video_is_refused_to_the_scheduler(
    house: House, scheduler: Scheduler, bus: Bus, user: UUID
) -> None:
    text = b"This is not a film.\n" * 1000
    plan = await planned(bus, user, len(text))
    await send_missing(bus, user, plan, text)
    refused = await finished(bus, user, plan.video_id)

    async def heard() -> bool:
        return bool(scheduler.rejected)

    await until(heard)
    assert (refused.status, scheduler.rejected[0].reason) == ("rejected", refused.error_message)


async def test_an_upload_survives_a_killed_server_and_sends_only_what_is_missing(
    house: House, scheduler: Scheduler, bus: Bus, user: UUID, film: bytes
) -> None:
    plan = await planned(bus, user, len(film))
    urls = (await bus.ask(SignParts(user_id=user, video_id=plan.video_id, numbers=(2,)))).parts
    begun = asyncio.Event()

    async def dying() -> AsyncIterator[bytes]:
        yield film[:KIB]
        begun.set()
        await asyncio.Event().wait()

    async with httpx.AsyncClient() as http:
        first = film[: plan.part_size_bytes]
        (await http.put(plan.url, content=first)).raise_for_status()
        length = {"Content-Length": str(urls[0].size_bytes)}
        sending = asyncio.create_task(http.put(urls[0].url, content=dying(), headers=length))
        await begun.wait()
        house.kill("uploader.app")
        sending.cancel()
    with pytest.raises(Unavailable):
        await bus.ask(GetUpload(user_id=user, video_id=plan.video_id), timeout_s=0.3)
    house.start("uploader.app")
    assert await send_missing(bus, user, plan, film) == plan.part_count - 1
    assert (await finished(bus, user, plan.video_id)).status == "ready"


@pytest.mark.parametrize("delay_ms", [0, 150, 400])
async def test_an_inspection_survives_its_killed_worker(
    house: House, scheduler: Scheduler, bus: Bus, user: UUID, film: bytes, delay_ms: int
) -> None:
    plan = await planned(bus, user, len(film))
    await send_missing(bus, user, plan, film)
    finishing = asyncio.create_task(finished(bus, user, plan.video_id))
    # Not to wait for something, but to kill at different moments.
    await asyncio.sleep(delay_ms / 1000)
    house.kill("uploader.worker")
    house.start("uploader.worker")
    ready = await finishing
    assert ready.status == "ready" and ready.source is not None
    assert ready.source.size_bytes == len(film)

    async def heard() -> bool:
        return bool(scheduler.uploaded)

    await until(heard)
    assert {event.video_id for event in scheduler.uploaded} == {plan.video_id}
    stored = sorted(path.name for path in (house.folder / "store/objects").rglob("*") if path.is_file())
    assert stored == ["source", "thumbnail.jpg"]
    assert list((house.folder / "store/uploads").iterdir()) == []


async def test_a_copy_for_browsers_survives_its_killed_worker(
    house: House, scheduler: Scheduler, bus: Bus, user: UUID, media: Path
) -> None:
    # A slide a second gets 25 frames: some seconds of work for one thread.
    slides = video(media / "slides.avi", duration_s=60.0, size="1280x720", fps="1", extra=("-q:v", "31")).read_bytes()
    plan = await planned(bus, user, len(slides))
    await send_missing(bus, user, plan, slides)
    assert (await finished(bus, user, plan.video_id)).playable is False
    await bus.ask(RequestProxy(request_id=uuid4(), user_id=user, video_id=plan.video_id))

    async def begun() -> bool:
        return bool(list((house.folder / "scratch").rglob("proxy.mp4")))

    async def ready() -> bool:
        made = (await bus.ask(GetVideo(user_id=user, video_id=plan.video_id), timeout_s=20)).proxy
        return made is not None and made.status == "ready"

    await until(begun)
    house.kill("uploader.worker")
    house.start("uploader.worker")
    await until(ready, 60)
    stored = sorted(path.name[:6] for path in (house.folder / "store/objects").rglob("*") if path.is_file())
    assert stored == ["proxy-", "source", "thumbn"]


async def test_a_completion_survives_its_killed_server(
    house: House, scheduler: Scheduler, bus: Bus, user: UUID, film: bytes
) -> None:
    completed = []
    for delay_ms in (0, 4, 12, 40):
        plan = await planned(bus, user, len(film))
        await send_missing(bus, user, plan, film)
        request = CompleteUpload(request_id=uuid4(), user_id=user, video_id=plan.video_id)
        asking = asyncio.create_task(bus.ask(request, timeout_s=1))
        # Not to wait for something, but to kill at different moments.
        await asyncio.sleep(delay_ms / 1000)
        house.kill("uploader.app")
        with contextlib.suppress(Unavailable):
            await asking
        house.start("uploader.app")
        state = await told(bus, GetUpload(user_id=user, video_id=plan.video_id))
        # Complete, or all there to be completed: nothing has to be sent again.
        assert state.complete or len(state.parts) == plan.part_count
        assert (await told(bus, request)).status in ("checking", "ready")
        assert (await finished(bus, user, plan.video_id)).status == "ready"
        completed.append(plan.video_id)

    async def heard() -> bool:
        return len(scheduler.uploaded) >= len(completed)

    await until(heard)
    assert sorted(event.video_id for event in scheduler.uploaded) == sorted(completed)
    assert list((house.folder / "store/uploads").iterdir()) == []
