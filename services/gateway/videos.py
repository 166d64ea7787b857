"""Videos of the library, and how their bytes get to the store."""

from __future__ import annotations

import uuid
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from services.gateway import examples
from services.gateway.bodies import LibraryPage, LibraryVideo, PartNumbers
from services.gateway.library import page_with_batches, video_with_batches
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from shared.library import Video, VideoProxy
from shared.messages import CompleteUpload, DeleteVideo, GetUpload, GetVideo, ListVideos, RequestProxy, SignParts
from shared.views import PartUrls, UploadState

ASSEMBLY_S = 60.0
"""Putting together the parts of a large file takes the store a while."""

Search = Annotated[str | None, QueryParameter(description="Part of a name.", max_length=100)]
Limit = Annotated[int, QueryParameter(description="Videos on a page.", ge=1, le=200)]
Offset = Annotated[int, QueryParameter(description="Videos to leave out at the start.", ge=0, le=1_000_000)]
Ids = Annotated[list[UUID] | None, QueryParameter(description="Only these videos.", max_items=200)]
Sort = Annotated[
    str,
    QueryParameter(
        description="created_at, name or size, with '-' in front for descending.", pattern="^-?(created_at|name|size)$"
    ),
]


@get(
    "/videos",
    operation_id="list_videos",
    summary="My videos",
    tags=["Videos"],
    responses=told(200, LibraryPage, {"videos": [examples.LIBRARY_VIDEO_SHOWN], "total": 1}, "invalid"),
)
async def list_videos(
    caller: Who,
    at: At,
    search: Search = None,
    limit: Limit = 50,
    offset: Offset = 0,
    sort: Sort = "-created_at",
    ids: Ids = None,
) -> LibraryPage:
    """A page of the library with the batches of each video, and how many videos there are in all."""
    wanted = None if ids is None else tuple(ids)
    page = await at.ask(
        ListVideos(user_id=caller.user_id, video_ids=wanted, search=search, limit=limit, offset=offset, sort=sort)
    )
    return await page_with_batches(page, caller.user_id, at)


@get(
    "/videos/{video_id:uuid}",
    operation_id="get_video",
    summary="One video",
    tags=["Videos"],
    responses=told(200, LibraryVideo, examples.LIBRARY_VIDEO_SHOWN, "not_found"),
)
async def get_video(video_id: FromPath[UUID], caller: Who, at: At) -> LibraryVideo:
    """What is known of a video: its size, codecs, duration, whether it passed inspection, its batches, and where it is played."""
    video = await at.ask(GetVideo(user_id=caller.user_id, video_id=video_id))
    return await video_with_batches(video, caller.user_id, at)


@post(
    "/videos/{video_id:uuid}/proxy",
    operation_id="prepare_video",
    summary="A copy of a video that every browser plays",
    tags=["Videos"],
    status_code=202,
    responses=told(202, VideoProxy, examples.VIDEO_PROXY, "not_found", "conflict", "forbidden"),
)
async def prepare_video(video_id: FromPath[UUID], caller: Who, at: At) -> VideoProxy:
    """It is made when it is asked for, and only then; the video (`proxy`) tells how far it is. Asking twice changes nothing."""
    return await at.ask(RequestProxy(request_id=uuid.uuid4(), user_id=caller.user_id, video_id=video_id))


@delete(
    "/videos/{video_id:uuid}",
    operation_id="delete_video",
    summary="Remove a video from the library",
    tags=["Videos"],
    responses=told(204, None, None, "not_found", "conflict", "forbidden"),
)
async def delete_video(video_id: FromPath[UUID], caller: Who, at: At) -> None:
    """Its file is removed for good. What was made of it in batches that have ended stays; a batch that needs it must end first."""
    await at.ask(GetVideo(user_id=caller.user_id, video_id=video_id))
    await at.ask(DeleteVideo(request_id=uuid.uuid4(), user_id=caller.user_id, video_id=video_id))


@get(
    "/videos/{video_id:uuid}/upload",
    operation_id="get_upload",
    summary="How far an upload is",
    tags=["Videos"],
    responses=told(200, UploadState, examples.UPLOAD_STATE, "not_found"),
)
async def get_upload(video_id: FromPath[UUID], caller: Who, at: At) -> UploadState:
    """The parts that the store has, and a freshly signed URL: what to ask before going on after an interruption."""
    return await at.ask(GetUpload(user_id=caller.user_id, video_id=video_id))


@post(
    "/videos/{video_id:uuid}/parts",
    operation_id="sign_parts",
    summary="URLs for parts that are about to be sent",
    tags=["Videos"],
    status_code=200,
    example={"numbers": [2]},
    responses=told(200, PartUrls, examples.PART_URLS, "not_found", "invalid", "conflict", "forbidden"),
)
async def sign_parts(video_id: FromPath[UUID], data: JSONBody[PartNumbers], caller: Who, at: At) -> PartUrls:
    """Each URL is valid for minutes only: ask for those that are sent next."""
    return await at.ask(SignParts(user_id=caller.user_id, video_id=video_id, numbers=data.numbers))


@post(
    "/videos/{video_id:uuid}/complete",
    operation_id="complete_upload",
    summary="All bytes were sent",
    tags=["Videos"],
    status_code=200,
    responses=told(200, Video, examples.LIBRARY_VIDEO, "not_found", "invalid", "conflict", "forbidden"),
)
async def complete_upload(video_id: FromPath[UUID], caller: Who, at: At) -> Video:
    """Sizes and parts are verified, then the video is inspected. Saying it twice changes nothing."""
    return await at.ask(
        CompleteUpload(request_id=uuid.uuid4(), user_id=caller.user_id, video_id=video_id), timeout_s=ASSEMBLY_S
    )
