"""Carries out a step: loads the batch, asks `advance`, saves, sends the commands, tells whoever watches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from services.scheduler import events, story
from services.scheduler.accounting import STARTED, held
from services.scheduler.endings import batch_ended
from services.scheduler.events import BatchEvent, Step
from services.scheduler.pipeline import advance
from services.scheduler.quota import nearly_used
from services.scheduler.show import show_batch, show_video
from services.scheduler.state import BatchState
from services.scheduler.tables import BatchJobs, DailyTotals, QueueUsers, UsageLedger
from shared.batches import Tier
from shared.bus import Bus
from shared.errors import NotFound, QuotaExceeded
from shared.messages import BatchChanged, Update, VideoChanged, WorkStopped
from shared.outbox import Outbox
from shared.tiers import DEFAULT_TIERS, Limits

ASKS_FOR_QUOTA = (events.Start, events.Retry, events.RenderAgain, events.Uploaded)
"""Events that may be refused for want of quota. Work that has begun never is: one video must not hold up the queue."""

NO_SUCH_BATCH = "There is no such batch; it may have been deleted."


async def find_batch(batch_id: UUID, user_id: UUID) -> BatchState:
    """A user's batch. Raises `NotFound`."""
    batch = await BatchJobs.load(batch_id, user_id=user_id)
    if batch is None:
        raise NotFound(NO_SUCH_BATCH)
    return batch


async def lock_batch(batch_id: UUID, user_id: UUID | None) -> tuple[BatchState, datetime]:
    """A batch (of the user, if one is named), locked, and the time by PostgreSQL's clock. Raises `NotFound`."""
    locked = await BatchJobs.lock(batch_id, user_id=user_id)
    if locked is None:
        raise NotFound(NO_SUCH_BATCH)
    return locked


async def change(
    outbox: Outbox,
    bus: Bus,
    batch_id: UUID,
    event: BatchEvent,
    user_id: UUID | None = None,
    tiers: Mapping[Tier, Limits] = DEFAULT_TIERS,
) -> BatchState:
    """The batch after an event.

    Raises `NotFound` when it is not there (or not the user's), `Conflict` as `advance` does, and `QuotaExceeded` when the user's
    tier does not allow it.
    """
    async with outbox.change():
        old, now = await lock_batch(batch_id, user_id)
        step = await _within_quota(outbox, old, event, advance(old, event, now), now, tiers)
        said = (*step.commands, *batch_ended(old, step.batch, now))
        along = [
            *DailyTotals.booking(old, step.batch),
            *UsageLedger.booking(old, step.ledger, now),
            *outbox.adding(*said),
        ]
        new = await BatchJobs.store(old, step.batch, now, along)
        tell(outbox, bus, [*differences(old, new), *stops(new, step.stopped)])
        write_down(outbox, old, new)
    return new


def write_down(outbox: Outbox, old: BatchState | None, new: BatchState) -> None:
    """Have what happened in the log and the metrics once the open change is committed."""

    async def write() -> None:
        story.write(old, new)

    if old != new:
        outbox.after_commit(write)


async def _within_quota(
    outbox: Outbox, old: BatchState, event: BatchEvent, step: Step, now: datetime, tiers: Mapping[Tier, Limits]
) -> Step:
    """The step, unless it would hold more minutes or open more batches than the user's tier allows; tells when that is near.

    A video that is uploaded after the start, and for which no minutes are left, fails alone.
    """
    if not isinstance(event, ASKS_FOR_QUOTA):
        return step
    wanted_s = held(step.ledger)
    opens = step.batch.status in STARTED and old.status not in STARTED
    if not wanted_s and not opens:
        return step
    tier = await QueueUsers.lock(old.user_id)
    limits = tiers[tier]
    if opens and await BatchJobs.open_batches(old.user_id) >= limits.open_batches:
        raise QuotaExceeded(
            f"Your tier ({tier}) allows {limits.open_batches} batches at the same time; wait until one has ended, or cancel one."
        )
    used_s = await UsageLedger.used_s(old.user_id, now)
    left_s = limits.minutes_per_month * 60 - used_s
    if wanted_s <= left_s:
        await outbox.add(*nearly_used(old.user_id, limits, used_s, used_s + wanted_s, now))
        return step
    sentence = (
        f"This needs {wanted_s / 60:.0f} minutes of processing, and {max(0.0, left_s) / 60:.0f} of the"
        f" {limits.minutes_per_month} of your tier ({tier}) are left this month."
    )
    if isinstance(event, events.Uploaded):
        return advance(old, events.Rejected(video_id=event.video_id, code=QuotaExceeded.code, reason=sentence), now)
    raise QuotaExceeded(sentence)


def tell(outbox: Outbox, bus: Bus, updates: Iterable[Update]) -> None:
    """Publish updates once the open change is committed."""
    waiting = list(updates)

    async def publish() -> None:
        for update in waiting:
            await bus.publish(update)

    if waiting:
        outbox.after_commit(publish)


def differences(old: BatchState | None, new: BatchState) -> list[Update]:
    """What is to be told about a changed batch: each changed video, then the batch."""
    if old == new:
        return []
    before = {video.id: video for video in old.videos} if old else {}
    about = {"user_id": new.user_id, "batch_id": new.id, "revision": new.revision, "at": new.updated_at}
    return [
        *(
            VideoChanged(**about, about_id=video.video_id, video=show_video(new, video), run_token=video.run_token)  # type: ignore[arg-type]
            for video in new.videos
            if video != before.get(video.id)
        ),
        BatchChanged(**about, about_id=new.id, batch_job=show_batch(new)),  # type: ignore[arg-type]
    ]


def stops(batch: BatchState, tokens: Iterable[UUID]) -> list[Update]:
    """Tell workers that nobody waits for them any more."""
    verdict = "cancelled" if batch.over else "superseded"
    return [WorkStopped(run_token=token, verdict=verdict) for token in tokens]
