"""What came of a batch, and what was used of a month, as tables."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from client import text
from shared.batches import VideoStatus
from shared.reports import BatchReport, Usage, VideoReport


def batch_report(report: BatchReport) -> RenderableType:
    """A batch with a row for each video, then what failed and what people should look at."""
    head = Text.assemble((text.shown(report.name), "bold"), "  ", text.status(report.status))
    sums = (
        f"{report.completed_videos} completed, {report.failed_videos} failed, {report.cancelled_videos} cancelled; "
        f"{text.duration(report.source_s)} became {text.duration(report.output_s)}, {text.duration(report.saved_s)} saved; "
        f"{text.duration(report.processing_s)} of work in {text.duration(report.elapsed_s)}"
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("#", "Video", "Status", "Before", "After", "Saved", "Work"):
        table.add_column(heading, justify="left" if heading in ("Video", "Status") else "right")
    for video in report.videos:
        done = video.output_s is not None
        table.add_row(
            str(video.position),
            Text(text.shown(video.name)),
            text.status(video.status),
            text.duration(video.source_s),
            text.duration(video.output_s) if done else "",
            text.duration(video.saved_s) if done else "",
            text.duration(video.processing_s) if video.processing_s is not None else "",
        )
    return Group(head, Text(sums), table, *(line for video in report.videos for line in _remarks(video)))


def usage(used: Usage) -> RenderableType:
    """How much of the month and of the tier is used."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in (
        (f"Minutes processed since {used.month:%d %B}", f"{used.minutes_used:g}"),
        ("Minutes held for videos that wait or run", f"{used.minutes_held:g}"),
        (f"Minutes left of {used.minutes_limit} ({used.tier})", f"{used.minutes_left:g}"),
        (f"Batches under way, of {used.limits.open_batches}", str(used.open_batches)),
        (f"Videos being processed, of {used.concurrency} at once", str(used.running_videos)),
    ):
        table.add_row(name, value)
    return table


def _remarks(video: VideoReport) -> list[Text]:
    name = text.shown(video.name)
    lines = [Text(f"{name}: {text.shown(warning)}", style="yellow") for warning in video.warnings]
    if video.error_message:
        style = "red" if video.status is VideoStatus.FAILED else "yellow"
        advice = f" {video.what_to_do}" if video.what_to_do else ""
        lines.append(Text(f"{name}: {text.shown(video.error_message)}{advice}", style=style))
    return lines
