"""How tests upload: as a client does, by questions over NATS and bytes over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec

from services.uploader.service import Uploader
from shared import messages
from shared.library import Video
from shared.messages import (
    CompleteUpload,
    Durable,
    GetUpload,
    GetVideo,
    NewUpload,
    OpenUploads,
    SignParts,
)
from shared.storage import LocalStore
from shared.views import UploadPlan, UploadState
from stack.local import LocalStack

NAME = "episode one.mp4"


async def opened(
    at: Uploader,
    user: UUID,
    size: int | None,
    *,
    name: str = NAME,
    batch_id: UUID | None = None,
    content_type: str | None = None,
) -> UploadPlan:
    """The plan for one new file."""
    file = NewUpload(video_id=uuid4(), name=name, size_bytes=size, content_type=content_type)
    plans = await at.bus.ask(OpenUploads(request_id=uuid4(), user_id=user, batch_id=batch_id, files=(file,)))
    return plans.plans[0]


async def send(at: Uploader, user: UUID, plan: UploadPlan, data: bytes, http: httpx.AsyncClient) -> None:
    """Send all bytes, in parts where the plan says so."""
    if plan.upload_id is None:
        (await http.put(plan.url, content=data, headers=plan.headers)).raise_for_status()
        return
    for number in range(1, plan.part_count + 1):
        await send_part(at, user, plan, number, data, http)


async def send_part(
    at: Uploader, user: UUID, plan: UploadPlan, number: int, data: bytes, http: httpx.AsyncClient
) -> httpx.Response:
    """Send one part of all these bytes."""
    urls = await at.bus.ask(SignParts(user_id=user, video_id=plan.video_id, numbers=(number,)))
    start = (number - 1) * plan.part_size_bytes
    answer = await http.put(urls.parts[0].url, content=data[start : start + plan.part_size_bytes])
    return answer.raise_for_status()


async def complete(at: Uploader, user: UUID, video_id: UUID) -> Video:
    """Say that all bytes were sent."""
    return await at.bus.ask(CompleteUpload(request_id=uuid4(), user_id=user, video_id=video_id))


async def uploaded(
    at: Uploader,
    user: UUID,
    data: bytes,
    http: httpx.AsyncClient,
    *,
    batch_id: UUID | None = None,
    described: bool = True,
) -> Video:
    """A file from its announcement to its completion."""
    plan = await opened(at, user, len(data) if described else None, batch_id=batch_id)
    await send(at, user, plan, data, http)
    return await complete(at, user, plan.video_id)


async def video_of(at: Uploader, user: UUID, video_id: UUID) -> Video:
    """A video of the library."""
    return await at.bus.ask(GetVideo(user_id=user, video_id=video_id))


async def upload_of(at: Uploader, user: UUID, video_id: UUID) -> UploadState:
    """What the server has of an upload."""
    return await at.bus.ask(GetUpload(user_id=user, video_id=video_id))


def said(servers: LocalStack) -> list[Durable]:
    """What the uploader has written down to say, in its order."""
    rows = servers.sql("select kind || ' ' || message::text from uploader.outbox order by id").splitlines()
    found: list[Durable] = []
    for row in filter(None, rows):
        kind, _, text = row.partition(" ")
        known: Any = getattr(messages, kind)
        found.append(msgspec.json.decode(text, type=known))
    return found


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an answer, which has to be a proper problem body."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["title"]
    assert body["detail"].endswith(".")
    return answer.status_code, body["code"]


def local(at: Uploader) -> LocalStore:
    """The store, as what it is."""
    assert isinstance(at.store, LocalStore)
    return at.store


async def names_in_store(at: Uploader) -> list[str]:
    """What the store has, by the last part of its keys."""
    return [stored.key.rpartition("/")[2] async for stored in at.store.list()]
