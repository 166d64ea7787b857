"""How far a batch is: by the length of its videos, not by their number."""

from __future__ import annotations

from services.scheduler.state import BatchState, VideoState


def percentage(batch: BatchState) -> int:
    """Percent done, 0 to 100; a video that failed or was cancelled is done too. 100 only when every video is."""
    if not batch.videos:
        return 0
    if all(video.finished for video in batch.videos):
        return 100
    total = sum(_weight(video, batch) for video in batch.videos)
    done = sum(
        _weight(video, batch) * (1.0 if video.finished else video.progress_percentage / 100) for video in batch.videos
    )
    return min(99, int(100 * done / total)) if total else 0


def _weight(video: VideoState, batch: BatchState) -> float:
    """Seconds of media; a video of unknown length counts like the average of the known ones."""
    if video.duration_seconds is not None:
        return video.duration_seconds
    known = [other.duration_seconds for other in batch.videos if other.duration_seconds is not None]
    return sum(known) / len(known) if known else 1.0
