"""What is sent to webhooks of each event: its type, and its body as JSON. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from shared.batches import BatchStatus, ExportStatus
from shared.messages import BatchEnded, ExportEnded, NoticeRaised


class EventType(StrEnum):
    """What a webhook can be told of."""

    BATCH_COMPLETED = "batch.completed"
    BATCH_FAILED = "batch.failed"
    BATCH_CANCELLED = "batch.cancelled"
    EXPORT_COMPLETED = "export.completed"
    EXPORT_FAILED = "export.failed"
    NOTICE = "notice.created"


TEST = "webhook.test"
"""Sent by the test button only."""

OF_BATCH = {
    BatchStatus.COMPLETED: EventType.BATCH_COMPLETED,
    BatchStatus.FAILED: EventType.BATCH_FAILED,
    BatchStatus.CANCELLED: EventType.BATCH_CANCELLED,
}
OF_EXPORT = {ExportStatus.COMPLETED: EventType.EXPORT_COMPLETED, ExportStatus.FAILED: EventType.EXPORT_FAILED}


def of_batch(event: BatchEnded, origin: str) -> tuple[EventType, str]:
    """The whole report of a batch, and where a person can read it."""
    kind = OF_BATCH[event.report.status]
    report = msgspec.to_builtins(event.report, str_keys=True)
    return kind, body(kind, event.at, {**report, "url": f"{origin}/batches/{event.batch_id}/report"})


def of_export(event: ExportEnded, origin: str) -> tuple[EventType, str]:
    """What export it is; its file is to be had by the API, with a link that is signed when it is asked for."""
    export, kind = event.export, OF_EXPORT[event.export.status]
    data = {
        "export_id": export.id,
        "batch_job_id": event.batch_id,
        "batch_name": event.batch_name,
        "format": export.format,
        "status": export.status,
        "file_name": export.file_name,
        "size_bytes": export.deliverable.size_bytes if export.deliverable else None,
        "error_message": export.error_message,
        "expires_at": export.expires_at,
        "url": f"{origin}/batches/{event.batch_id}",
    }
    return kind, body(kind, event.at, data)


def of_notice(event: NoticeRaised, origin: str) -> tuple[EventType, str]:
    """What the notification centre shows."""
    data = {
        "notice_id": event.event_id,
        "kind": event.kind,
        "title": event.title,
        "text": event.text,
        "batch_job_id": event.batch_id,
        "url": f"{origin}{event.link or '/notices'}",
    }
    return EventType.NOTICE, body(EventType.NOTICE, event.at, data)


def body(kind: str, at: datetime, data: dict[str, object]) -> str:
    """A body as Standard Webhooks recommends it."""
    return msgspec.json.encode({"type": kind, "timestamp": at, "data": data}).decode()
