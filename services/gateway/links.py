"""Signed URLs in place of object keys, made when an answer is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

import msgspec

from shared.media import StoredObject
from shared.storage import ObjectStore
from shared.views import BatchDetails, BatchExport, BatchVideo, ExportPage

DOWNLOAD = timedelta(hours=24)


async def with_links(details: BatchDetails, store: ObjectStore) -> BatchDetails:
    """A batch in which every stored output can be downloaded."""
    return BatchDetails(
        batch_job=details.batch_job, videos=tuple([await video_with_link(video, store) for video in details.videos])
    )


async def video_with_link(video: BatchVideo, store: ObjectStore) -> BatchVideo:
    """A video whose output, if there is one, can be downloaded under the video's name."""
    if video.output is None:
        return video
    name = PurePosixPath(video.name).stem + PurePosixPath(video.output.key).suffix
    return msgspec.structs.replace(video, output_video_url=await _signed(video.output, name, store))


async def export_with_link(export: BatchExport, store: ObjectStore) -> BatchExport:
    """An export whose file, if it is there, can be downloaded for as long as it is."""
    if export.deliverable is None:
        return export
    left = export.expires_at - datetime.now(UTC) if export.expires_at else DOWNLOAD
    url = await _signed(export.deliverable, export.file_name, store, min(DOWNLOAD, max(left, timedelta(seconds=1))))
    return msgspec.structs.replace(export, download_url=url)


async def exports_with_links(page: ExportPage, store: ObjectStore) -> ExportPage:
    """A page of exports whose files can be downloaded."""
    return ExportPage(exports=tuple([await export_with_link(export, store) for export in page.exports]))


async def _signed(stored: StoredObject, name: str | None, store: ObjectStore, valid: timedelta = DOWNLOAD) -> str:
    return await store.presign_get(stored.key, name, stored.content_type, valid)
