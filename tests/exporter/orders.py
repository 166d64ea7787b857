"""Commands and items as the scheduler would give them."""

from __future__ import annotations

from uuid import UUID, uuid4

from shared.batches import BatchSettings, ExportFormat
from shared.media import StoredObject
from shared.messages import BuildExport, ExportItem, ExportOptions

USER = UUID(int=1)


def item(
    name: str = "talk.mp4",
    position: int = 1,
    *,
    key: str | None = None,
    size_bytes: int = 10,
    crc32: int | None = 1,
    content_type: str = "video/mp4",
) -> ExportItem:
    """An item; without a key it is the output of some run."""
    key = key or f"runs/{UUID(int=position)}/{UUID(int=0)}/output.mp4"
    stored = StoredObject(key=key, size_bytes=size_bytes, etag="e", crc32=crc32, content_type=content_type)
    return ExportItem(position=position, name=name, stored=stored)


def order(
    *items: ExportItem,
    user_id: UUID = USER,
    export_id: UUID | None = None,
    attempt: int = 1,
    batch_name: str = "Season 1",
    export_format: ExportFormat = ExportFormat.ZIP,
    options: ExportOptions | None = None,
) -> BuildExport:
    """A command to export the items."""
    return BuildExport(
        user_id=user_id,
        batch_id=UUID(int=2),
        batch_name=batch_name,
        export_id=export_id or uuid4(),
        attempt=attempt,
        format=export_format,
        options=options or ExportOptions(),
        settings=BatchSettings(),
        items=items,
    )
