"""Times of day and the seconds until then."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil


def seconds_until(moment: datetime) -> int:
    """Whole seconds from now; what is not done takes one at least."""
    return max(1, ceil((moment - datetime.now(UTC)).total_seconds()))
