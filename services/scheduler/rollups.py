"""What a step adds to the sums of each day: videos and batches as they stand, on the day on which they ended. Pure.

Where something that had ended goes on again (a retry, another render), what it had added is taken back. So the sums always say
of each video and each batch what came of it in the end, and each is in them once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from uuid import UUID

from services.scheduler.report import processing_s
from services.scheduler.state import BatchState, VideoState
from shared.batches import BatchStatus, VideoStatus

SHARES = 4
"""The sums of everybody together are kept in so many parts, so that videos that end at the same time do not wait for each other."""

COUNTS = (
    "batches_completed",
    "batches_failed",
    "batches_cancelled",
    "elapsed_s",
    "videos_completed",
    "videos_failed",
    "videos_cancelled",
    "source_s",
    "output_s",
    "processing_s",
    "videos_waited",
    "waiting_s",
)
"""The columns of a day."""

Sums = dict[tuple[UUID, date], dict[str, float]]
"""By owner and day, what is added to each column."""
Tallies = dict[tuple[UUID, date, str, str], int]
"""By owner, day, kind (`failure` or `setting`) and name, how many more there are."""


def everybody() -> list[UUID]:
    """The owners of the sums of everybody together; no account has such an id."""
    return [UUID(int=share) for share in range(SHARES)]


def whole_months(since: date, until: date) -> tuple[date, date]:
    """The first day of the first whole month in a period, both ends included, and the day after the last one.

    When there is none, both are the day after the period.
    """
    after = until + timedelta(days=1)
    first = since if since.day == 1 else (since.replace(day=1) + timedelta(days=31)).replace(day=1)
    last = after.replace(day=1)
    return (first, last) if first < last else (after, after)


def booked(old: BatchState, new: BatchState) -> tuple[Sums, Tallies]:
    """What a step from `old` to `new` adds."""
    sums: Sums = {}
    tallies: Tallies = {}
    owners = (new.user_id, UUID(int=new.id.int % SHARES))
    before = {video.id: video for video in old.videos}
    after = {video.id: video for video in new.videos}
    for video_id in before.keys() | after.keys():
        was, now = before.get(video_id), after.get(video_id)
        if was != now:
            _add(sums, tallies, owners, -1, _of_video(old, was))
            _add(sums, tallies, owners, 1, _of_video(new, now))
    if (old.status, old.completed_at) != (new.status, new.completed_at):
        _add(sums, tallies, owners, -1, _of_batch(old))
        _add(sums, tallies, owners, 1, _of_batch(new))
    return (
        {key: values for key, values in sums.items() if any(values.values())},
        {key: count for key, count in tallies.items() if count},
    )


Share = tuple[date, dict[str, float], tuple[tuple[str, str], ...]]
"""A day, what is added to its columns, and the kinds and names of what is counted."""


def _add(sums: Sums, tallies: Tallies, owners: Iterable[UUID], sign: int, share: Share | None) -> None:
    if share is None:
        return
    day, counts, names = share
    for owner in owners:
        total = sums.setdefault((owner, day), dict.fromkeys(COUNTS, 0))
        for column, value in counts.items():
            total[column] += sign * value
        for kind, name in names:
            key = (owner, day, kind, name)
            tallies[key] = tallies.get(key, 0) + sign


def _of_video(batch: BatchState, video: VideoState | None) -> Share | None:
    if video is None or not video.finished or video.completed_at is None:
        return None
    day = video.completed_at.date()
    counts: dict[str, float] = {f"videos_{video.status}": 1}
    if video.generation <= 1 and video.started_at is not None and batch.started_at is not None:
        ready_at = max(batch.started_at, video.uploaded_at or batch.started_at)
        counts |= {"videos_waited": 1, "waiting_s": max(0.0, (video.started_at - ready_at).total_seconds())}
    if video.status is VideoStatus.COMPLETED and video.processing_result is not None:
        result = video.processing_result
        counts |= {
            "source_s": result.source_s,
            "output_s": result.output_s,
            "processing_s": processing_s(video) or 0.0,
        }
    failure = video.status is VideoStatus.FAILED
    return day, counts, (("failure", video.error_code or "unknown"),) if failure else ()


def _of_batch(batch: BatchState) -> Share | None:
    if not batch.over or batch.completed_at is None:
        return None
    counts: dict[str, float] = {f"batches_{batch.status}": 1}
    if batch.started_at is not None and batch.status is not BatchStatus.CANCELLED:
        counts["elapsed_s"] = (batch.completed_at - batch.started_at).total_seconds()
    return batch.completed_at.date(), counts, tuple(("setting", name) for name in _settings(batch))


def _settings(batch: BatchState) -> Iterator[str]:
    """The settings of a batch that people choose among, by names of which there are only so many."""
    chosen = batch.settings
    yield from (name for name in ("transcribe", "remove_silence", "detect_highlights") if getattr(chosen, name))
    yield f"export_format={chosen.export_format}"
    yield f"export_quality={chosen.export_quality}"
    if chosen.detect_highlights:
        yield f"highlight_sensitivity={chosen.highlight_sensitivity}"
