"""How long the clips of benchmarks are; results of short ones say less, because starting programs weighs more."""

from __future__ import annotations

scale = 1.0
"""Set once, by the command line."""


def seconds(usual: float, *, least: float = 6.0) -> float:
    """The length of a clip that is usually so long."""
    return max(least, round(usual * scale))
