"""Questions about the library, which is each user's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from services.uploader.service import UploaderWorker
from services.uploader.tables import Videos
from shared.errors import Invalid, NotFound
from shared.messages import (
    Asked,
    CompleteUpload,
    GetUpload,
    GetVideo,
    ListVideos,
    SignParts,
)
from shared.storage import LocalStore
from tests.uploader.driving import (
    opened,
    send,
    uploaded,
    video_of,
)

KIB = 1024


async def test_what_belongs_to_somebody_else_does_not_exist(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    video = await uploaded(uploader, user, b"film", http)
    other = uuid4()
    questions: list[Asked[Any]] = [
        GetVideo(user_id=other, video_id=video.id),
        GetUpload(user_id=other, video_id=video.id),
        SignParts(user_id=other, video_id=video.id, numbers=(1,)),
        CompleteUpload(request_id=uuid4(), user_id=other, video_id=video.id),
    ]
    for question in questions:
        with pytest.raises(NotFound):
            await uploader.bus.ask(question)
    assert (await uploader.bus.ask(ListVideos(user_id=other))).total == 0
    assert (await uploader.bus.ask(ListVideos(user_id=other, video_ids=(video.id,)))).videos == ()


async def test_a_completed_request_id_does_not_serve_somebody_else(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    plan = await opened(uploader, user, 4)
    await send(uploader, user, plan, b"film", http)
    request = CompleteUpload(request_id=uuid4(), user_id=user, video_id=plan.video_id)
    await uploader.bus.ask(request)
    with pytest.raises(NotFound):
        await uploader.bus.ask(msgspec.structs.replace(request, user_id=uuid4()))


async def test_the_library_is_listed_in_pages(uploader: UploaderWorker, user: UUID) -> None:
    names = ["beta.mp4", "Alpha.mp4", "100%_done.mp4", "gamma.mov"]
    ids = {name: (await opened(uploader, user, 10 + len(name), name=name)).video_id for name in names}

    async def listed(**asked: Any) -> list[str]:
        return [video.name for video in (await uploader.bus.ask(ListVideos(user_id=user, **asked))).videos]

    assert await listed() == names[::-1]
    assert await listed(sort="created_at") == names
    assert await listed(sort="name") == ["100%_done.mp4", "Alpha.mp4", "beta.mp4", "gamma.mov"]
    assert await listed(sort="-name", limit=2, offset=1) == ["beta.mp4", "Alpha.mp4"]
    assert await listed(search="ALPHA") == ["Alpha.mp4"]
    assert await listed(search="%_") == ["100%_done.mp4"]
    assert await listed(search="\\") == []
    assert await listed(video_ids=(ids["gamma.mov"], uuid4())) == ["gamma.mov"]
    assert await listed(video_ids=()) == []
    page = await uploader.bus.ask(ListVideos(user_id=user, limit=2, offset=10))
    assert (page.videos, page.total) == ((), 4)
    page = await uploader.bus.ask(ListVideos(user_id=user, limit=0))
    assert (page.videos, page.total) == ((), 4)


@pytest.mark.parametrize(
    "asked", [{"sort": "user_id; drop table videos"}, {"limit": -1}, {"limit": 201}, {"offset": -1}]
)
async def test_a_list_that_cannot_be_is_refused(uploader: UploaderWorker, user: UUID, asked: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        await uploader.bus.ask(ListVideos(user_id=user, **asked))


async def test_a_rejected_video_says_why(uploader: UploaderWorker, user: UUID) -> None:
    plan = await opened(uploader, user, 4)
    await Videos.reject(plan.video_id, "abandoned", "Nothing came.")
    video = await video_of(uploader, user, plan.video_id)
    assert (video.status, video.error_code, video.error_message) == ("rejected", "abandoned", "Nothing came.")
    assert isinstance(uploader.store, LocalStore)
