"""Batch jobs: create, list, look at, start, pause, resume, cancel, retry, delete."""

from __future__ import annotations

import uuid
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from services.gateway import examples
from services.gateway.bodies import BatchCreated, NewBatch, VideosToRetry
from services.gateway.creation import create_batch
from services.gateway.links import with_links
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from services.gateway.service import Gateway
from shared.batches import BatchStatus
from shared.messages import (
    CancelBatch,
    DeleteBatch,
    GetBatch,
    ListBatches,
    ListVideos,
    PauseBatch,
    ResumeBatch,
    RetryFailed,
    StartBatch,
)
from shared.views import BatchDetails, BatchJob, BatchPage, BatchStarted

ARRIVED = frozenset({"checking", "ready"})

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="A repeat with the same key and body finishes or repeats the first request and makes no second batch.",
        pattern="^[!-~]{1,200}$",
    ),
]
Status = Annotated[BatchStatus | None, QueryParameter(description="Only batches in this status.")]
Limit = Annotated[int, QueryParameter(description="Batches on a page.", ge=1, le=100)]
Offset = Annotated[int, QueryParameter(description="Batches to leave out at the start.", ge=0, le=1_000_000)]
Sort = Annotated[
    str,
    QueryParameter(
        description="created_at, priority, status, progress or name, with '-' in front for descending.",
        pattern="^-?(created_at|priority|status|progress|name)$",
    ),
]

JOB_PROBLEMS = ("not_found", "conflict", "forbidden")


@post(
    "/batch-jobs",
    operation_id="create_batch_job",
    summary="Create a batch",
    tags=["Batches"],
    example={
        "name": "Season 3",
        "settings": {"transcribe": True, "remove_silence": True, "export_quality": "1080p"},
        "files": [{"name": "episode-1.mp4", "size": 734_003_200, "type": "video/mp4"}],
    },
    responses=told(
        201,
        BatchCreated,
        BatchCreated(
            batch_job_id=examples.BATCH,
            batch_job=examples.BATCH_JOB,
            videos=(examples.BATCH_VIDEO,),
            upload_urls=(examples.UPLOAD_PLAN.url,),
            uploads=(examples.UPLOAD_PLAN,),
        ),
        "invalid",
        "not_found",
        "conflict",
        "quota",
        "too_large",
        "rate_limited",
        "forbidden",
    ),
)
async def create_batch_job(
    data: JSONBody[NewBatch], caller: Who, at: At, idempotency_key: IdempotencyKey = None
) -> BatchCreated:
    """Name the files and their sizes; the answer says for each where its bytes are sent. Videos of the library follow them.

    Nothing is processed before the start.
    """
    return await create_batch(data, idempotency_key, caller, at)


@get(
    "/batch-jobs",
    operation_id="list_batch_jobs",
    summary="My batches",
    tags=["Batches"],
    responses=told(200, BatchPage, examples.PAGE, "invalid"),
)
async def list_batch_jobs(
    caller: Who,
    at: At,
    status: Status = None,
    limit: Limit = 20,
    offset: Offset = 0,
    sort: Sort = "-created_at",
) -> BatchPage:
    """A page of batches with their progress, how many there are in all, and how many in each status."""
    return await page_of(caller.user_id, at, status, limit, offset, sort)


async def page_of(
    user_id: UUID, at: Gateway, status: BatchStatus | None, limit: int, offset: int, sort: str
) -> BatchPage:
    """A page of somebody's batches with their progress as it is at this moment."""
    sort = sort.replace("progress", "progress_percentage")
    page = await at.ask(ListBatches(user_id=user_id, status=status, limit=limit, offset=offset, sort=sort))
    jobs = tuple(at.feed.values.job(job) for job in page.batch_jobs)
    return BatchPage(batch_jobs=jobs, total=page.total, by_status=page.by_status)


@get(
    "/batch-jobs/{batch_id:uuid}",
    operation_id="get_batch_job",
    summary="One batch with its videos",
    tags=["Batches"],
    responses=told(200, BatchDetails, examples.DETAILS, "not_found"),
)
async def get_batch_job(batch_id: FromPath[UUID], caller: Who, at: At) -> BatchDetails:
    """Settings, status and progress as they are at this moment; finished videos have a URL that is valid for 24 hours."""
    stored = await at.ask(GetBatch(user_id=caller.user_id, batch_id=batch_id))
    return await with_links(at.feed.values.details(stored), at.store)


