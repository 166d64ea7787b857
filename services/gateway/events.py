"""Live events, as server-sent events: of one batch, or of everything a user has."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any
from uuid import UUID

from litestar import get
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import FromPath, HeaderParameter
from litestar.response import Stream

from services.gateway import examples
from services.gateway.authentication import lasts
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from services.gateway.sse import written
from services.gateway.stream_events import (
    BatchSnapshot,
    BatchStream,
    ProgressEvent,
    UserSnapshot,
    UserStream,
    state_event,
)
from services.gateway.tables import Caller
from shared.media import Stage

EVENT_STREAM = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

LastEventId = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID",
        description="The last event id that was seen: what is newer follows, or a snapshot when that is not known any more.",
        max_length=100,
    ),
]

LOOK_S = 30.0
"""So often it is looked whether whoever watches is still signed in."""

PROGRESS = ProgressEvent(
    batch_id=examples.BATCH,
    video_id=examples.VIDEO,
    progress=43,
    current_stage=Stage.REMOVING_SILENCE,
    stage_percentage=61,
    attempt=1,
    estimated_time_remaining=310,
    video_time_remaining=310,
)
BATCH_SNAPSHOT = BatchSnapshot(
    batch_job=examples.BATCH_JOB, videos=(examples.BATCH_VIDEO,), exports=(), live=(PROGRESS,)
)
USER_SNAPSHOT = UserSnapshot(batch_jobs=(examples.BATCH_JOB,), live=(PROGRESS,))


async def while_signed_in(events: AsyncGenerator[bytes, None], caller: Caller) -> AsyncGenerator[bytes, None]:
    """The events, for as long as the session or the key lasts by which somebody began to watch."""
    look_at = time.monotonic() + LOOK_S
    async with aclosing(events):
        async for event in events:
            yield event
            if time.monotonic() >= look_at:
                if not await lasts(caller):
                    return
                look_at = time.monotonic() + LOOK_S


def _described(union: Any, snapshot: BatchSnapshot | UserSnapshot) -> ResponseSpec:
    lines = (
        written(snapshot, "19370a1b2c3-41")
        + written(PROGRESS)
        + written(state_event(examples.BATCH_JOB), "19370a1b2c3-42")
    )
    return ResponseSpec(
        union,
        generate_examples=False,
        media_type=EVENT_STREAM,
        description=(
            "Events without end; the schema is that of the JSON in each event's `data`. A snapshot comes first, then what"
            " is new. State changes (batch, video, export) are never left out and have an event id; of progress, only the"
            " newest is sent to a slow client. A comment every 15 seconds keeps the connection alive."
        ),
        examples=[Example(summary="example", value=lines.decode())],
    )


@get(
    "/batch-jobs/{batch_id:uuid}/progress",
    operation_id="watch_batch_job",
    summary="Watch a batch",
    tags=["Events"],
    media_type=EVENT_STREAM,
    responses={**told(200, None, None, "not_found", "rate_limited"), 200: _described(BatchStream, BATCH_SNAPSHOT)},
)
async def watch_batch_job(batch_id: FromPath[UUID], caller: Who, at: At, last_event_id: LastEventId = None) -> Stream:
    """Everything about one batch as it happens: uploads, videos, exports and the batch itself."""
    events = await at.feed.watch(caller.user_id, batch_id, last_event_id)
    return Stream(while_signed_in(events, caller), media_type=EVENT_STREAM, headers=HEADERS)


@get(
    "/events",
    operation_id="watch_everything",
    summary="Watch all my batches",
    tags=["Events"],
    media_type=EVENT_STREAM,
    responses={**told(200, None, None, "rate_limited"), 200: _described(UserStream, USER_SNAPSHOT)},
)
async def watch_everything(caller: Who, at: At, last_event_id: LastEventId = None) -> Stream:
    """The same for all batches of the account, over one connection."""
    events = await at.feed.watch(caller.user_id, None, last_event_id)
    return Stream(while_signed_in(events, caller), media_type=EVENT_STREAM, headers=HEADERS)
