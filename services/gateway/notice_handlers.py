"""What the gateway's worker hears of and tells people."""

from __future__ import annotations

from uuid import UUID

from services.gateway import announcements
from services.gateway.service import Gateway
from services.gateway.tables import Notices
from shared.messages import BatchEnded, ExportEnded, NoticeRaised, NoticesChanged
from shared.notices import Notice
from shared.work import handles


@handles(BatchEnded)
async def batch_ended(event: BatchEnded, at: Gateway) -> None:
    """Tell the owner what came of a batch."""
    async with at.outbox.change():
        notice = announcements.of_batch(event)
        if notice is not None:
            await announce(event.user_id, notice, at)


@handles(ExportEnded)
async def export_ended(event: ExportEnded, at: Gateway) -> None:
    """Tell the owner that an export can be downloaded, or why not."""
    async with at.outbox.change():
        await announce(event.user_id, announcements.of_export(event), at)


@handles(NoticeRaised)
async def notice_raised(event: NoticeRaised, at: Gateway) -> None:
    """Tell somebody what another part of the system wants to be told."""
    async with at.outbox.change():
        await announce(event.user_id, announcements.of_notice(event), at)


async def announce(user_id: UUID, notice: Notice, at: Gateway) -> bool:
    """Put a notice into somebody's notification centre, inside a change; returns whether it is news."""
    is_news = await Notices.add(user_id, notice)
    if is_news:
        _, unread = await Notices.counts(user_id)

        async def tell() -> None:
            await at.bus.publish(NoticesChanged(user_id=user_id, unread=unread, notice=notice))

        at.outbox.after_commit(tell)
    return is_news
