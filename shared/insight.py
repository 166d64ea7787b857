"""What people are told of their work over weeks and months: sums, reasons, settings; minutes used; what is deleted when."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from shared.batches import BatchStatus


class Totals(Struct, frozen=True, kw_only=True):
    """What came of the batches and videos that ended in some time. One that was tried again counts by its last end."""

    batches_completed: int = 0
    batches_failed: int = 0
    batches_cancelled: int = 0
    videos_completed: int = 0
    videos_failed: int = 0
    videos_cancelled: int = 0
    source_s: float = 0.0
    """Seconds before, of the videos that were completed."""
    output_s: float = 0.0
    """Seconds after."""
    saved_s: float = 0.0
    """Seconds that nobody has to watch any more."""
    processing_s: float = 0.0
    """Seconds of work in the runs that succeeded."""


class StepTotals(Struct, frozen=True, kw_only=True):
    """A day, a week or a month (UTC) of a period."""

    since: date
    """Its first day, which may be before the period."""
    totals: Totals


class Tally(Struct, frozen=True, kw_only=True):
    """How often something occurred."""

    name: str
    count: int


class Analytics(Struct, frozen=True, kw_only=True):
    """A period in numbers. What cannot be told because nothing ended is null."""

    since: date
    until: date
    """The last day, which is included."""
    totals: Totals
    success_rate: float | None
    """Videos that were completed, of those that were completed or failed: 0 to 1."""
    speed: float | None
    """Seconds of media that were processed in a second of work."""
    average_processing_s: float | None
    """Seconds of work on a video that was completed."""
    average_wait_s: float | None
    """Seconds that a video waited for a worker, from when it could have begun."""
    average_batch_s: float | None
    """Seconds from the start of a batch to its end."""
    step: str
    """`day` for a period of up to three months, `week` for one of up to 21 months, else `month`."""
    steps: tuple[StepTotals, ...]
    """The steps in which something ended, in their order."""
    failures: tuple[Tally, ...]
    """Error codes of the videos that failed, the most frequent first."""
    settings: tuple[Tally, ...]
    """Settings of the batches that ended, the most frequent first."""


class Storage(Struct, frozen=True, kw_only=True):
    """What an account has in the store, in bytes."""

    videos: int
    """How many there are in the library."""
    videos_bytes: int
    """Uploaded videos."""
    results_bytes: int
    """Processed videos with their transcripts and highlights."""
    exports_bytes: int
    """Exports that can be downloaded."""


class LibrarySize(Struct, frozen=True, kw_only=True):
    """How much an account has uploaded."""

    videos: int
    videos_bytes: int


class ResultsSize(Struct, frozen=True, kw_only=True):
    """How much the work on an account's videos has given."""

    results_bytes: int
    exports_bytes: int


class MonthUsed(Struct, frozen=True, kw_only=True):
    """What an account has used in a month (UTC) that is in the ledger."""

    month: date
    """Its first day."""
    minutes_used: float
    """Minutes of media that were processed, without those that were refunded."""
    minutes_held: float
    """Minutes of media that are held for videos that wait or run."""
    minutes_refunded: float
    videos: int
    """Videos that were processed; one that was processed twice counts twice."""
    batches: int
    """Batches that they were in."""


class MonthsUsed(Struct, frozen=True, kw_only=True):
    """Months with something in them, the last first."""

    months: tuple[MonthUsed, ...]


class LedgerLine(Struct, frozen=True, kw_only=True):
    """A line of the ledger. `hold` takes minutes, `release` gives them back, `settle` says that they were used, `refund` repays."""

    id: str
    """The same for ever: there is one line of each kind for each try of a video."""
    kind: str
    booked_at: datetime
    month: date
    """The month that it counts in: that of the hold."""
    minutes: float
    balance_minutes: float
    """What it adds to the minutes that count against the month."""
    batch_job_id: UUID
    batch_name: str | None
    """Null when the batch is gone for good."""
    video_name: str | None


class LedgerPage(Struct, frozen=True, kw_only=True):
    """Lines of the ledger in the order in which they were booked."""

    lines: tuple[LedgerLine, ...]
    next_after: str | None
    """What to ask with for the lines that follow; null at the end."""


class Refunded(Struct, frozen=True, kw_only=True):
    """What was given back, and to whom."""

    user_id: UUID
    lines: tuple[LedgerLine, ...]


class Deletion(Struct, frozen=True, kw_only=True):
    """A batch that is to be deleted because its time is over."""

    batch_job_id: UUID
    user_id: UUID
    name: str
    status: BatchStatus
    ended_at: datetime
    videos: int
    stored_bytes: int
    """Of its results; the videos that were uploaded for it come on top."""
    announced: bool
    """Whether its owner was told."""
    in_use: bool
    """Whether it waits because its results are being packed or may be downloaded just now."""
    delete_at: datetime


class Deletions(Struct, frozen=True, kw_only=True):
    """What is to be deleted within some time."""

    batches: int
    stored_bytes: int
    """Of the results of all of them."""
    deletions: tuple[Deletion, ...]
    """The first of them, at most 500."""
