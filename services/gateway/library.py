"""The library as people see it: each video with the batches it is in, and one video with a link to its source."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from uuid import UUID

import msgspec

from services.gateway.bodies import LibraryPage, LibraryVideo
from services.gateway.links import DOWNLOAD
from services.gateway.service import Gateway
from shared.errors import Conflict, NotFound
from shared.library import Video, VideoBatch, VideoPage
from shared.messages import FindBatches, ListVideos, NewVideo

MOST_VIDEOS = 200
"""Of which the uploader tells at a time."""


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


async def from_library(video_ids: Iterable[UUID], user_id: UUID, at: Gateway) -> tuple[NewVideo, ...]:
    """Videos of the library, each once, as a batch takes them. Raises `NotFound`, and `Conflict` for one that is not ready."""
    wanted = tuple(dict.fromkeys(video_ids))
    if not wanted:
        return ()
    videos: dict[UUID, Video] = {}
    for some in range(0, len(wanted), MOST_VIDEOS):
        ids = wanted[some : some + MOST_VIDEOS]
        page = await at.ask(ListVideos(user_id=user_id, video_ids=ids, limit=len(ids)))
        videos |= {video.id: video for video in page.videos}
    if missing := [video_id for video_id in wanted if video_id not in videos]:
        raise NotFound(f"There is no video {missing[0]}.")
    if waiting := [video for video in videos.values() if video.status != "ready"]:
        raise Conflict(f"{waiting[0].name} cannot be added, because it is not uploaded and inspected.")
    return tuple(
        NewVideo(
            batch_video_id=uuid.uuid4(),
            video_id=video_id,
            name=videos[video_id].name,
            size_bytes=videos[video_id].size_bytes,
            facts=videos[video_id].facts,
            source=videos[video_id].source,
            own_upload=False,
        )
        for video_id in wanted
    )


async def _batches_of(video_ids: tuple[UUID, ...], user_id: UUID, at: Gateway) -> dict[UUID, list[VideoBatch]]:
    found: dict[UUID, list[VideoBatch]] = {}
    if video_ids:
        answer = await at.ask(FindBatches(user_id=user_id, video_ids=video_ids))
        for batch in answer.batches:
            found.setdefault(batch.video_id, []).append(batch)
    return found


def _listed(video: Video, batches: list[VideoBatch]) -> LibraryVideo:
    return LibraryVideo(**msgspec.structs.asdict(video), batches=tuple(batches))
