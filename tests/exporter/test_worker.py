"""The exporter as a process of its own: killed, and watched while it works."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest
from msgspec import Struct
from nats.aio.msg import Msg

from services.exporter.settings import ExporterSettings
from shared.messages import BuildExport, ExportBuilt, ExportFailed, ExportItem, ExportProgressed
from shared.storage import LocalStore, open_store
from shared.work import Work, handles
from stack.local import LocalStack
from tests.claims_desk import ClaimsDesk
from tests.exporter.evidence import deliverables
from tests.exporter.orders import order

MEGABYTE = 1024 * 1024
WORKER = "exporter.worker"


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


async def test_a_killed_worker_builds_its_export_after_all_and_once(
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
    for _ in range(2):
        await asyncio.wait_for(at_it.wait(), 30)
        migrated.kill(WORKER)
        assert await deliverables(scheduler.store) == []
        at_it.clear()
        await asyncio.to_thread(migrated.start, WORKER)
    built = await scheduler.answer()
    assert built.run_token == desk.tokens[2] == desk.tokens[-1]
    assert await deliverables(scheduler.store) == [built.deliverable.key]
    assert scheduler.heard.empty()
    assert migrated.sql("select count(*), max(run_token::text) from exporter.deliverables") == f"1|{built.run_token}"
    assert built.deliverable.size_bytes > 600 * MEGABYTE
    for half_written in scheduler.store.folder.incoming.iterdir():
        with half_written.open("rb") as file:
            # Nobody holds it any more, so that the store's own sweep may have it.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


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
