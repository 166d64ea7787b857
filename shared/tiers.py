"""What each tier allows: the one table of limits."""

from __future__ import annotations

from msgspec import Struct

from shared.batches import Tier


class Limits(Struct, frozen=True, kw_only=True):
    """The limits of one tier. Every one of them is a setting (`DAILIES_TIERS`)."""

    videos_per_batch: int
    concurrency: int
    """Videos of one user that are processed at the same time, 1 to 5."""
    weight: float
    """Share of the workers when several users wait."""
    default_priority: int
    """0 to 10; a user may lower it."""
    batches_per_hour: int
    """Batches that may be created within any hour."""
    open_batches: int
    """Batches that may be processing or paused at the same time."""
    minutes_per_month: int
    """Minutes of media that may be processed in a calendar month (UTC)."""
    retention_days: float = 30.0
    """Days after its end for which a batch is kept, with its videos, results and exports; 0 keeps it for ever."""


DEFAULT_TIERS: dict[Tier, Limits] = {
    Tier.FREE: Limits(
        videos_per_batch=3,
        concurrency=1,
        weight=1.0,
        default_priority=5,
        batches_per_hour=5,
        open_batches=3,
        minutes_per_month=300,
    ),
    Tier.CREATOR: Limits(
        videos_per_batch=20,
        concurrency=3,
        weight=2.0,
        default_priority=6,
        batches_per_hour=20,
        open_batches=10,
        minutes_per_month=3_000,
    ),
    Tier.PRO: Limits(
        videos_per_batch=50,
        concurrency=5,
        weight=4.0,
        default_priority=8,
        batches_per_hour=20,
        open_batches=30,
        minutes_per_month=12_000,
    ),
}
