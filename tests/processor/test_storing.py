"""The instant of storing, held by a store that has half of the output: a kill or a cancellation leaves no half output."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from services.processor.handlers import process_video
from services.processor.housekeeping import prefix_of
from services.processor.service import Processor
from shared.batches import BatchSettings
from shared.messages import ProcessVideo
from shared.storage import S3Store
from stack.local import LocalStack
from tests.media import tone, video
from tests.processor.conftest import QUICK, Upload
from tests.processor.processes import processes
from tests.processor.scheduler_end import SchedulerEnd
from tests.processor.slow_store import Gate, gate
from tests.processor.test_interruptions import listened, sending
from tests.shared.storage import s3_servers

__all__ = ["sending"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of an S3 server."""
    with s3_servers.moto() as url:
        yield url


@pytest.fixture
async def s3(address: str) -> AsyncIterator[S3Store]:
    """The straight way to it."""
    store = s3_servers.store_at(address)
    await s3_servers.empty(store)
    yield store
    await store.close()


@pytest.fixture
async def gated(address: str) -> AsyncIterator[Gate]:
    """The way on which outputs get stuck."""
    async with gate(address) as made:
        yield made


@pytest.fixture
async def command(uploaded: Upload, s3: S3Store, media: Path) -> ProcessVideo:
    """A short video, to be listened to and rendered."""
    clip = video(media / "to be stored.mp4", sound=tone(2.0))
    asked = await uploaded(clip, BatchSettings(remove_silence=True, resolution="160x90"))
    return replace(asked, source=await s3.put_bytes(asked.source.key, clip.read_bytes(), "video/mp4"))


async def outputs(s3: S3Store, command: ProcessVideo) -> list[str]:
    """The outputs of all runs on a video that the store has."""
    stored = [found.key async for found in s3.list(prefix_of(command.batch_video_id))]
    return [key for key in stored if "/output." in key]


async def test_a_kill_while_the_output_is_stored_costs_that_stage_only(
    servers: LocalStack,
    processor: Processor,
    scheduler: SchedulerEnd,
    command: ProcessVideo,
    s3: S3Store,
    gated: Gate,
    tmp_path: Path,
) -> None:
    place = {
        "store": "s3",
        "s3_endpoint": gated.url,
        "s3_bucket": s3_servers.BUCKET,
        "s3_access_key": s3_servers.LOGIN.access_key,
        "s3_secret_key": s3_servers.LOGIN.secret_key,
    }
    folder = tmp_path / "workers"
    folder.mkdir()
    with processes(servers, folder, {**QUICK, **place}) as workers:
        workers.start("doomed")
        await scheduler.dispatch(command)
        await asyncio.wait_for(gated.reached.wait(), 60)
        workers.send("doomed", signal.SIGKILL)
        workers.wait("doomed")
    gated.opened.set()
    assert await outputs(s3, command) == [] and command.batch_video_id not in scheduler.processed

    before = listened()
    await process_video(replace(command, attempt=2), replace(processor, store=s3))
    done = await scheduler.output_of(command)
    assert done.run_token == scheduler.tokens[command.batch_video_id][1]
    assert listened() == before, "what was heard is kept"
    assert await outputs(s3, command) == [done.output.key]
    assert (await s3.stat(done.output.key)).crc32 == done.output.crc32


async def test_a_cancellation_while_the_output_is_stored_is_heard_within_a_second(
    processor: Processor, scheduler: SchedulerEnd, command: ProcessVideo, s3: S3Store, gated: Gate
) -> None:
    store = s3_servers.store_at(gated.url)
    task = asyncio.create_task(process_video(command, replace(processor, store=store)))
    await asyncio.wait_for(gated.reached.wait(), 60)
    begun = time.monotonic()
    await scheduler.cancel(command.batch_video_id)
    await asyncio.wait_for(task, 5)
    assert time.monotonic() - begun < 1.0
    gated.opened.set()
    assert await outputs(s3, command) == [] and command.batch_video_id not in scheduler.processed
    assert list(processor.scratch.folder.iterdir()) == []
    await store.close()
