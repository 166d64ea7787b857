"""What is told while bytes arrive."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import msgspec
from nats.aio.msg import Msg

from services.uploader.service import UploaderWorker
from shared.messages import UploadProgressed, VideoUploading
from stack.local import LocalStack
from tests.uploader.driving import opened, said, send_part, video_of

KIB = 1024


class Watcher:
    """Collects what is told of a video."""

    def __init__(self) -> None:
        self.told: list[UploadProgressed] = []
        self.news = asyncio.Event()

    async def hear(self, message: Msg) -> None:
        """One update."""
        self.told.append(msgspec.json.decode(message.data, type=UploadProgressed))
        self.news.set()

    async def until(self, received: int) -> None:
        """Wait until so many bytes were told of."""
        async with asyncio.timeout(10):
            while not self.told or self.told[-1].bytes_received != received:
                self.news.clear()
                await self.news.wait()


async def watching(at: UploaderWorker, user: UUID, batch: UUID) -> Watcher:
    """Somebody who watches a batch."""
    watcher = Watcher()
    await at.bus.listen(f"live.{user}.{batch}.*.upload", watcher.hear)
    return watcher


async def test_progress_is_told_while_bytes_arrive(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    batch = uuid4()
    watcher = await watching(uploader, user, batch)
    plan = await opened(uploader, user, 60 * KIB, batch_id=batch)
    go_on = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b"x" * 20 * KIB
        await go_on.wait()
        yield b"x" * 40 * KIB

    sending = asyncio.create_task(
        http.put(plan.url, content=body(), headers={**plan.headers, "Content-Length": str(60 * KIB)})
    )
    await watcher.until(20 * KIB)
    assert watcher.told[-1].about_id == plan.video_id
    assert watcher.told[-1].bytes_total == 60 * KIB
    go_on.set()
    assert (await sending).status_code == 200
    await watcher.until(60 * KIB)
    revisions = [told.revision for told in watcher.told]
    assert revisions == sorted(set(revisions))


async def test_parts_add_up_and_a_part_sent_again_counts_once(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    batch = uuid4()
    watcher = await watching(uploader, user, batch)
    data = os.urandom(70 * KIB)
    plan = await opened(uploader, user, len(data), batch_id=batch)
    await send_part(uploader, user, plan, 1, data, http)
    await watcher.until(32 * KIB)
    await send_part(uploader, user, plan, 3, data, http)
    await watcher.until(38 * KIB)
    await send_part(uploader, user, plan, 1, data, http)
    await send_part(uploader, user, plan, 2, data, http)
    await watcher.until(70 * KIB)
    assert max(told.bytes_received for told in watcher.told) == 70 * KIB


async def test_bytes_that_were_not_kept_do_not_count(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    batch = uuid4()
    watcher = await watching(uploader, user, batch)
    plan = await opened(uploader, user, 60 * KIB, batch_id=batch)

    async def half() -> AsyncIterator[bytes]:
        yield b"x" * 30 * KIB

    assert (await http.put(plan.url, content=half(), headers=plan.headers)).status_code == 422
    await watcher.until(0)


async def test_the_scheduler_hears_of_the_first_byte_once(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID
) -> None:
    data = os.urandom(70 * KIB)
    plan = await opened(uploader, user, len(data), batch_id=uuid4())
    assert said(migrated) == []
    await asyncio.gather(*(send_part(uploader, user, plan, number, data, http) for number in (1, 2, 3)))
    assert said(migrated) == [VideoUploading(video_id=plan.video_id)]
    assert (await video_of(uploader, user, plan.video_id)).status == "uploading"


async def test_nobody_hears_of_a_video_that_belongs_to_no_batch(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID
) -> None:
    plan = await opened(uploader, user, 4)
    assert (await http.put(plan.url, content=b"film", headers=plan.headers)).status_code == 200
    assert said(migrated) == []
    assert (await video_of(uploader, user, plan.video_id)).status == "uploading"
