"""Start-time fair queuing across users (Goyal, Vin and Cheng, 1996): what a dispatch costs its user.

Each user has a virtual time. The eligible user with the lowest goes next and is charged the length of the video over the weight
of the tier. With equal videos that is exactly round-robin; with unequal ones nobody gets more by uploading longer files.
"""

from __future__ import annotations

LEAST_CHARGE_S = 1.0
"""Even an empty video takes a turn."""


def virtual_seconds(media_s: float, weight: float) -> float:
    """What dispatching a video of so many seconds costs a user of this weight, in virtual seconds."""
    return max(media_s, LEAST_CHARGE_S) / weight
