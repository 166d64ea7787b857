"""Batches for tests of the pure parts."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

from msgspec.structs import replace

from services.scheduler import events
from services.scheduler.pipeline import advance
from services.scheduler.state import BatchState, VideoState
from shared.batches import BatchSettings, BatchStatus, VideoStatus
from shared.media import MediaFacts, StoredObject

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
FACTS = MediaFacts(
    container="mp4",
    duration_s=60.0,
    width=1280,
    height=720,
    frame_rate="25/1",
    video_codec="h264",
    audio_codec="aac",
    audio_channels=2,
    sample_rate=48_000,
    audio_streams=1,
)


def stored(key: str = "sources/a/b/source") -> StoredObject:
    """Something in the store."""
    return StoredObject(key=key, size_bytes=1000, etag="e", crc32=1)


def video(position: int = 1, *, ready: bool = True, seconds: float = 60.0) -> VideoState:
    """A video that was not started, uploaded or not."""
    return VideoState(
        id=uuid4(),
        video_id=uuid4(),
        position=position,
        name=f"Episode {position}.mp4",
        size_bytes=1000,
        duration_seconds=seconds if ready else None,
        source=stored() if ready else None,
        facts=replace(FACTS, duration_s=seconds) if ready else None,
        uploaded_at=NOW if ready else None,
        created_at=NOW,
        updated_at=NOW,
    )


def batch(*videos: VideoState, status: BatchStatus = BatchStatus.PENDING, user_id: UUID | None = None) -> BatchState:
    """A batch with these videos."""
    state = BatchState(
        id=uuid4(),
        user_id=user_id or uuid4(),
        name="Season one",
        settings=BatchSettings(remove_silence=True),
        status=status,
        created_at=NOW,
        updated_at=NOW,
        videos=videos,
    )
    # A step that changes nothing brings along what belongs to the videos as they are: queue, holds, clocks.
    return advance(state, events.Due(), NOW).batch


def running(position: int = 1, token: UUID | None = None) -> VideoState:
    """A video that a worker has."""
    return replace(
        video(position), status=VideoStatus.PROCESSING, attempt=1, charged=True, run_token=token or uuid4(), worker="w"
    )


def in_status(status: VideoStatus) -> VideoState:
    """A video in a status, with what belongs to it."""
    match status:
        case VideoStatus.PROCESSING:
            return running()
        case VideoStatus.UPLOADING:
            return replace(video(ready=False), status=status)
        case VideoStatus.COMPLETED:
            return replace(video(), status=status, attempt=1, output=stored("runs/x"), run_token=uuid4())
        case VideoStatus.FAILED:
            return replace(video(), status=status, attempt=1, error_code="failed_permanently", error_message="No.")
        case _:
            return replace(video(), status=status)
