"""Views as the API would answer them, for tests of the client."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from shared.batches import BatchSettings, BatchStatus, ExportFormat, ExportStatus, VideoStatus
from shared.library import Video
from shared.views import BatchDetails, BatchExport, BatchJob, BatchVideo, PartUrl, PartUrls, UploadPlan

NOW = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
USER, BATCH = uuid4(), uuid4()


def plan(
    url: str, *, size: int, part_size: int | None = None, name: str = "a.mp4", expires_in_s: float = 900
) -> UploadPlan:
    """An upload plan: one PUT, or parts of a size."""
    count = 1 if part_size is None else -(-size // part_size)
    return UploadPlan(
        video_id=uuid4(),
        name=name,
        upload_id=None if part_size is None else "upload-1",
        url=url,
        headers={"Content-Type": "video/mp4"},
        part_size_bytes=part_size or size,
        part_count=count,
        expires_at=datetime.now(UTC) + timedelta(seconds=expires_in_s),
    )


def part_urls(base: str, numbers: list[int]) -> PartUrls:
    """Signed URLs for parts."""
    parts = tuple(PartUrl(number=number, url=f"{base}/part/{number}", size_bytes=0) for number in numbers)
    return PartUrls(parts=parts, expires_at=datetime.now(UTC) + timedelta(minutes=15))


def library_video(video_id: UUID) -> Video:
    """A video whose upload was completed."""
    return Video(
        id=video_id,
        user_id=USER,
        name="a.mp4",
        status="checking",
        size_bytes=1,
        content_type="video/mp4",
        created_at=NOW,
    )


def video(position: int = 1, **changes: Any) -> BatchVideo:
    """A video of the batch."""
    given = {"status": VideoStatus.PENDING, "created_at": NOW, "updated_at": NOW, **changes}
    return BatchVideo(
        id=UUID(int=position),
        batch_job_id=BATCH,
        video_id=UUID(int=100 + position),
        position=position,
        name=f"episode-{position}.mp4",
        size_bytes=1000,
        duration_s=10.0,
        **given,
    )


def job(status: BatchStatus = BatchStatus.PROCESSING, **changes: Any) -> BatchJob:
    """The batch."""
    given = {"total_videos": 1, "completed_videos": 0, "created_at": NOW, "updated_at": NOW, **changes}
    return BatchJob(
        id=BATCH,
        user_id=USER,
        name="Season 3",
        description=None,
        settings=BatchSettings(remove_silence=True),
        status=status,
        priority=5,
        failed_videos=0,
        cancelled_videos=0,
        total_duration_seconds=10.0,
        processed_duration_seconds=0.0,
        **given,
    )


def details(status: BatchStatus = BatchStatus.PROCESSING, *videos: BatchVideo, **changes: Any) -> BatchDetails:
    """The batch with its videos."""
    return BatchDetails(batch_job=job(status, **changes), videos=videos or (video(),))


def export(status: ExportStatus = ExportStatus.PROCESSING, **changes: Any) -> BatchExport:
    """An export of the batch."""
    return BatchExport(
        id=UUID(int=7), batch_job_id=BATCH, format=ExportFormat.ZIP, status=status, created_at=NOW, **changes
    )


def event(kind: str, view: Any) -> dict[str, Any]:
    """A view as the event that tells of it."""
    return {"type": kind, **msgspec.to_builtins(view)}


def written(event: Any, event_id: str = "") -> bytes:
    """An event as the gateway writes it."""
    head = f"id: {event_id}\n".encode() if event_id else b""
    return head + b"data: " + msgspec.json.encode(event) + b"\n\n"
