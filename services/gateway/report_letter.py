"""The letter with the report of a batch: as plain text, and as HTML that mail programs of every age can show. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from services.gateway.mail import button, footer, page, paragraph
from services.gateway.wording import clock, headline, plural, span, summary
from shared.batches import VideoStatus
from shared.messages import BatchEnded
from shared.reports import BatchReport, VideoReport

NO_MORE = "No letters about batches any more"
STATUS = {VideoStatus.FAILED: "failed", VideoStatus.CANCELLED: "cancelled"}
CELL = "padding:8px 12px 8px 0;border-top:1px solid #e7e5e4;vertical-align:top"
NUMBER = f"{CELL};text-align:right;white-space:nowrap"
HEAD = "padding:0 12px 6px 0;font-size:13px;font-weight:600;color:#57534e;text-align:left"
SMALL = "font-size:13px;color:#57534e"


def subject(report: BatchReport) -> str:
    """What stands in the mailbox: what came of the batch, and the time that it saved."""
    saved = f": {span(report.saved_s)} saved" if report.saved_s >= 1 else ""
    return " ".join(f"{headline(report)}{saved}".split())


def text(event: BatchEnded, report_url: str, unsubscribe_url: str) -> str:
    """The letter as plain text."""
    report = event.report
    lines = [headline(report), "", summary(report), ""]
    lines += [f"{name}: {value}" for name, value in _facts(report)]
    if remarks := _remarks(report):
        lines += ["", "To look at", *(f"- {name}: {remark}" for name, remark in remarks)]
    lines += ["", "Videos"]
    lines += [f"{video.position:>3}. {video.name}: {_outcome(video)}" for video in report.videos]
    lines += ["", "The whole report, with transcripts, highlights and downloads:", report_url]
    lines += ["", f"{NO_MORE}:", unsubscribe_url, ""]
    return "\n".join(lines)


def html(event: BatchEnded, report_url: str, unsubscribe_url: str) -> str:
    """The letter as HTML: tables and inline styles, no image and nothing that is loaded."""
    report = event.report
    return page(
        headline(report),
        paragraph(summary(report)),
        _table(_facts_row(report), role=' role="presentation"'),
        _remarks_html(report),
        button("Open the report", report_url),
        _table(_videos_rows(report), role=""),
        footer("You get this letter because reports of batches are mailed to you.", NO_MORE, unsubscribe_url),
    )


def _facts(report: BatchReport) -> list[tuple[str, str]]:
    facts = [("Before", clock(report.source_s)), ("After", clock(report.output_s)), ("Saved", span(report.saved_s))]
    if report.elapsed_s is not None:
        facts.append(("From start to end", span(report.elapsed_s)))
    return facts


def _remarks(report: BatchReport) -> list[tuple[str, str]]:
    """What a person has to look at: failures with what to do about them first, then warnings."""
    failures = [
        (video.name, " ".join(filter(None, (video.error_message, video.what_to_do))))
        for video in report.videos
        if video.error_message
    ]
    return failures + [(video.name, warning) for video in report.videos for warning in video.warnings]


def _outcome(video: VideoReport) -> str:
    if video.output_s is None:
        return STATUS.get(video.status, str(video.status))
    found = f", {plural(video.highlights, 'highlight')}" if video.highlights else ""
    return f"{clock(video.source_s)} before, {clock(video.output_s)} after{found}"


def _table(rows: Iterable[str], role: str) -> str:
    return (
        f'<table{role} cellpadding="0" cellspacing="0" border="0" width="100%" '
        f'style="margin:0 0 20px;border-collapse:collapse;font-size:14px">{"".join(rows)}</table>'
    )


def _facts_row(report: BatchReport) -> list[str]:
    cells = "".join(
        f'<td style="padding:0 16px 0 0"><span style="{SMALL}">{escape(name)}</span><br>'
        f'<strong style="font-size:17px">{escape(value)}</strong></td>'
        for name, value in _facts(report)
    )
    return [f"<tr>{cells}</tr>"]


def _remarks_html(report: BatchReport) -> str:
    items = "".join(
        f'<li style="margin:0 0 8px"><strong>{escape(name)}</strong>: {escape(remark)}</li>'
        for name, remark in _remarks(report)
    )
    if not items:
        return ""
    return (
        '<div style="margin:0 0 20px;padding:14px 16px;border-left:4px solid #c2410c;background:#fff7ed">'
        '<p style="margin:0 0 8px;font-weight:600">To look at</p>'
        f'<ul style="margin:0;padding:0 0 0 18px;font-size:14px">{items}</ul></div>'
    )


def _videos_rows(report: BatchReport) -> list[str]:
    head = "".join(
        f'<th scope="col" style="{HEAD}{align}">{name}</th>'
        for name, align in (("Video", ""), ("Before", ";text-align:right"), ("After", ";text-align:right"))
    )
    rows = [f"<tr>{head}</tr>"]
    for video in report.videos:
        after = clock(video.output_s) if video.output_s is not None else STATUS.get(video.status, str(video.status))
        rows.append(
            f'<tr><td style="{CELL};word-break:break-word">{escape(video.name)}</td>'
            f'<td style="{NUMBER}">{escape(clock(video.source_s))}</td><td style="{NUMBER}">{escape(after)}</td></tr>'
        )
    return rows
