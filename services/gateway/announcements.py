"""What is said of each event in the notification centre. Pure."""

from __future__ import annotations

from services.gateway.wording import headline, size, summary
from shared.batches import BatchStatus, ExportStatus
from shared.messages import BatchEnded, ExportEnded, NoticeRaised
from shared.notices import Notice, NoticeKind

KINDS = {BatchStatus.COMPLETED: NoticeKind.BATCH_COMPLETED, BatchStatus.FAILED: NoticeKind.BATCH_FAILED}


def of_batch(event: BatchEnded) -> Notice | None:
    """That a batch ended; nothing of one that a person cancelled."""
    kind = KINDS.get(event.report.status)
    if kind is None:
        return None
    return Notice(
        id=event.event_id,
        kind=kind,
        title=headline(event.report),
        text=summary(event.report),
        link=f"/batches/{event.batch_id}/report",
        batch_job_id=event.batch_id,
        created_at=event.at,
        read_at=None,
    )


def of_export(event: ExportEnded) -> Notice:
    """That an export can be downloaded, or why not."""
    export = event.export
    if export.status is ExportStatus.COMPLETED:
        bytes_ = f", {size(export.deliverable.size_bytes)}" if export.deliverable else ""
        until = f" It can be downloaded until {export.expires_at:%d %B, %H:%M} UTC." if export.expires_at else ""
        kind, title = NoticeKind.EXPORT_READY, f"The export of {event.batch_name} is ready"
        text = f"{export.file_name or 'The file'}{bytes_}.{until}"
    else:
        kind, title = NoticeKind.EXPORT_FAILED, f"The export of {event.batch_name} failed"
        text = export.error_message or "Try it again; if it fails again, ask whoever runs this installation."
    return Notice(
        id=event.event_id,
        kind=kind,
        title=title,
        text=text,
        link=f"/batches/{event.batch_id}",
        batch_job_id=event.batch_id,
        created_at=event.at,
        read_at=None,
    )


def of_notice(event: NoticeRaised) -> Notice:
    """What another part of the system wants to be told."""
    return Notice(
        id=event.event_id,
        kind=event.kind,
        title=event.title,
        text=event.text,
        link=event.link,
        batch_job_id=event.batch_id,
        created_at=event.at,
        read_at=None,
    )
