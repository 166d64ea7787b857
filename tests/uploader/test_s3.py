"""Uploads whose bytes go straight to S3, past the uploader."""

from __future__ import annotations

import zlib
from uuid import UUID, uuid4

import httpx
import msgspec

from services.uploader.answers import complete_upload, get_upload, sign_parts
from services.uploader.handlers import delete_source, probe_video
from services.uploader.opening import open_uploads
from services.uploader.service import UploaderWorker
from shared.messages import (
    CompleteUpload,
    DeleteSource,
    GetUpload,
    NewUpload,
    OpenUploads,
    ProbeVideo,
    SignParts,
    VideoUploaded,
    VideoUploading,
)
from stack.local import LocalStack
from tests.hostile import box
from tests.shared.storage import s3_servers
from tests.uploader.driving import said, video_of

MIB = 1024 * 1024


async def test_an_upload_in_parts_goes_straight_to_s3_and_is_inspected(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID, film: bytes
) -> None:
    large = film + box(b"free", bytes(6 * MIB))
    with s3_servers.moto() as url:
        store = s3_servers.store_at(url)
        await s3_servers.empty(store)
        settings = msgspec.structs.replace(uploader.settings, part_bytes=5 * MIB)
        at = msgspec.structs.replace(uploader, store=store, settings=settings)
        file = NewUpload(video_id=uuid4(), name="film.mp4", size_bytes=len(large))
        request = OpenUploads(request_id=uuid4(), user_id=user, batch_id=uuid4(), files=(file,))
        plan = (await open_uploads(request, at)).plans[0]
        assert plan.part_count == 2

        (await http.put(plan.url, content=large[: 5 * MIB])).raise_for_status()
        signed = await sign_parts(SignParts(user_id=user, video_id=plan.video_id, numbers=(2,)), at)
        assert said(migrated) == [VideoUploading(video_id=plan.video_id)]
        state = await get_upload(GetUpload(user_id=user, video_id=plan.video_id), at)
        assert [(part.number, part.size_bytes) for part in state.parts] == [(1, 5 * MIB)]
        (await http.put(signed.parts[0].url, content=large[5 * MIB :])).raise_for_status()

        await complete_upload(CompleteUpload(request_id=uuid4(), user_id=user, video_id=plan.video_id), at)
        await probe_video(ProbeVideo(video_id=plan.video_id), at)
        video = await video_of(uploader, user, plan.video_id)
        assert video.status == "ready" and video.source is not None
        assert (video.source.size_bytes, video.source.crc32) == (len(large), zlib.crc32(large))
        assert isinstance(said(migrated)[-1], VideoUploaded)

        await delete_source(DeleteSource(user_id=user, video_id=plan.video_id), at)
        assert [found async for found in store.list()] == []
        await store.close()
