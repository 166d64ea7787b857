"""The exporter as a process of its own: killed, and watched while it works."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest
from msgspec import Struct
from nats.aio.msg import Msg

from services.exporter.settings import ExporterSettings
from shared.batches import ExportFormat
from shared.messages import BuildExport, ExportBuilt, ExportFailed, ExportItem, ExportProgressed
from shared.storage import LocalStore, open_store
from shared.work import Work, handles
from stack.local import LocalStack
from tests.claims_desk import ClaimsDesk
from tests.exporter.evidence import deliverables, unzip_finds_it_sound
from tests.exporter.orders import order
from tests.media import video

MEGABYTE = 1024 * 1024
WORKER = "exporter.worker"
KILLS = 5


class Scheduler(Struct):
    """Where the process's messages arrive."""

    work: Work
    store: LocalStore
    heard: asyncio.Queue[ExportBuilt | ExportFailed]

    async def build(self, command: BuildExport) -> ExportBuilt:
        """Have an export built and wait until that is said."""
        await self.work.send(command)
        return await self.answer()

    async def answer(self) -> ExportBuilt:
        """What is said next, which has to be that an export was built."""
        message = await asyncio.wait_for(self.heard.get(), 60)
        assert isinstance(message, ExportBuilt), message
        return message


@handles(ExportBuilt)
async def export_built(event: ExportBuilt, at: Scheduler) -> None:
    """Note it."""
    at.heard.put_nowait(event)


@handles(ExportFailed)
async def export_failed(event: ExportFailed, at: Scheduler) -> None:
    """Note it."""
    at.heard.put_nowait(event)


@pytest.fixture
async def scheduler(
    migrated: LocalStack, settings_of: Callable[..., ExporterSettings], desk: ClaimsDesk
) -> AsyncIterator[Scheduler]:
    """Somebody who grants claims and hears what comes of them; the worker runs as its own process beside it."""
    migrated.sql("truncate exporter.deliverables, exporter.outbox cascade")
    settings = settings_of(ExporterSettings, WORKER, store_reserve_bytes=0)
    store = open_store(settings)
    assert isinstance(store, LocalStore)
    at = Scheduler(Work(settings.rabbitmq_url), store, asyncio.Queue())
    at.work.start([export_built, export_failed], at, slots={"scheduler": 1})
    await asyncio.to_thread(migrated.start, WORKER)
    yield at
    await asyncio.to_thread(migrated.stop, WORKER)
    await at.work.stop()
    await store.delete_prefix("deliverables/")
    await store.delete_prefix("runs/")


async def zeros(at: Scheduler, count: int, size_bytes: int, folder: Path) -> list[ExportItem]:
    """Outputs of zeros: holes in one file, which take no room on the disk."""
    path = folder / f"{size_bytes}"
    with path.open("wb") as file:
        file.truncate(size_bytes)
    first = await at.store.put_file(f"runs/{uuid4()}/{UUID(int=0)}/output.mp4", path)
    items = [ExportItem(position=1, name="a.mp4", stored=first)]
    for position in range(2, count + 1):
        copy = await at.store.copy(first.key, f"runs/{uuid4()}/{UUID(int=0)}/output.mp4")
        items.append(ExportItem(position=position, name="a.mp4", stored=copy))
    return items


async def test_a_worker_killed_five_times_builds_its_export_after_all_and_once(
    migrated: LocalStack, scheduler: Scheduler, desk: ClaimsDesk, tmp_path: Path
) -> None:
    command = order(*await zeros(scheduler, 6, 100 * MEGABYTE, tmp_path))
    at_it = asyncio.Event()

    async def hear(message: Msg) -> None:
        operation = msgspec.json.decode(message.data, type=ExportProgressed).operation
        if operation.startswith(("Adding", "Finishing")):
            at_it.set()

    await desk.bus.listen(f"live.*.*.{command.export_id}.export", hear)
    await scheduler.work.send(command)
    for _ in range(KILLS):
        await asyncio.wait_for(at_it.wait(), 30)
        migrated.kill(WORKER)
        assert await deliverables(scheduler.store) == []
        at_it.clear()
        await asyncio.to_thread(migrated.start, WORKER)
    built = await scheduler.answer()
    assert built.run_token == desk.tokens[KILLS] == desk.tokens[-1]
    assert await deliverables(scheduler.store) == [built.deliverable.key]
    assert scheduler.heard.empty()
    assert migrated.sql("select count(*), max(run_token::text) from exporter.deliverables") == f"1|{built.run_token}"
    assert built.deliverable.size_bytes > 600 * MEGABYTE
    for half_written in scheduler.store.folder.incoming.iterdir():
        # As if a minute had passed: nobody holds it any more, so that the store's own sweep may have it.
        os.utime(half_written, (0, 0))
    await scheduler.store.sweep()
    assert list(scheduler.store.folder.incoming.iterdir()) == []
    assert [upload async for upload in scheduler.store.list_multiparts()] == []


