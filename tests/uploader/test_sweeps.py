"""What got lost is found."""

from __future__ import annotations

import os
from uuid import UUID, uuid4

import httpx
import pytest

from services.uploader.service import UploaderWorker
from services.uploader.sweeps import announce_lost_probes, give_up_abandoned_uploads, tidy_store
from services.uploader.tables import Probes, Videos
from shared.messages import ProbeVideo, VideoRejected
from shared.storage import LocalStore
from stack.local import LocalStack
from tests.uploader.driving import opened, said, send_part, uploaded, video_of

KIB = 1024


async def keys(at: UploaderWorker) -> list[str]:
    """What the store has."""
    return [stored.key async for stored in at.store.list()]


async def test_an_inspection_whose_worker_went_silent_is_announced_again(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID
) -> None:
    video = await uploaded(uploader, user, b"film", http)
    assert await Probes.claim(video.id, 30) is not None
    await announce_lost_probes(uploader)
    assert len(said(migrated)) == 1, "its worker lives"
    migrated.sql("update uploader.probes set lease_until = now() - interval '1 second'")
    await announce_lost_probes(uploader)
    await announce_lost_probes(uploader)
    assert said(migrated) == [ProbeVideo(video_id=video.id)] * 2
    assert await Probes.claim(video.id, 30) is not None


async def test_an_inspection_that_nobody_took_is_announced_again(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID
) -> None:
    video = await uploaded(uploader, user, b"film", http)
    await announce_lost_probes(uploader)
    assert len(said(migrated)) == 1
    migrated.sql("update uploader.probes set next_at = now() - interval '1 second'")
    await announce_lost_probes(uploader)
    assert said(migrated) == [ProbeVideo(video_id=video.id)] * 2


@pytest.mark.parametrize("size", [4, 100 * KIB])
async def test_an_abandoned_upload_is_rejected_and_removed(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID, size: int
) -> None:
    data = os.urandom(size)
    plan = await opened(uploader, user, size, batch_id=uuid4())
    if plan.upload_id:
        await send_part(uploader, user, plan, 1, data, http)
    else:
        await http.put(plan.url, content=data, headers=plan.headers)
    await give_up_abandoned_uploads(uploader)
    assert (await video_of(uploader, user, plan.video_id)).status == "uploading"
    migrated.sql("update uploader.uploads set active_at = now() - interval '25 hours'")
    await give_up_abandoned_uploads(uploader)
    video = await video_of(uploader, user, plan.video_id)
    assert (video.status, video.error_code) == ("rejected", "abandoned")
    assert await keys(uploader) == []
    assert [upload async for upload in uploader.store.list_multiparts()] == []
    rejected = [message for message in said(migrated) if isinstance(message, VideoRejected)]
    assert [(message.video_id, message.code) for message in rejected] == [(plan.video_id, "abandoned")]


async def test_an_upload_that_is_still_being_sent_is_not_abandoned(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID
) -> None:
    data = os.urandom(100 * KIB)
    plan = await opened(uploader, user, len(data))
    migrated.sql("update uploader.uploads set active_at = now() - interval '25 hours'")
    await send_part(uploader, user, plan, 1, data, http)
    await give_up_abandoned_uploads(uploader)
    assert (await video_of(uploader, user, plan.video_id)).status == "uploading"


async def test_a_completed_upload_is_not_abandoned(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID
) -> None:
    video = await uploaded(uploader, user, b"film", http)
    migrated.sql("update uploader.uploads set active_at = now() - interval '25 hours'")
    await give_up_abandoned_uploads(uploader)
    assert (await video_of(uploader, user, video.id)).status == "checking"


async def test_objects_of_no_video_are_removed_and_others_stay(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    kept = await uploaded(uploader, user, b"film", http)
    rejected = await uploaded(uploader, user, b"film", http)
    await Videos.reject(rejected.id, "invalid", "No film.")
    await uploader.store.put_bytes(f"sources/{user}/{uuid4()}/source", b"orphan")
    await uploader.store.put_bytes("runs/x/output.mp4", b"not ours")
    await uploader.store.put_bytes("sources/somebody/elses/file", b"not ours either")
    await tidy_store(uploader)
    assert await keys(uploader) == [
        "runs/x/output.mp4",
        f"sources/{user}/{kept.id}/arrival",
        "sources/somebody/elses/file",
    ]


async def test_an_upload_in_parts_that_no_video_knows_is_removed_when_it_is_old(
    uploader: UploaderWorker, user: UUID
) -> None:
    plan = await opened(uploader, user, 100 * KIB)
    orphan = await uploader.store.create_multipart(f"sources/{user}/{uuid4()}/source")
    await tidy_store(uploader)
    assert {upload.upload_id async for upload in uploader.store.list_multiparts()} == {plan.upload_id, orphan}
    assert isinstance(uploader.store, LocalStore)
    for upload_id in (plan.upload_id, orphan):
        card = uploader.store.folder.uploads / str(upload_id) / "upload.json"
        card.chmod(0o600)
        text = card.read_text()
        year = text.partition('"created_at":"')[2][:4]
        card.write_text(text.replace(f'"created_at":"{year}', '"created_at":"2020'))
    await tidy_store(uploader)
    assert {upload.upload_id async for upload in uploader.store.list_multiparts()} == {plan.upload_id}
