"""The cut list of a finished video: what was cut and why, on its waveform, and what a person wants kept or cut instead."""

from __future__ import annotations

import uuid
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Annotated
from uuid import UUID

from litestar import get, put
from litestar.params import FromPath, JSONBody, QueryParameter

from services.gateway import examples, word_examples
from services.gateway.bodies import NewCuts
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from services.gateway.words import decoded, video_of
from shared.cutting import CutRecord, Stretch, VideoCuts, Why
from shared.errors import NotFound
from shared.messages import RenderAgain
from shared.views import BatchJob

Peaks = Annotated[int, QueryParameter(description="Parts that the waveform is told in.", ge=0, le=50_000)]


@get(
    "/batch-jobs/{batch_id:uuid}/videos/{video_id:uuid}/cuts",
    operation_id="get_cuts",
    summary="What was cut out of a finished video, and why",
    tags=["Cuts"],
    responses=told(200, VideoCuts, word_examples.VIDEO_CUTS, "not_found", "invalid"),
)
async def get_cuts(
    batch_id: FromPath[UUID], video_id: FromPath[UUID], caller: Who, at: At, peaks: Peaks = 2_000
) -> VideoCuts:
    """Cuts and protected stretches with their reasons on the source's timeline, and the waveform beneath them."""
    video = await video_of(batch_id, video_id, caller.user_id, at)
    if video.output is None:
        raise NotFound("This video has no cuts yet; they are there when it is completed.")
    place = PurePosixPath(video.output.key).parent
    record = await decoded(at, str(place / "cuts.json"), CutRecord)
    cuts = record.cuts or _between(record)
    return VideoCuts(
        version=UUID(place.name),
        source_s=record.source_duration_s,
        output_s=round(sum(span.length_s for span in record.keep), 6),
        cuts=cuts,
        automatic=record.automatic if record.edits else cuts,
        protected=record.protected,
        edits=record.edits,
        mode=record.mode,
        threshold_db=record.threshold_db,
        peaks=told_in(record.peaks, peaks),
    )


@put(
    "/batch-jobs/{batch_id:uuid}/videos/{video_id:uuid}/cuts",
    operation_id="edit_cuts",
    summary="Keep or cut stretches of a finished video",
    tags=["Cuts"],
    status_code=202,
    example={
        "version": word_examples.VIDEO_CUTS["version"],
        "edits": word_examples.VIDEO_CUTS["edits"],
    },
    responses=told(202, BatchJob, examples.BATCH_JOB, "not_found", "conflict", "forbidden", "invalid", "quota"),
)
async def edit_cuts(
    batch_id: FromPath[UUID], video_id: FromPath[UUID], data: JSONBody[NewCuts], caller: Who, at: At
) -> BatchJob:
    """All edits at once: these take the place of earlier ones, and none stands for the automatic cuts.

    The video is rendered again without being listened to again; its earlier output stays until the new one is stored.
    """
    return await at.ask(
        RenderAgain(
            request_id=uuid.uuid4(),
            user_id=caller.user_id,
            batch_id=batch_id,
            video_id=video_id,
            edits=data.edits,
            version=data.version,
        )
    )


def told_in(peaks: bytes, parts: int) -> tuple[int, ...]:
    """The highest of the values in each of at most so many equal parts."""
    parts = min(parts, len(peaks))
    edges = [place * len(peaks) // parts for place in range(parts + 1)] if parts else []
    return tuple(max(peaks[start:end]) for start, end in pairwise(edges))


def _between(record: CutRecord) -> tuple[Stretch, ...]:
    """The cuts of an output that was made before reasons were stored."""
    edges = [0.0, *(edge for span in record.keep for edge in (span.start_s, span.end_s)), record.source_duration_s]
    return tuple(
        Stretch(start_s=start, end_s=end, why=Why.SILENCE)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if end - start > 1e-6
    )
