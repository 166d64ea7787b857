"""Videos that come into a batch, and how many may."""

from __future__ import annotations

from datetime import datetime

from services.scheduler.state import VideoState
from shared.batches import Tier
from shared.errors import Invalid, QuotaExceeded
from shared.messages import NewVideo
from shared.tiers import Limits


def check_number(videos: int, tier: Tier, limits: Limits) -> None:
    """Raises `Invalid` for an empty batch and `QuotaExceeded` for one with more videos than the tier allows."""
    if videos < 1:
        raise Invalid("A batch needs at least one video.")
    if videos > limits.videos_per_batch:
        raise QuotaExceeded(
            f"A batch of the tier {tier} has at most {limits.videos_per_batch} videos; this one would have {videos}."
        )


def concurrency_of(wanted: int | None, limits: Limits) -> int:
    """How many of a user's videos are processed at the same time: what the tier allows, or less when the user wants less."""
    return limits.concurrency if wanted is None else max(1, min(wanted, limits.concurrency))


def new_video(video: NewVideo, position: int, now: datetime) -> VideoState:
    """A row for a video: ready when it comes from the library, else waiting for its upload."""
    ready = video.facts is not None and video.source is not None
    return VideoState(
        id=video.batch_video_id,
        video_id=video.video_id,
        position=position,
        name=video.name,
        size_bytes=video.size_bytes or 0,
        duration_seconds=video.facts.duration_s if video.facts else None,
        own_upload=video.own_upload,
        source=video.source,
        facts=video.facts,
        uploaded_at=now if ready else None,
        created_at=now,
        updated_at=now,
    )
