"""Follows a batch until it ends: by live events where they come through, by questions where they do not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from client.api import Api
from client.errors import ClientError, Unreachable
from client.events import Lost, ServerEvent, listen
from client.retrying import Backoff
from shared.batches import BatchStatus, ExportStatus
from shared.media import Stage
from shared.views import BatchDetails, BatchExport, BatchJob, BatchVideo

T = TypeVar("T")

ENDED = frozenset({BatchStatus.COMPLETED, BatchStatus.FAILED, BatchStatus.CANCELLED})
EXPORT_ENDED = frozenset({ExportStatus.COMPLETED, ExportStatus.FAILED, ExportStatus.CANCELLED, ExportStatus.EXPIRED})


class Watched(Struct, frozen=True, kw_only=True):
    """What is known of a batch now, and of the exports that were heard of."""

    details: BatchDetails
    exports: dict[UUID, BatchExport] = {}


class Seen(Struct, frozen=True, kw_only=True):
    """Something was heard: the event as the server sent it (its `type` says which), and how things stand with it."""

    event: dict[str, Any]
    watched: Watched

    @property
    def details(self) -> BatchDetails:
        """The batch and its videos."""
        return self.watched.details


def with_event(watched: Watched, event: dict[str, Any]) -> Watched:
    """What is known after an event. What is not understood, because it is newer than this client, changes nothing."""
    try:
        match event.get("type"):
            case "snapshot":
                return _with_snapshot(event)
            case "progress":
                return _with_progress(watched, event)
            case "batch":
                return _with_batch(watched, msgspec.convert(event, BatchJob))
            case "video":
                return _with_video(watched, msgspec.convert(event, BatchVideo))
            case "export":
                export = msgspec.convert(event, BatchExport)
                return msgspec.structs.replace(watched, exports={**watched.exports, export.id: export})
            case "export_progress":
                return _with_export_progress(watched, event)
            case _:
                return watched
    except (msgspec.ValidationError, KeyError, ValueError):
        return watched


def _with_snapshot(event: dict[str, Any]) -> Watched:
    exports = msgspec.convert(event.get("exports", []), list[BatchExport])
    watched = Watched(details=msgspec.convert(event, BatchDetails), exports={export.id: export for export in exports})
    for live in event.get("live", []):
        watched = with_event(watched, live)
    return watched


def _with_progress(watched: Watched, event: dict[str, Any]) -> Watched:
    video_id, stage = UUID(event["video_id"]), Stage(event["current_stage"])
    progress = msgspec.convert(event["progress"], int)
    videos = tuple(
        msgspec.structs.replace(video, progress_percentage=progress, current_stage=stage)
        if video.video_id == video_id and video.completed_at is None
        else video
        for video in watched.details.videos
    )
    job = watched.details.batch_job
    # Nothing is said of it while it is being worked out: then the last estimate stands.
    if (left := msgspec.convert(event.get("estimated_time_remaining"), int | None)) is not None:
        job = msgspec.structs.replace(job, estimated_time_remaining=left)
    return msgspec.structs.replace(watched, details=BatchDetails(batch_job=job, videos=videos))


def _with_batch(watched: Watched, batch: BatchJob) -> Watched:
    # After an interruption events are told again that an answer in between has overtaken.
    if batch.revision < watched.details.batch_job.revision:
        return watched
    return msgspec.structs.replace(watched, details=BatchDetails(batch_job=batch, videos=watched.details.videos))


def _with_video(watched: Watched, changed: BatchVideo) -> Watched:
    videos = tuple(
        changed if video.id == changed.id and changed.revision >= video.revision else video
        for video in watched.details.videos
    )
    return msgspec.structs.replace(watched, details=BatchDetails(batch_job=watched.details.batch_job, videos=videos))


def _with_export_progress(watched: Watched, event: dict[str, Any]) -> Watched:
    export = watched.exports.get(UUID(event["export_id"]))
    if export is None or export.status in EXPORT_ENDED:
        return watched
    progress, operation = msgspec.convert(event["progress"], int), msgspec.convert(event["operation"], str)
    changed = msgspec.structs.replace(export, progress=progress, operation=operation)
    return msgspec.structs.replace(watched, exports={**watched.exports, export.id: changed})


class Patience(Struct, frozen=True, kw_only=True):
    """How a batch is followed: how to reconnect, and, in seconds, how often to ask while no events come."""

    reconnect: Backoff = Backoff(attempts=3, first_s=0.5, factor=2.0, longest_s=15.0)
    poll_s: float = 2.0
    check_s: float = 30.0
    """However well the events flow, after this long without one the state is asked for."""
    outage_s: float = 600.0
    """A server that is away for longer than this is given up."""


async def follow(api: Api, batch_id: UUID, *, patience: Patience | None = None) -> AsyncGenerator[Seen, None]:
    """Everything that happens to a batch, until it has ended; the last one shows how.

    Raises `Refused` when the batch is not ours to see, `Unreachable` when nobody answers any more.
    """

    async def ask() -> dict[str, Any]:
        return {"type": "snapshot", **_plain(await api.batch(batch_id))}

    async with aclosing(_happenings(api, batch_id, ask, patience or Patience())) as happenings:
        async for seen in happenings:
            yield seen
            if seen.details.batch_job.status in ENDED and not seen.details.batch_job.running_videos:
                return


async def follow_export(
    api: Api, batch_id: UUID, export_id: UUID, *, patience: Patience | None = None
) -> AsyncGenerator[BatchExport, None]:
    """An export as it gets on, until it has ended; the last one shows how, with a fresh download URL."""
    shown = await api.export(batch_id, export_id)
    yield shown
    if shown.status in EXPORT_ENDED:
        return

    async def ask() -> dict[str, Any]:
        return {"type": "export", **_plain(await api.export(batch_id, export_id))}

    async with aclosing(_happenings(api, batch_id, ask, patience or Patience())) as happenings:
        async for seen in happenings:
            export = seen.watched.exports.get(export_id)
            if export is None or export == shown:
                continue
            shown = export
            if export.status in EXPORT_ENDED:
                # The URL in an event may be old or missing; the answer to a question has a fresh one.
                yield await api.export(batch_id, export_id)
                return
            yield export


async def _happenings(
    api: Api, batch_id: UUID, ask: Callable[[], Awaitable[dict[str, Any]]], patience: Patience
) -> AsyncGenerator[Seen, None]:
    """How the batch stands, then its events; while none come through, answers to `ask`."""
    watched = Watched(details=await api.batch(batch_id))
    event: dict[str, Any] | None = {"type": "snapshot", **_plain(watched.details)}
    heard: asyncio.Queue[ServerEvent | Lost] = asyncio.Queue(1000)
    listening = asyncio.create_task(_hear(api, batch_id, patience.reconnect, heard))
    now = asyncio.get_running_loop().time
    answered_at, lost = now(), False
    try:
        while True:
            if event is not None:
                watched = with_event(watched, event)
                yield Seen(event=event, watched=watched)
            item = await _next(heard, patience.poll_s if lost else patience.check_s)
            if isinstance(item, ServerEvent):
                event, answered_at, lost = _decoded(item), now(), False
                continue
            lost = lost or isinstance(item, Lost)
            try:
                event, answered_at = await ask(), now()
            except Unreachable:
                # A restart or a network that went away overnight: no reason to stop watching.
                event = None
                if now() - answered_at > patience.outage_s:
                    raise
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


async def _hear(api: Api, batch_id: UUID, backoff: Backoff, heard: asyncio.Queue[ServerEvent | Lost]) -> None:
    try:
        async with aclosing(listen(api.http, f"batch-jobs/{batch_id}/progress", backoff)) as events:
            async for event in events:
                await heard.put(event)
    except ClientError as error:
        # Events are refused for good. If the batch is as well, the next question says so.
        await heard.put(Lost(str(error)))


async def _next(queue: asyncio.Queue[T], timeout_s: float) -> T | None:
    try:
        return await asyncio.wait_for(queue.get(), timeout_s)
    except TimeoutError:
        return None


def _decoded(event: ServerEvent) -> dict[str, Any] | None:
    try:
        data = msgspec.json.decode(event.data)
    except msgspec.DecodeError:
        return None
    return data if isinstance(data, dict) else None


def _plain(view: Struct) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(view)
    return plain
