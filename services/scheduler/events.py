"""What can happen to a batch: operations of people, turns of the queue, and what the workers say."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from services.scheduler.accounting import Entry
from services.scheduler.state import BatchState, VideoState
from shared.batches import BatchSettings
from shared.cutting import CutEdit
from shared.media import MediaFacts, Stage, StoredObject
from shared.messages import Durable
from shared.views import ProcessingResult


class Start(Struct, frozen=True, kw_only=True):
    """A person starts the batch."""

    job_id: UUID
    arrived: frozenset[UUID] = frozenset()
    """Library ids whose bytes are in the store, though they may still be inspected."""


class Pause(Struct, frozen=True):
    """A person pauses the batch."""


class Resume(Struct, frozen=True):
    """A person lets it go on."""


class Cancel(Struct, frozen=True, kw_only=True):
    """A person ends the batch for good."""

    shared_sources: frozenset[UUID] = frozenset()
    """Library ids that another batch uses as well."""


class Retry(Struct, frozen=True, kw_only=True):
    """A person wants failed videos tried again: those named by library id, or all."""

    video_ids: frozenset[UUID] | None = None


class RenderAgain(Struct, frozen=True, kw_only=True):
    """A person wants a completed video, named by library id, with other settings or other cuts; None leaves a thing as it is."""

    video_id: UUID
    settings: BatchSettings | None = None
    edits: tuple[CutEdit, ...] | None = None
    version: UUID | None = None
    """The run whose cut list the person had before them."""


class Delete(Struct, frozen=True, kw_only=True):
    """A person removes the batch."""

    shared_sources: frozenset[UUID] = frozenset()


class Announce(Struct, frozen=True, kw_only=True):
    """The batch's time is nearly over."""

    delete_at: datetime


class Keep(Struct, frozen=True):
    """It may stay for longer than was announced."""


class Expire(Struct, frozen=True, kw_only=True):
    """The batch's time is over."""

    shared_sources: frozenset[UUID] = frozenset()


class Edit(Struct, frozen=True, kw_only=True):
    """A person renames the batch, describes it anew, changes its priority or how it starts; None leaves a thing as it is."""

    name: str | None = None
    description: str | None = None
    priority: int | None = None
    start_when_uploaded: bool | None = None


class Add(Struct, frozen=True, kw_only=True):
    """A person adds videos; those that the batch has already are passed over."""

    videos: tuple[VideoState, ...]


class Remove(Struct, frozen=True, kw_only=True):
    """A person takes videos out, named by library id."""

    video_ids: frozenset[UUID]
    shared_sources: frozenset[UUID] = frozenset()


class Reorder(Struct, frozen=True, kw_only=True):
    """A person puts the videos into another order, named by library id."""

    video_ids: tuple[UUID, ...]


class Uploading(Struct, frozen=True, kw_only=True):
    """The first bytes of a video are here."""

    video_id: UUID


class Uploaded(Struct, frozen=True, kw_only=True):
    """A video passed inspection."""

    video_id: UUID
    source: StoredObject
    facts: MediaFacts


class Rejected(Struct, frozen=True, kw_only=True):
    """A file is not a video we can process."""

    video_id: UUID
    code: str
    reason: str


class Dispatched(Struct, frozen=True, kw_only=True):
    """It is a video's turn."""

    id: UUID


class Due(Struct, frozen=True):
    """The time for a next try may have come."""


class NeverClaimed(Struct, frozen=True, kw_only=True):
    """A video was dispatched long ago, and no worker has begun."""

    id: UUID


class OutOfTime(Struct, frozen=True, kw_only=True):
    """The batch has used up its processing time."""

    budget: timedelta


class Claimed(Struct, frozen=True, kw_only=True):
    """A worker begins."""

    id: UUID
    attempt: int | None = None
    """The dispatch that the worker answers, if not the current one whichever it is: an older one is refused."""
    run_token: UUID
    worker: str
    lease: timedelta


class LeaseLost(Struct, frozen=True, kw_only=True):
    """A worker was not heard of for longer than its lease."""

    id: UUID
    run_token: UUID


class Processed(Struct, frozen=True, kw_only=True):
    """A run stored its output."""

    id: UUID
    run_token: UUID
    output: StoredObject
    result: ProcessingResult


class Failed(Struct, frozen=True, kw_only=True):
    """A run ended without an output."""

    id: UUID
    run_token: UUID
    permanent: bool
    code: str
    reason: str
    backoff: timedelta
    """How long to wait before the next try, if there is one."""


class StageReached(Struct, frozen=True, kw_only=True):
    """A run is in a new stage."""

    id: UUID
    run_token: UUID
    stage: Stage


BatchEvent = (
    Start
    | Pause
    | Resume
    | Cancel
    | Retry
    | RenderAgain
    | Delete
    | Announce
    | Keep
    | Expire
    | Edit
    | Add
    | Remove
    | Reorder
    | Uploading
    | Uploaded
    | Rejected
    | Dispatched
    | Due
    | NeverClaimed
    | OutOfTime
    | Claimed
    | LeaseLost
    | Processed
    | Failed
    | StageReached
)


class Step(Struct, frozen=True, kw_only=True):
    """What an event leads to."""

    batch: BatchState
    commands: tuple[Durable, ...] = ()
    ledger: tuple[Entry, ...] = ()
    """What is booked on the user's account."""
    stopped: tuple[UUID, ...] = ()
    """Run tokens that are not wanted any more."""
