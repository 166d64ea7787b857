"""Carries out a step: loads the batch, asks `advance`, saves, sends the commands, tells whoever watches."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from services.scheduler.events import BatchEvent
from services.scheduler.pipeline import advance
from services.scheduler.show import show_batch, show_video
from services.scheduler.state import BatchState
from services.scheduler.tables import BatchJobs
from shared.bus import Bus
from shared.errors import NotFound
from shared.messages import BatchChanged, Update, VideoChanged, WorkStopped
from shared.outbox import Outbox

NO_SUCH_BATCH = "There is no such batch; it may have been deleted."


async def change(
    outbox: Outbox, bus: Bus, batch_id: UUID, event: BatchEvent, user_id: UUID | None = None
) -> BatchState:
    """The batch after an event. Raises `NotFound` when it is not there (or not the user's) and `Conflict` as `advance` does."""
    async with outbox.change():
        old = await BatchJobs.load(batch_id, user_id=user_id, lock=True)
        if old is None:
            raise NotFound(NO_SUCH_BATCH)
        now = await BatchJobs.now()
        step = advance(old, event, now)
        new = await BatchJobs.store(old, step.batch, now)
        await outbox.add(*step.commands)
        tell(outbox, bus, [*differences(old, new), *stops(new, step.stopped)])
    return new


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
