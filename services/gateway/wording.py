"""How facts are put into words for notices and letters. Pure."""

from __future__ import annotations

import math

from shared.batches import BatchStatus
from shared.reports import BatchReport

UNITS = ("KB", "MB", "GB", "TB")


def plural(count: int, one: str, many: str = "") -> str:
    """`1 video`, `3 videos`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def span(seconds: float) -> str:
    """A stretch of time in its two largest units: `45 s`, `12 min 5 s`, `3 h 20 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


def clock(seconds: float | None) -> str:
    """A length as on a player: `4:05`, `1:02:45`; a dash when it is not known."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size(count: int) -> str:
    """Bytes as people read them: `512 bytes`, `3.4 MB`."""
    if count < 1000:
        return f"{count} bytes"
    power = min(len(UNITS), int(math.log10(count)) // 3)
    return f"{count / 1000**power:.1f} {UNITS[power - 1]}"


def headline(report: BatchReport) -> str:
    """What came of a batch in a few words."""
    match report.status:
        case BatchStatus.COMPLETED:
            return f"{report.name} is finished"
        case BatchStatus.FAILED:
            return f"{report.name} failed"
        case _:
            return f"{report.name} was cancelled"


def summary(report: BatchReport) -> str:
    """What came of a batch in a sentence or two."""
    of = [f"{plural(report.completed_videos, 'video')} done"] if report.completed_videos else []
    if report.failed_videos:
        of.append(f"{report.failed_videos:,} failed" if of else f"{plural(report.failed_videos, 'video')} failed")
    if report.cancelled_videos:
        of.append(f"{report.cancelled_videos:,} cancelled")
    found = []
    if report.saved_s >= 1:
        found.append(f"{span(report.saved_s)} saved")
    if report.highlights:
        found.append(f"{plural(report.highlights, 'highlight')} found")
    if report.warnings:
        found.append(f"{plural(report.warnings, 'warning')} to look at")
    return ". ".join(part for part in (", ".join(of), ", ".join(found)) if part) + "."
