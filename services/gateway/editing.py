"""Editing a batch: its name and place in the queue, which videos it has and in what order; and making another like it."""

from __future__ import annotations

import uuid
from uuid import UUID

from litestar import delete, patch, post, put
from litestar.params import FromPath, JSONBody

from services.gateway import examples
from services.gateway.bodies import BatchChanges, NewRendering, VideoOrder, VideosToAdd
from services.gateway.creation import count_creation
from services.gateway.library import from_library
from services.gateway.links import with_links
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from shared.messages import (
    AddVideos,
    DuplicateBatch,
    EditBatch,
    RemoveVideos,
    RenderAgain,
    ReorderVideos,
)
from shared.names import name_of, paragraphs
from shared.views import BatchDetails, BatchJob

JOB_PROBLEMS = ("not_found", "conflict", "forbidden")


@post(
    "/batch-jobs/{batch_id:uuid}/videos",
    operation_id="add_videos_to_batch_job",
    summary="Add videos of the library",
    tags=["Batches"],
    status_code=200,
    example={"video_ids": [str(examples.VIDEO)]},
    responses=told(200, BatchJob, examples.BATCH_JOB, *JOB_PROBLEMS, "invalid", "quota"),
)
async def add_videos_to_batch_job(
    batch_id: FromPath[UUID], data: JSONBody[VideosToAdd], caller: Who, at: At
) -> BatchJob:
    """Videos that passed inspection can be added until the batch is started."""
    new = await from_library(data.video_ids, caller.user_id, at)
    return await at.ask(AddVideos(request_id=uuid.uuid4(), user_id=caller.user_id, batch_id=batch_id, videos=new))


@patch(
    "/batch-jobs/{batch_id:uuid}",
    operation_id="edit_batch_job",
    summary="Rename a batch, describe it, change its priority or how it starts",
    tags=["Batches"],
    example={"name": "Season 3, final"},
    responses=told(200, BatchJob, examples.BATCH_JOB, *JOB_PROBLEMS, "invalid"),
)
async def edit_batch_job(batch_id: FromPath[UUID], data: JSONBody[BatchChanges], caller: Who, at: At) -> BatchJob:
    """What is left out stays as it is; a priority above the tier's is lowered to it."""
    job = await at.ask(
        EditBatch(
            request_id=uuid.uuid4(),
            user_id=caller.user_id,
            batch_id=batch_id,
            name=None if data.name is None else name_of(data.name, what="A batch", at_most=100),
            description=None if data.description is None else paragraphs(data.description),
            priority=data.priority,
            start_when_uploaded=data.start_when_uploaded,
        )
    )
    return at.feed.values.job(job)


@delete(
    "/batch-jobs/{batch_id:uuid}/videos/{video_id:uuid}",
    operation_id="remove_video_from_batch_job",
    summary="Remove a video that has not begun",
    tags=["Batches"],
    responses=told(204, None, None, *JOB_PROBLEMS),
)
async def remove_video_from_batch_job(batch_id: FromPath[UUID], video_id: FromPath[UUID], caller: Who, at: At) -> None:
    """Before the start it is taken out, after it cancelled; an upload made for this batch goes with it."""
    await at.ask(
        RemoveVideos(request_id=uuid.uuid4(), user_id=caller.user_id, batch_id=batch_id, video_ids=(video_id,))
    )


@post(
    "/batch-jobs/{batch_id:uuid}/remove-videos",
    operation_id="remove_videos_from_batch_job",
    summary="Remove several videos that have not begun",
    tags=["Batches"],
    status_code=200,
    example={"video_ids": [str(examples.VIDEO)]},
    responses=told(200, BatchDetails, examples.DETAILS, *JOB_PROBLEMS, "invalid"),
)
async def remove_videos_from_batch_job(
    batch_id: FromPath[UUID], data: JSONBody[VideosToAdd], caller: Who, at: At
) -> BatchDetails:
    """All of them or, when one has begun, none."""
    wanted = tuple(dict.fromkeys(data.video_ids))
    stored = await at.ask(
        RemoveVideos(request_id=uuid.uuid4(), user_id=caller.user_id, batch_id=batch_id, video_ids=wanted)
    )
    return await with_links(at.feed.values.details(stored), at.store)


@put(
    "/batch-jobs/{batch_id:uuid}/order",
    operation_id="reorder_videos_of_batch_job",
    summary="Put the videos into another order",
    tags=["Batches"],
    example={"video_ids": [str(examples.VIDEO)]},
    responses=told(200, BatchDetails, examples.DETAILS, *JOB_PROBLEMS, "invalid"),
)
async def reorder_videos_of_batch_job(
    batch_id: FromPath[UUID], data: JSONBody[VideoOrder], caller: Who, at: At
) -> BatchDetails:
    """Until the start; every video of the batch is named once."""
    stored = await at.ask(
        ReorderVideos(request_id=uuid.uuid4(), user_id=caller.user_id, batch_id=batch_id, video_ids=data.video_ids)
    )
    return await with_links(at.feed.values.details(stored), at.store)


@post(
    "/batch-jobs/{batch_id:uuid}/duplicate",
    operation_id="duplicate_batch_job",
    summary="Make another batch with the same settings and videos",
    tags=["Batches"],
    responses=told(201, BatchDetails, examples.DETAILS, *JOB_PROBLEMS, "rate_limited"),
)
async def duplicate_batch_job(batch_id: FromPath[UUID], caller: Who, at: At) -> BatchDetails:
    """The new batch waits to be started; nothing is uploaded again."""
    await count_creation(caller, at)
    return await at.ask(
        DuplicateBatch(request_id=uuid.uuid4(), user_id=caller.user_id, batch_id=batch_id, new_batch_id=uuid.uuid4())
    )


@post(
    "/batch-jobs/{batch_id:uuid}/videos/{video_id:uuid}/render",
    operation_id="render_video_again",
    summary="Render a completed video again with other settings",
    tags=["Batches"],
    status_code=202,
    example={"settings": {"remove_silence": True, "silence_threshold": -35.0}},
    responses=told(202, BatchJob, examples.BATCH_JOB, *JOB_PROBLEMS, "invalid", "quota"),
)
async def render_video_again(
    batch_id: FromPath[UUID], video_id: FromPath[UUID], data: JSONBody[NewRendering], caller: Who, at: At
) -> BatchJob:
    """The batch is processing again; the earlier result stays until the new one is stored, and also when that fails."""
    return await at.ask(
        RenderAgain(
            request_id=uuid.uuid4(),
            user_id=caller.user_id,
            batch_id=batch_id,
            video_id=video_id,
            settings=data.settings,
        )
    )
