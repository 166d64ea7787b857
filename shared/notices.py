"""What people are told without having asked: notices, of which each is shown once however often it is told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class NoticeKind(StrEnum):
    """What a notice is about."""

    BATCH_COMPLETED = "batch_completed"
    BATCH_FAILED = "batch_failed"
    EXPORT_READY = "export_ready"
    EXPORT_FAILED = "export_failed"
    QUOTA = "quota"
    """Most of what the tier allows is used."""
    DELETION_ANNOUNCED = "deletion_announced"
    """Something is about to be deleted because its time is over."""
    WEBHOOK_DISABLED = "webhook_disabled"
    """An endpoint failed for so long that nothing is sent to it any more."""
    ACCOUNT = "account"
    """Something about the account itself."""


class Notice(Struct, frozen=True, kw_only=True):
    """A line of the notification centre."""

    id: UUID
    kind: NoticeKind
    title: str
    text: str
    link: str | None
    """A path of the page, such as `/batches/…/report`."""
    batch_job_id: UUID | None
    created_at: datetime
    read_at: datetime | None
