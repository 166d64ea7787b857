"""What can be set about the scheduler."""

from __future__ import annotations

from msgspec import field

from shared.batches import Tier
from shared.settings import Common
from shared.tiers import DEFAULT_TIERS, Limits


class SchedulerSettings(Common, frozen=True, kw_only=True):
    """The scheduler's settings, for its app and its worker."""

    tiers: dict[Tier, Limits] = field(default_factory=lambda: dict(DEFAULT_TIERS))
    """Limits of each tier, as JSON with all three tiers."""
    lease_s: float = 30.0
    """Seconds without a renewal after which a run counts as lost."""
    queue_sweep_s: float = 2.0
    """Seconds between looks for lost leases, due retries and unclaimed work."""
    claim_patience_s: float = 60.0
    """Seconds after which a dispatched video that nobody claimed goes back to the queue."""
    worker_gone_s: float = 7.0
    """Seconds of silence after which a worker counts as gone and gets no more work."""
    retry_first_s: float = 10.0
    """Seconds before the first automatic retry; each further one waits twice as long."""
    retry_most_s: float = 900.0
    """The longest wait before a retry, in seconds."""
    batch_hours: float = 6.0
    """Hours that a batch may be processed at least, waiting and pausing not counted."""
    batch_factor: float = 1.5
    """Hours that a batch may be processed, for each hour of its media, when that is more."""
    delete_rows: bool = False
    """Whether the rows of deleted batches are removed too, as soon as their files are; else they stay, marked as deleted."""
    retention: bool = True
    """Whether batches are deleted when the time that their owner's tier gives them (`retention_days`) is over."""
    retention_warning_days: float = 3.0
    """Days between the announcement of a deletion and the deletion itself, at least."""
    retention_sweep_s: float = 600.0
    """Seconds between looks for batches whose time is over."""
    handler_slots: int = 4
    """Events that one worker process handles at the same time."""
