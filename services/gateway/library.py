"""The library as people see it: each video with the batches it is in, and one video with a link to its source."""

from __future__ import annotations

from uuid import UUID

import msgspec

from services.gateway.bodies import LibraryPage, LibraryVideo
from services.gateway.links import DOWNLOAD
from services.gateway.service import Gateway
from shared.messages import FindBatches
from shared.views import Video, VideoBatch, VideoPage


async def page_with_batches(page: VideoPage, user_id: UUID, at: Gateway) -> LibraryPage:
    """A page of the library with its batches."""
    batches = await _batches_of(tuple(video.id for video in page.videos), user_id, at)
    return LibraryPage(
        videos=tuple(_listed(video, batches.get(video.id, [])) for video in page.videos), total=page.total
    )


async def video_with_batches(video: Video, user_id: UUID, at: Gateway) -> LibraryVideo:
    """One video with its batches, and a URL at which its source can be played for 24 hours."""
    batches = await _batches_of((video.id,), user_id, at)
    url = None
    if video.source is not None and video.status == "ready":
        url = await at.store.presign_get(video.source.key, video.name, video.source.content_type, DOWNLOAD)
    return msgspec.structs.replace(_listed(video, batches.get(video.id, [])), source_url=url)


async def _batches_of(video_ids: tuple[UUID, ...], user_id: UUID, at: Gateway) -> dict[UUID, list[VideoBatch]]:
    found: dict[UUID, list[VideoBatch]] = {}
    if video_ids:
        answer = await at.ask(FindBatches(user_id=user_id, video_ids=video_ids))
        for batch in answer.batches:
            found.setdefault(batch.video_id, []).append(batch)
    return found


def _listed(video: Video, batches: list[VideoBatch]) -> LibraryVideo:
    return LibraryVideo(**msgspec.structs.asdict(video), batches=tuple(batches))