@post(
    "/batch-jobs/{batch_id:uuid}/start",
    operation_id="start_batch_job",
    summary="Start a batch",
    tags=["Batches"],
    status_code=202,
    responses=told(202, BatchStarted, examples.STARTED, *JOB_PROBLEMS, "quota"),
)
async def start_batch_job(batch_id: FromPath[UUID], caller: Who, at: At) -> BatchStarted:
    """All uploads must be complete; videos that are still inspected follow as soon as they are ready."""
    details = await at.ask(GetBatch(user_id=caller.user_id, batch_id=batch_id))
    awaited = tuple(video.video_id for video in details.videos if video.uploaded_at is None)
    arrived: tuple[UUID, ...] = ()
    if awaited:
        found = await at.ask(ListVideos(user_id=caller.user_id, video_ids=awaited, limit=len(awaited)))
        arrived = tuple(video.id for video in found.videos if video.status in ARRIVED)
    return await at.ask(StartBatch(request_id=uuid.uuid4(), user_id=caller.user_id, batch_id=batch_id, arrived=arrived))


@post(
    "/batch-jobs/{batch_id:uuid}/pause",
    operation_id="pause_batch_job",
    summary="Pause a batch",
    tags=["Batches"],
    status_code=200,
    responses=told(200, BatchJob, examples.BATCH_JOB, *JOB_PROBLEMS),
)
async def pause_batch_job(batch_id: FromPath[UUID], caller: Who, at: At) -> BatchJob:
    """No more videos are started; those that run may finish."""
    job = await at.ask(PauseBatch(request_id=uuid.uuid4(), user_id=caller.user_id, batch_id=batch_id))
    return at.feed.values.job(job)


@post(
    "/batch-jobs/{batch_id:uuid}/resume",
    operation_id="resume_batch_job",
    summary="Resume a paused batch",
    tags=["Batches"],
    status_code=200,
    responses=told(200, BatchJob, examples.BATCH_JOB, *JOB_PROBLEMS),
)
async def resume_batch_job(batch_id: FromPath[UUID], caller: Who, at: At) -> BatchJob:
    """Goes on after the last finished video."""
    job = await at.ask(ResumeBatch(request_id=uuid.uuid4(), user_id=caller.user_id, batch_id=batch_id))
    return at.feed.values.job(job)


@post(
    "/batch-jobs/{batch_id:uuid}/cancel",
    operation_id="cancel_batch_job",
    summary="Cancel a batch",
    tags=["Batches"],
    status_code=200,
    responses=told(200, BatchJob, examples.BATCH_JOB, *JOB_PROBLEMS),
)
async def cancel_batch_job(batch_id: FromPath[UUID], caller: Who, at: At) -> BatchJob:
    """Stops all work on it for good and cleans up; finished videos stay."""
    return await at.ask(CancelBatch(request_id=uuid.uuid4(), user_id=caller.user_id, batch_id=batch_id))


@post(
    "/batch-jobs/{batch_id:uuid}/retry-failed",
    operation_id="retry_failed_videos",
    summary="Try failed videos again",
    tags=["Batches"],
    status_code=200,
    example={"video_ids": [str(examples.VIDEO)]},
    body_may_be_missing=True,
    responses=told(200, BatchJob, examples.BATCH_JOB, *JOB_PROBLEMS, "invalid", "quota"),
)
async def retry_failed_videos(
    batch_id: FromPath[UUID], caller: Who, at: At, data: JSONBody[VideosToRetry | None] = None
) -> BatchJob:
    """Those that are named, or without a body all of them."""
    video_ids = data.video_ids if data is not None else None
    return await at.ask(
        RetryFailed(request_id=uuid.uuid4(), user_id=caller.user_id, batch_id=batch_id, video_ids=video_ids)
    )


@delete(
    "/batch-jobs/{batch_id:uuid}",
    operation_id="delete_batch_job",
    summary="Delete a batch",
    tags=["Batches"],
    responses=told(204, None, None, *JOB_PROBLEMS),
)
async def delete_batch_job(batch_id: FromPath[UUID], caller: Who, at: At) -> None:
    """The batch must have ended; the files that are only its own go with it."""
    await at.ask(DeleteBatch(request_id=uuid.uuid4(), user_id=caller.user_id, batch_id=batch_id))