async def test_a_merge_killed_on_its_way_is_made_after_all_and_leaves_no_scratch(
    migrated: LocalStack, scheduler: Scheduler, desk: ClaimsDesk, media: Path
) -> None:
    # Two that differ, so that there is something to encode for a while.
    clips = [
        video(media / "twenty-seconds.mp4", duration_s=20.0, size="640x360"),
        video(media / "other.mp4", duration_s=2.0, fps="24"),
    ]
    items = [
        ExportItem(
            position=n,
            name=clip.name,
            stored=await scheduler.store.put_bytes(f"runs/{n}/output.mp4", clip.read_bytes()),
        )
        for n, clip in enumerate(clips, 1)
    ]
    command = order(*items, export_format=ExportFormat.MERGED)
    at_it = asyncio.Event()

    async def hear(message: Msg) -> None:
        if msgspec.json.decode(message.data, type=ExportProgressed).operation.startswith("Encoding"):
            at_it.set()

    await desk.bus.listen(f"live.*.*.{command.export_id}.export", hear)
    await scheduler.work.send(command)
    await asyncio.wait_for(at_it.wait(), 60)
    scratch = Path(migrated.environment(WORKER)["DAILIES_SCRATCH_FOLDER"])
    (left,) = [path for path in scratch.iterdir() if path.is_dir()]
    assert list(left.rglob("*.mp4"))
    migrated.kill(WORKER)
    await asyncio.to_thread(migrated.start, WORKER)
    built = await scheduler.answer()
    assert await deliverables(scheduler.store) == [built.deliverable.key]
    assert not left.exists()
    assert list(scratch.rglob("*.mp4")) == []


@pytest.fixture
async def endpoint(migrated: LocalStack, scheduler: Scheduler) -> AsyncIterator[None]:
    """The endpoint of the local store."""
    migrated.migrate("uploader")
    await asyncio.to_thread(migrated.start, "uploader.app")
    yield
    await asyncio.to_thread(migrated.stop, "uploader.app")


async def test_a_download_cut_anywhere_goes_on_where_it_was(
    scheduler: Scheduler, endpoint: None, tmp_path: Path
) -> None:
    data = random.Random(8).randbytes(3 * MEGABYTE)
    stored = await scheduler.store.put_bytes(f"runs/{uuid4()}/output.mp4", data)
    built = await scheduler.build(order(ExportItem(position=1, name="a.mp4", stored=stored)))
    url = await scheduler.store.presign_get(built.deliverable.key, built.file_name, None, timedelta(hours=1))
    expected = b"".join([chunk async for chunk in scheduler.store.read(built.deliverable.key)])
    part = tmp_path / "part.zip"
    for cut in (1, random.randrange(2, len(expected) - 1), len(expected) - 1):
        part.write_bytes(expected[:cut])
        curl = await asyncio.create_subprocess_exec("curl", "-sS", "-f", "-C", "-", "-o", str(part), url)
        assert await curl.wait() == 0
        assert hashlib.sha256(part.read_bytes()).digest() == hashlib.sha256(expected).digest()
    await asyncio.to_thread(unzip_finds_it_sound, part)


async def test_memory_does_not_grow_with_the_number_of_videos(
    migrated: LocalStack, scheduler: Scheduler, tmp_path: Path
) -> None:
    peaks = []
    for count in (5, 50):
        await scheduler.build(order(*await zeros(scheduler, count, 8 * MEGABYTE, tmp_path)))
        peaks.append(peak_mb(migrated.pid(WORKER)))
    assert peaks[1] < 150
    assert peaks[1] - peaks[0] < 10


def peak_mb(pid: int) -> float:
    """The most memory that a process has had resident."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
