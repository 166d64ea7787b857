"""Batches and their videos as tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from client import text
from client.bodies import LibraryVideo
from client.progress import DONE, overall_percentage
from shared.batches import ExportStatus, VideoStatus
from shared.views import BatchDetails, BatchExport, BatchJob, BatchVideo


def batch_list(jobs: Sequence[BatchJob], *, now: datetime | None = None) -> RenderableType:
    """One row for each batch."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Batch", "Name", "Status", "Videos", "Done", "Created"):
        table.add_column(
            heading, justify="right" if heading in ("Videos", "Done") else "left", no_wrap=heading == "Batch"
        )
    for job in jobs:
        table.add_row(
            str(job.id),
            Text(text.shown(job.name)),
            text.status(job.status),
            f"{job.completed_videos}/{job.total_videos}",
            f"{job.progress_percentage} %",
            ago(job.created_at, now or datetime.now(UTC)),
        )
    return table


def export_list(exports: Sequence[BatchExport], *, now: datetime | None = None) -> RenderableType:
    """One row for each export."""
    now = now or datetime.now(UTC)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Export", "Format", "Status", "Size", "Made", ""):
        table.add_column(heading, justify="right" if heading == "Size" else "left", no_wrap=heading == "Export")
    for export in exports:
        remark = export.error_message or export.operation or ""
        if export.status is ExportStatus.COMPLETED and export.expires_at is not None:
            remark = f"there for {text.duration((export.expires_at - now).total_seconds())}"
        table.add_row(
            str(export.id),
            str(export.format),
            text.status(export.status),
            text.size(export.file_size) if export.file_size is not None else "",
            ago(export.created_at, now),
            Text(text.shown(remark)),
        )
    return table


def batch_details(details: BatchDetails) -> RenderableType:
    """A batch with a row for each of its videos."""
    job = details.batch_job
    head = Text.assemble(
        (text.shown(job.name), "bold"), "  ", text.status(job.status), f"  {overall_percentage(details):.0f} %"
    )
    lines: list[RenderableType] = [head, Text(f"Batch {job.id}", style="dim")]
    if job.estimated_time_remaining is not None:
        lines.append(Text(f"About {text.duration(job.estimated_time_remaining)} left"))
    if job.error_message:
        lines.append(Text(text.shown(job.error_message), style="red"))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("#", "Video", "Status", "", "Before", "After", "Saved"):
        table.add_column(heading, justify="right" if heading in ("#", "Before", "After", "Saved") else "left")
    for video in details.videos:
        before, after = lengths(video)
        saved = f"{100 * (1 - after / before):.0f} %" if before and after is not None else ""
        table.add_row(
            str(video.position),
            Text(text.shown(video.name)),
            text.status(video.status),
            _remark(video),
            text.duration(before),
            text.duration(after) if after is not None else "",
            saved,
        )
    return Group(*lines, table)


def library(videos: Sequence[LibraryVideo], *, now: datetime | None = None) -> RenderableType:
    """One row for each video of the library."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Video", "Name", "Status", "Length", "Size", "Uploaded", "Batches"):
        right = heading in ("Length", "Size")
        table.add_column(heading, justify="right" if right else "left", no_wrap=heading == "Video")
    for video in videos:
        table.add_row(
            str(video.id),
            Text(text.shown(video.name)),
            Text(text.shown(video.error_message or video.status)),
            text.duration(video.facts.duration_s) if video.facts else "",
            text.size(video.size_bytes) if video.size_bytes is not None else "",
            ago(video.created_at, now or datetime.now(UTC)),
            Text(text.shown(", ".join(batch.batch_name for batch in video.batches))),
        )
    return table


def lengths(video: BatchVideo) -> tuple[float | None, float | None]:
    """Seconds of a video before and, once it is processed, after."""
    return video.duration_s, video.processing_result.output_s if video.processing_result else None


def ago(moment: datetime, now: datetime) -> str:
    """How long ago something was, in the largest unit that fits."""
    seconds = max(0.0, (now - moment).total_seconds())
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def _remark(video: BatchVideo) -> Text:
    if video.status is VideoStatus.FAILED:
        return Text(text.shown(video.error_message or ""), style="red")
    if video.status in DONE:
        return Text("")
    if video.current_stage is not None:
        return Text(f"{text.stage(video.current_stage)} {video.progress_percentage} %")
    if video.next_try_at is not None:
        return Text(f"tried again after: {text.shown(video.error_message or 'a failure')}")
    return Text("")
