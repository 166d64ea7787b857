"""The end of a batch's time: its deletion is announced, then it is deleted; whoever touches it in between puts that off. Pure."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid5

from msgspec.structs import replace

from services.scheduler import events, operations
from services.scheduler.events import Step
from services.scheduler.state import BatchState
from shared.batches import BatchStatus
from shared.messages import NoticeRaised
from shared.notices import NoticeKind


def announce(batch: BatchState, event: events.Announce, now: datetime) -> Step:
    """Say when the batch will be deleted, unless it is at work or that was said before."""
    if not _idle(batch) or batch.delete_at is not None:
        return Step(batch=batch)
    files = "its videos and results" if batch.status is BatchStatus.COMPLETED else "its videos"
    notice = NoticeRaised(
        event_id=uuid5(batch.id, f"deletion {event.delete_at.isoformat()}"),
        user_id=batch.user_id,
        kind=NoticeKind.DELETION_ANNOUNCED,
        title=f"{batch.name} will be deleted",
        text=f"On {event.delete_at:%d %B %Y} its time is over, and {files} are deleted. Download what you want to keep.",
        link=f"/batches/{batch.id}",
        batch_id=batch.id,
        at=now,
        email=True,
    )
    return Step(batch=replace(batch, delete_at=event.delete_at), commands=(notice,))


def keep(batch: BatchState, event: events.Keep, now: datetime) -> Step:
    """Take the announcement back: the account may keep its batches for longer now."""
    return Step(batch=replace(batch, delete_at=None))


def expire(batch: BatchState, event: events.Expire, now: datetime) -> Step:
    """Delete the batch if that was announced and the time has come; one that was never started is cancelled with it."""
    if not _idle(batch) or batch.delete_at is None or batch.delete_at > now:
        return Step(batch=batch)
    step = Step(batch=batch)
    if batch.status is BatchStatus.PENDING:
        step = operations.cancel(batch, events.Cancel(shared_sources=event.shared_sources), now)
    deleted = operations.delete(step.batch, events.Delete(shared_sources=event.shared_sources), now)
    return replace(deleted, commands=tuple(dict.fromkeys((*step.commands, *deleted.commands))))


def touched(before: BatchState, event: object, after: BatchState) -> BatchState:
    """The batch without the announcement that it had, when something else happened to it: it is in use."""
    silent = isinstance(event, events.Announce | events.Expire | events.Delete)
    if silent or after.delete_at is None or after == before:
        return after
    return replace(after, delete_at=None)


def _idle(batch: BatchState) -> bool:
    return batch.deleted_at is None and (batch.over or batch.status is BatchStatus.PENDING)
