"""Start-time fair queuing across users (Goyal, Vin and Cheng, 1996): what a step costs the user of a video.

Each user has a virtual time. The eligible user with the lowest goes next and is charged the length of the video over the weight
of the tier. With equal videos that is exactly round-robin; with unequal ones nobody gets more by uploading longer files.
`tables/queue.py` keeps the virtual times, `docs/decisions` tells the whole story.
"""

from __future__ import annotations

from collections.abc import Iterable

from services.scheduler.state import VideoState

LEAST_CHARGE_S = 1.0
"""Even an empty video takes a turn."""


def charge_s(before: VideoState, after: VideoState) -> float:
    """Media seconds that a step charges for a video, before they are divided by the user's weight; below 0 is a refund.

    A dispatch charges, unless the same try was charged before a lease was lost. A try that is cancelled before any worker
    had it is refunded. A try of its own that failed stays charged, and so the next one is charged again.
    """
    seconds = max(after.duration_seconds or 0.0, LEAST_CHARGE_S)
    if after.charged and not before.charged:
        return seconds
    if before.charged and not after.charged and after.finished and not before.finished:
        return -seconds
    return 0.0


def charges_s(before: Iterable[VideoState], after: Iterable[VideoState]) -> float:
    """What a step charges for all videos of a batch together."""
    known = {video.id: video for video in before}
    return sum(charge_s(known[video.id], video) for video in after if video.id in known)
