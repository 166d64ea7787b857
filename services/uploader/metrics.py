"""What an operator's monitoring reads of the uploader, at /metrics."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import Counter, Histogram

from services.uploader.service import Uploader
from shared.measuring import watch_disks
from shared.metrics import LONG_S
from shared.storage import LocalStore

uploads = Counter(
    "dailies_uploader_uploads", "Uploads: opened, known (its content was there), complete, or abandoned.", ["outcome"]
)
upload_bytes = Counter("dailies_uploader_upload_bytes", "Bytes of complete uploads.")
inspections = Counter(
    "dailies_uploader_inspections",
    "Inspections: accepted, rejected (with the code of the reason), or tried again.",
    ["outcome", "code"],
)
inspection_seconds = Histogram(
    "dailies_uploader_inspection_seconds", "Seconds that an inspection took, whatever came of it.", buckets=LONG_S
)


def show(at: Uploader, **disks: Path) -> None:
    """Have what is measured rather than counted in the metrics of this process."""
    at.outbox.show_backlog()
    if isinstance(at.store, LocalStore):
        disks["store"] = at.store.folder.root
    watch_disks(**disks)
