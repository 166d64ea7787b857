"""What a step does to the user's account: minutes are held when a video may be processed, settled when it was, released when not.

Pure. A video has at most one open hold. Each try that a person asked for is a generation of its own, so that an entry is unique
by video, generation and kind, and a step that is carried out twice books nothing twice.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.scheduler.state import BatchState, VideoState
from shared.batches import BatchStatus, VideoStatus

STARTED = (BatchStatus.PROCESSING, BatchStatus.PAUSED)


class Booking(StrEnum):
    """A kind of ledger entry."""

    HOLD = "hold"
    SETTLE = "settle"
    RELEASE = "release"


class Entry(Struct, frozen=True, kw_only=True):
    """A line of the ledger."""

    batch_video_id: UUID
    generation: int
    kind: Booking
    seconds: float
    """Seconds of media."""


def account(batch: BatchState) -> tuple[BatchState, tuple[Entry, ...]]:
    """Open and close the holds of a batch as its videos stand, and say what is to be booked."""
    entries: list[Entry] = []
    videos = tuple(_accounted(batch, video, entries) for video in batch.videos)
    return (replace(batch, videos=videos), tuple(entries)) if entries else (batch, ())


def held(entries: tuple[Entry, ...]) -> float:
    """Seconds that these entries hold anew."""
    return sum(entry.seconds for entry in entries if entry.kind is Booking.HOLD)


def _accounted(batch: BatchState, video: VideoState, entries: list[Entry]) -> VideoState:
    if video.held and video.finished:
        # A completed video with an error was rendered again in vain: it has the output that was paid for before.
        delivered = video.status is VideoStatus.COMPLETED and video.error_code is None
        kind = Booking.SETTLE if delivered else Booking.RELEASE
        entries.append(_entry(video, kind))
        return replace(video, held=False)
    if not video.held and batch.status in STARTED and video.uploaded_at is not None and not video.finished:
        video = replace(video, held=True, generation=video.generation + 1)
        entries.append(_entry(video, Booking.HOLD))
    return video


def _entry(video: VideoState, kind: Booking) -> Entry:
    seconds = video.duration_seconds or 0.0
    return Entry(batch_video_id=video.id, generation=video.generation, kind=kind, seconds=seconds)
