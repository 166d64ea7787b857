"""Videos and uploads as the API shows them."""

from __future__ import annotations

from datetime import UTC, datetime

from services.uploader.plans import size_of_part
from services.uploader.playable import playable
from services.uploader.proxy import CONTENT_TYPE
from services.uploader.settings import UploaderSettings
from services.uploader.tables import LibraryVideo, Proxy, Upload
from shared.library import Video, VideoProxy
from shared.storage import ObjectStore
from shared.views import UploadPlan


async def video_view(video: LibraryVideo, store: ObjectStore, settings: UploaderSettings) -> Video:
    """A video of the library, its thumbnail with a URL."""
    picture = None
    if video.thumbnail_key is not None:
        picture = await store.presign_get(video.thumbnail_key, None, "image/jpeg", settings.thumbnail_url_lifetime)
    return Video(
        id=video.id,
        user_id=video.user_id,
        name=video.name,
        status=video.status,
        size_bytes=video.size_bytes,
        content_type=video.content_type,
        facts=video.facts,
        source=video.source,
        thumbnail_url=picture,
        playable=None if video.facts is None else playable(video.facts),
        error_code=video.error_code,
        error_message=video.error_message,
        created_at=video.created_at,
        uploaded_at=video.uploaded_at,
    )


async def proxy_view(proxy: Proxy, store: ObjectStore, settings: UploaderSettings) -> VideoProxy:
    """A copy for browsers, with a URL once it is there."""
    url = None
    if proxy.key is not None:
        url = await store.presign_get(proxy.key, None, CONTENT_TYPE, settings.thumbnail_url_lifetime)
    return VideoProxy(
        status=proxy.status,
        progress=proxy.progress,
        size_bytes=proxy.size_bytes,
        url=url,
        error_message=proxy.error_message,
    )


async def upload_plan(upload: Upload, store: ObjectStore, settings: UploaderSettings) -> UploadPlan:
    """How an upload is sent, with a fresh URL for the whole file or its first part."""
    lifetime = settings.upload_url_lifetime
    headers: dict[str, str] = {}
    if upload.upload_id is not None and upload.size_bytes is not None:
        size = size_of_part(1, upload.size_bytes, upload.shape)
        url = await store.presign_part(upload.key, upload.upload_id, 1, size, lifetime)
    else:
        url = await store.presign_put(upload.key, upload.size_bytes, upload.content_type, lifetime)
        if upload.content_type is not None:
            headers["Content-Type"] = upload.content_type
    return UploadPlan(
        video_id=upload.video_id,
        name=upload.name,
        upload_id=upload.upload_id,
        url=url,
        headers=headers,
        part_size_bytes=upload.part_size_bytes,
        part_count=upload.part_count,
        expires_at=datetime.now(UTC) + lifetime,
    )
