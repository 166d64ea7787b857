"""What people are told of their work over weeks and months: sums, reasons, settings."""

from __future__ import annotations

from datetime import date

from msgspec import Struct


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
