"""What is in the library already need not be sent again."""

from __future__ import annotations

import hashlib
from uuid import UUID, uuid4

import httpx

from services.uploader.handlers import probe_video
from services.uploader.service import UploaderWorker
from shared.messages import NewUpload, OpenUploads, ProbeVideo
from shared.views import UploadPlan
from tests.uploader.driving import complete, upload_of, uploaded, video_of


async def announced(at: UploaderWorker, user: UUID, film: bytes, sha256: str) -> UploadPlan:
    """The plan of a file whose content was told."""
    file = NewUpload(video_id=uuid4(), name="again.mp4", size_bytes=len(film), sha256=sha256)
    request = OpenUploads(request_id=uuid4(), user_id=user, batch_id=None, files=(file,))
    first = await at.bus.ask(request)
    assert (await at.bus.ask(request)).plans[0].arrived is first.plans[0].arrived
    return first.plans[0]


async def test_the_same_content_of_the_same_user_is_not_sent_again(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID, film: bytes
) -> None:
    before = await uploaded(uploader, user, film, http)
    await probe_video(ProbeVideo(video_id=before.id), uploader)
    content = hashlib.sha256(film).hexdigest()

    plan = await announced(uploader, user, film, content)
    assert (plan.arrived, plan.part_count) == (True, 1)
    assert [part.size_bytes for part in (await upload_of(uploader, user, plan.video_id)).parts] == [len(film)]
    await complete(uploader, user, plan.video_id)
    await probe_video(ProbeVideo(video_id=plan.video_id), uploader)

    one, two = await video_of(uploader, user, before.id), await video_of(uploader, user, plan.video_id)
    assert (two.status, two.name) == ("ready", "again.mp4")
    assert one.source is not None and two.source is not None
    assert (one.source.crc32, one.facts) == (two.source.crc32, two.facts)
    assert one.source.key != two.source.key


async def test_content_of_others_or_another_content_is_sent(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID, film: bytes
) -> None:
    before = await uploaded(uploader, user, film, http)
    await probe_video(ProbeVideo(video_id=before.id), uploader)
    content = hashlib.sha256(film).hexdigest()
    assert not (await announced(uploader, uuid4(), film, content)).arrived
    assert not (await announced(uploader, user, film, hashlib.sha256(b"another").hexdigest())).arrived
    assert not (await announced(uploader, user, film + b"x", content)).arrived
