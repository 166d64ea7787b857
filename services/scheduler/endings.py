"""What is told of a batch or an export that ends, for whoever wants to know without watching. Pure."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid5

from services.scheduler.exporting import ExportState
from services.scheduler.report import report
from services.scheduler.state import BatchState
from shared.batches import ExportStatus
from shared.messages import BatchEnded


def batch_ended(old: BatchState, new: BatchState, now: datetime) -> tuple[BatchEnded, ...]:
    """That a batch ends with this step, if it does; each end of the same batch has an id of its own."""
    if old.over or not new.over:
        return ()
    event_id = uuid5(new.id, f"ended {old.revision}")
    return (BatchEnded(event_id=event_id, user_id=new.user_id, batch_id=new.id, at=now, report=report(new)),)


def export_ended(old: ExportState, new: ExportState) -> bool:
    """Whether an export is there, or given up, with this step; one that a person cancels needs no telling."""
    return old.open and new.status in (ExportStatus.COMPLETED, ExportStatus.FAILED)
