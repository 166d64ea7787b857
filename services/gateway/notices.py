"""The notification centre: what somebody was told, and what of it they have read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from services.gateway import examples
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from services.gateway.service import Gateway
from services.gateway.tables import Notices
from shared.messages import NoticesChanged
from shared.notices import Notice, NoticeKind

Limit = Annotated[int, QueryParameter(description="Notices on a page.", ge=1, le=100)]
Offset = Annotated[int, QueryParameter(description="Notices to leave out at the start.", ge=0, le=1_000_000)]
Unread = Annotated[bool, QueryParameter(description="Only those that are unread.")]


NOTICE = Notice(
    id=examples.EXPORT,
    kind=NoticeKind.BATCH_COMPLETED,
    title="Season 3 is finished",
    text="1 video done. 7 min 12 s saved, 4 highlights found.",
    link=f"/batches/{examples.BATCH}/report",
    batch_job_id=examples.BATCH,
    created_at=examples.EVENING,
    read_at=None,
)


class NoticePage(Struct, frozen=True, kw_only=True):
    """A page of notices, newest first."""

    notices: tuple[Notice, ...]
    total: int
    """How many there are, read and unread."""
    unread: int


class UnreadNotices(Struct, frozen=True, kw_only=True):
    """What is left to be read."""

    unread: int


@get(
    "/notices",
    operation_id="list_notices",
    summary="What I was told",
    tags=["Notices"],
    responses=told(200, NoticePage, {"notices": [NOTICE], "total": 1, "unread": 1}, "invalid"),
)
async def list_notices(caller: Who, *, limit: Limit = 20, offset: Offset = 0, unread: Unread = False) -> NoticePage:
    """Newest first; they are kept for a while, whether they were read or not."""
    notices = await Notices.of(caller.user_id, limit, offset, unread=unread)
    total, left = await Notices.counts(caller.user_id)
    return NoticePage(notices=tuple(notices), total=total, unread=left)


@post(
    "/notices/{notice_id:uuid}/read",
    operation_id="mark_notice_read",
    summary="Mark a notice as read",
    tags=["Notices"],
    status_code=200,
    responses=told(200, UnreadNotices, {"unread": 0}, "forbidden"),
)
async def mark_notice_read(notice_id: FromPath[UUID], caller: Who, at: At) -> UnreadNotices:
    """One that was read, or is not there any more, stays as it is."""
    return await _read(caller.user_id, notice_id, at)


@post(
    "/notices/read",
    operation_id="mark_all_notices_read",
    summary="Mark all notices as read",
    tags=["Notices"],
    status_code=200,
    responses=told(200, UnreadNotices, {"unread": 0}, "forbidden"),
)
async def mark_all_notices_read(caller: Who, at: At) -> UnreadNotices:
    """Those that come from now on are unread again."""
    return await _read(caller.user_id, None, at)


async def _read(user_id: UUID, notice_id: UUID | None, at: Gateway) -> UnreadNotices:
    await Notices.read(user_id, notice_id)
    _, unread = await Notices.counts(user_id)
    # The other tabs and browsers of the same person.
    await at.bus.publish(NoticesChanged(user_id=user_id, unread=unread))
    return UnreadNotices(unread=unread)
