"""Inspections, of real files."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from services.uploader import handlers
from services.uploader.handlers import probe_video
from services.uploader.inspection import inspected
from services.uploader.service import UploaderWorker
from services.uploader.tables import Probes
from shared.messages import ProbeVideo, VideoRejected, VideoUploaded
from shared.storage import LocalStore
from stack.local import LocalStack
from tests.uploader.driving import complete, local, names_in_store, opened, said, uploaded, video_of


def last_said(servers: LocalStack) -> object:
    """The newest message."""
    return said(servers)[-1]


@pytest.mark.parametrize("described", [True, False])
async def test_a_video_is_made_ready_with_its_facts_and_a_picture(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID, film: bytes, described: bool
) -> None:
    video = await uploaded(uploader, user, film, http, batch_id=uuid4(), described=described)
    await probe_video(ProbeVideo(video_id=video.id), uploader)

    video = await video_of(uploader, user, video.id)
    assert (video.status, video.size_bytes, video.content_type) == ("ready", len(film), "video/mp4")
    assert video.facts is not None and video.source is not None and video.thumbnail_url is not None
    assert video.facts.container == "mp4"
    assert abs(video.facts.duration_s - 2.0) < 0.1
    assert (video.source.size_bytes, video.source.crc32) == (len(film), zlib.crc32(film))
    assert (await uploader.store.stat(video.source.key)).etag == video.source.etag
    assert last_said(migrated) == VideoUploaded(video_id=video.id, source=video.source, facts=video.facts)
    assert await names_in_store(uploader) == ["source", "thumbnail.jpg"]
    picture = await http.get(video.thumbnail_url)
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.content.startswith(b"\xff\xd8")
    assert list(uploader.scratch.folder.iterdir()) == []


@pytest.mark.parametrize(
    "data",
    [b"This is a text file.\n" * 50, b"\x00" * 5000, b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", None],
    ids=["text", "zeros", "playlist", "truncated"],
)
async def test_what_is_no_video_is_rejected_with_a_reason_and_removed(
    uploader: UploaderWorker,
    migrated: LocalStack,
    http: httpx.AsyncClient,
    user: UUID,
    film: bytes,
    data: bytes | None,
) -> None:
    data = film[: len(film) // 2] if data is None else data
    video = await uploaded(uploader, user, data, http, batch_id=uuid4())
    await probe_video(ProbeVideo(video_id=video.id), uploader)
    video = await video_of(uploader, user, video.id)
    assert video.status == "rejected"
    assert video.error_code and video.error_message and video.error_message.endswith(".")
    assert str(uploader.settings.scratch_folder) not in video.error_message
    assert last_said(migrated) == VideoRejected(video_id=video.id, code=video.error_code, reason=video.error_message)
    assert await names_in_store(uploader) == []
    assert [upload async for upload in uploader.store.list_multiparts()] == []


async def test_a_checksum_that_the_store_does_not_know_is_made(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID, film: bytes
) -> None:
    video = await uploaded(uploader, user, film, http)
    folder = local(uploader).folder
    for record in folder.records.rglob("*.json"):
        record.unlink()
    if film_parts := [upload async for upload in uploader.store.list_multiparts()]:
        parts = await uploader.store.list_parts(film_parts[0].key, film_parts[0].upload_id)
        await uploader.store.complete_multipart(film_parts[0].key, film_parts[0].upload_id, parts)
        (folder.records / f"{film_parts[0].key}.json").unlink()
    await probe_video(ProbeVideo(video_id=video.id), uploader)
    video = await video_of(uploader, user, video.id)
    assert video.source is not None
    assert video.source.crc32 == zlib.crc32(film)


async def test_a_file_that_the_store_has_lost_is_rejected(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    for data in (b"film", b"film" * 30_000):
        video = await uploaded(uploader, user, data, http)
        for upload in [upload async for upload in uploader.store.list_multiparts()]:
            await uploader.store.abort_multipart(upload.key, upload.upload_id)
        await uploader.store.delete_prefix(f"sources/{user}/")
        await probe_video(ProbeVideo(video_id=video.id), uploader)
        video = await video_of(uploader, user, video.id)
        assert video.status == "rejected"
        assert video.error_message == "The file is not in the store any more; upload it again."


async def test_an_inspection_told_twice_is_done_once(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID, film: bytes
) -> None:
    video = await uploaded(uploader, user, film, http)
    command = ProbeVideo(video_id=video.id)
    await asyncio.gather(*(probe_video(command, uploader) for _ in range(3)))
    before = await video_of(uploader, user, video.id)
    await probe_video(command, uploader)
    after = await video_of(uploader, user, video.id)
    assert msgspec.structs.replace(after, thumbnail_url=None) == msgspec.structs.replace(before, thumbnail_url=None)
    assert [type(message).__name__ for message in said(migrated)] == ["ProbeVideo", "VideoUploaded"]


async def test_an_inspection_of_a_video_that_is_gone_is_no_work(uploader: UploaderWorker) -> None:
    await probe_video(ProbeVideo(video_id=uuid4()), uploader)


async def test_a_worker_that_was_overtaken_changes_nothing(
    uploader: UploaderWorker,
    migrated: LocalStack,
    http: httpx.AsyncClient,
    user: UUID,
    film: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    video = await uploaded(uploader, user, film, http)
    look = inspected

    async def overtaken(*given: object) -> object:
        found = await look(*given)  # type: ignore[arg-type]
        migrated.sql("update uploader.probes set lease_until = now() - interval '1 second'")
        assert await Probes.claim(video.id, 30) is not None
        return found

    monkeypatch.setattr(handlers, "inspected", overtaken)
    await probe_video(ProbeVideo(video_id=video.id), uploader)
    assert (await video_of(uploader, user, video.id)).status == "checking"
    assert [type(message).__name__ for message in said(migrated)] == ["ProbeVideo"]
    monkeypatch.undo()
    migrated.sql("update uploader.probes set lease_until = now() - interval '1 second'")
    await probe_video(ProbeVideo(video_id=video.id), uploader)
    assert (await video_of(uploader, user, video.id)).status == "ready"


async def test_a_lease_is_renewed_while_the_work_goes_on(
    uploader: UploaderWorker,
    migrated: LocalStack,
    http: httpx.AsyncClient,
    user: UUID,
    film: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    video = await uploaded(uploader, user, film, http)
    look = inspected

    async def until() -> str:
        return await asyncio.to_thread(migrated.sql, "select lease_until from uploader.probes")

    async def slow(*given: object) -> object:
        first = await until()
        async with asyncio.timeout(10):
            while await until() == first:
                await asyncio.sleep(0.1)
        return await look(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(handlers, "inspected", slow)
    await probe_video(ProbeVideo(video_id=video.id), uploader)
    assert (await video_of(uploader, user, video.id)).status == "ready"


async def test_a_full_scratch_disk_is_not_the_fault_of_the_video(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID, film: bytes
) -> None:
    video = await uploaded(uploader, user, film, http)
    assert isinstance(uploader.store, LocalStore)
    uploader.store.folder.reserve_bytes = 2**60
    for _ in range(handlers.MOST_ATTEMPTS + 2):
        await probe_video(ProbeVideo(video_id=video.id), uploader)
    assert (await video_of(uploader, user, video.id)).status == "checking"
    uploader.store.folder.reserve_bytes = 0
    await probe_video(ProbeVideo(video_id=video.id), uploader)
    assert (await video_of(uploader, user, video.id)).status == "ready"


async def test_a_file_that_ends_its_worker_every_time_is_rejected_at_last(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID, film: bytes
) -> None:
    video = await uploaded(uploader, user, film, http)
    for _ in range(handlers.MOST_ATTEMPTS):
        assert await Probes.claim(video.id, 30) is not None
        migrated.sql("update uploader.probes set lease_until = now() - interval '1 second'")
    await probe_video(ProbeVideo(video_id=video.id), uploader)
    video = await video_of(uploader, user, video.id)
    assert (video.status, video.error_code) == ("rejected", "inspection_failed")
    assert await names_in_store(uploader) == []


async def test_a_worker_that_is_stopped_gives_the_inspection_back_at_once(
    uploader: UploaderWorker,
    migrated: LocalStack,
    http: httpx.AsyncClient,
    user: UUID,
    film: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    video = await uploaded(uploader, user, film, http)
    begun = asyncio.Event()

    async def stuck(*given: object) -> object:
        begun.set()
        return await asyncio.Event().wait()

    monkeypatch.setattr(handlers, "inspected", stuck)
    task = asyncio.create_task(probe_video(ProbeVideo(video_id=video.id), uploader))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    monkeypatch.undo()
    await probe_video(ProbeVideo(video_id=video.id), uploader)
    assert (await video_of(uploader, user, video.id)).status == "ready"


async def test_a_late_put_does_not_replace_what_was_inspected(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID, film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = await opened(uploader, user, None)
    (await http.put(plan.url, content=film)).raise_for_status()
    go_on = asyncio.Event()

    async def late() -> AsyncIterator[bytes]:
        yield b"x" * 1000
        await go_on.wait()
        yield b"y" * 1000

    sending = asyncio.create_task(http.put(plan.url, content=late()))
    assert isinstance(uploader.store, LocalStore)
    async with asyncio.timeout(10):
        while not list(uploader.store.folder.incoming.iterdir()):
            await asyncio.sleep(0.005)
    await complete(uploader, user, plan.video_id)
    await probe_video(ProbeVideo(video_id=plan.video_id), uploader)
    go_on.set()
    await sending
    video = await video_of(uploader, user, plan.video_id)
    assert video.source is not None
    assert await uploader.store.stat(video.source.key) == msgspec.structs.replace(
        video.source, content_type="application/octet-stream"
    )
    assert video.source.crc32 == zlib.crc32(film)
