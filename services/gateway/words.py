"""Transcripts and highlights of finished videos, as they lie beside the outputs in the store."""

from __future__ import annotations

import asyncio
from pathlib import PurePosixPath
from typing import Annotated, TypeVar
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromPath, QueryParameter

from services.gateway import word_examples as examples
from services.gateway.bodies import BatchHighlights, RankedHighlight, VideoTranscript
from services.gateway.links import DOWNLOAD
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from services.gateway.service import Gateway
from shared.errors import NotFound
from shared.media import StoredObject
from shared.messages import GetBatch
from shared.transcripts import Highlights, Transcript
from shared.views import BatchVideo

T = TypeVar("T")

HIGHLIGHTS = "highlights.json"
NOT_FOUND_YET = "This video has no {}: switch them on in the settings of its batch, and look when it is completed."

Limit = Annotated[int, QueryParameter(description="Highlights to show, the best first.", ge=1, le=500)]


@get(
    "/batch-jobs/{batch_id:uuid}/videos/{video_id:uuid}/transcript",
    operation_id="get_transcript",
    summary="What is said in a finished video",
    tags=["Transcripts and highlights"],
    responses=told(200, VideoTranscript, examples.VIDEO_TRANSCRIPT, "not_found"),
)
async def get_transcript(batch_id: FromPath[UUID], video_id: FromPath[UUID], caller: Who, at: At) -> VideoTranscript:
    """Sentences and words with their times in the output and in the source, and URLs of the same as files."""
    video = await video_of(batch_id, video_id, caller.user_id, at)
    transcript = await decoded(at, _file(video, "transcript.json", "transcript").key, Transcript)
    downloads = {}
    for stored in video.processing_result.files if video.processing_result else ():
        name = PurePosixPath(stored.key)
        if name.stem == "transcript":
            shown = f"{PurePosixPath(video.name).stem}{name.suffix}"
            downloads[name.suffix[1:]] = await at.store.presign_get(stored.key, shown, stored.content_type, DOWNLOAD)
    return VideoTranscript(transcript=transcript, downloads=downloads)


@get(
    "/batch-jobs/{batch_id:uuid}/videos/{video_id:uuid}/highlights",
    operation_id="get_highlights",
    summary="The highlights of a finished video",
    tags=["Transcripts and highlights"],
    responses=told(200, Highlights, examples.HIGHLIGHTS, "not_found"),
)
async def get_highlights(batch_id: FromPath[UUID], video_id: FromPath[UUID], caller: Who, at: At) -> Highlights:
    """Passages in their order, each with its score and the reasons for it."""
    video = await video_of(batch_id, video_id, caller.user_id, at)
    return await decoded(at, _file(video, HIGHLIGHTS, "highlights").key, Highlights)


@get(
    "/batch-jobs/{batch_id:uuid}/highlights",
    operation_id="get_batch_highlights",
    summary="The highlights of a batch",
    tags=["Transcripts and highlights"],
    responses=told(200, BatchHighlights, examples.BATCH_HIGHLIGHTS, "not_found"),
)
async def get_batch_highlights(batch_id: FromPath[UUID], caller: Who, at: At, limit: Limit = 50) -> BatchHighlights:
    """The best passages of all its finished videos: scores can be compared between videos."""
    details = await at.ask(GetBatch(user_id=caller.user_id, batch_id=batch_id))
    found = [(video, stored) for video in details.videos if (stored := _beside(video, HIGHLIGHTS)) is not None]
    read = await asyncio.gather(*(decoded(at, stored.key, Highlights) for _, stored in found))
    ranking = sorted(
        ((video, one) for (video, _), highlights in zip(found, read, strict=True) for one in highlights.highlights),
        key=lambda pair: (-pair[1].score, pair[0].position, pair[1].start_s),
    )
    return BatchHighlights(
        highlights=tuple(
            RankedHighlight(rank=rank, video_id=video.video_id, video_name=video.name, highlight=highlight)
            for rank, (video, highlight) in enumerate(ranking[:limit], 1)
        ),
        total=len(ranking),
    )


async def video_of(batch_id: UUID, video_id: UUID, user_id: UUID, at: Gateway) -> BatchVideo:
    """A video of a batch, as its owner sees it. Raises `NotFound` for everybody else."""
    details = await at.ask(GetBatch(user_id=user_id, batch_id=batch_id))
    for video in details.videos:
        if video.video_id == video_id:
            return video
    raise NotFound("There is no such video in this batch.")


def _beside(video: BatchVideo, name: str) -> StoredObject | None:
    files = video.processing_result.files if video.processing_result else ()
    return next((stored for stored in files if stored.key.endswith(f"/{name}")), None)


def _file(video: BatchVideo, name: str, what: str) -> StoredObject:
    stored = _beside(video, name)
    if stored is None:
        raise NotFound(NOT_FOUND_YET.format(what))
    return stored


async def decoded(at: Gateway, key: str, kind: type[T]) -> T:
    """What an object of the store says."""
    content = b"".join([piece async for piece in at.store.read(key)])
    return msgspec.json.decode(content, type=kind)
