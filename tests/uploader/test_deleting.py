"""Videos that are deleted, at any moment of their lives."""

from __future__ import annotations

import os
from uuid import UUID, uuid4

import httpx
import pytest

from services.uploader import handlers
from services.uploader.handlers import delete_source, probe_video
from services.uploader.inspection import inspected
from services.uploader.service import UploaderWorker
from services.uploader.tables import Videos
from shared.errors import NotFound
from shared.messages import DeleteSource, ProbeVideo
from stack.local import LocalStack
from tests.uploader.driving import names_in_store, opened, said, send_part, uploaded, video_of


async def test_a_deleted_video_is_gone_from_library_and_store(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID, film: bytes
) -> None:
    video = await uploaded(uploader, user, film, http)
    await probe_video(ProbeVideo(video_id=video.id), uploader)
    other = await uploaded(uploader, user, b"x" * 10, http)
    for _ in range(2):
        await delete_source(DeleteSource(user_id=user, video_id=video.id), uploader)
    with pytest.raises(NotFound):
        await video_of(uploader, user, video.id)
    assert await names_in_store(uploader) == ["arrival"]
    assert await Videos.known(other.id) is not None


async def test_an_upload_under_way_can_be_deleted(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    data = os.urandom(100 * 1024)
    plan = await opened(uploader, user, len(data))
    await send_part(uploader, user, plan, 1, data, http)
    await delete_source(DeleteSource(user_id=user, video_id=plan.video_id), uploader)
    assert [upload async for upload in uploader.store.list_multiparts()] == []
    assert (await http.put(plan.url, content=data[: plan.part_size_bytes])).status_code == 409


async def test_nobody_deletes_what_belongs_to_somebody_else(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID, film: bytes
) -> None:
    video = await uploaded(uploader, user, film, http)
    await delete_source(DeleteSource(user_id=uuid4(), video_id=video.id), uploader)
    await probe_video(ProbeVideo(video_id=video.id), uploader)
    assert (await video_of(uploader, user, video.id)).status == "ready"


async def test_a_video_deleted_while_it_is_inspected_leaves_nothing(
    uploader: UploaderWorker,
    migrated: LocalStack,
    http: httpx.AsyncClient,
    user: UUID,
    film: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    video = await uploaded(uploader, user, film, http)
    look = inspected

    async def deleted(*given: object) -> object:
        found = await look(*given)  # type: ignore[arg-type]
        await Videos.forget(user, video.id)
        return found

    monkeypatch.setattr(handlers, "inspected", deleted)
    await probe_video(ProbeVideo(video_id=video.id), uploader)
    assert await names_in_store(uploader) == []
    assert [type(message).__name__ for message in said(migrated)] == ["ProbeVideo"]
