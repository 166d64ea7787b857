"""What the gateway asks about uploads and the library. Every answer is about the asking user's own videos alone."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace

from services.uploader import metrics
from services.uploader.arrivals import note_begin, progressed
from services.uploader.plans import require_all_parts, size_of_part
from services.uploader.service import Uploader
from services.uploader.show import proxy_view, upload_plan, video_view
from services.uploader.tables import Probes, Proxies, Upload, Uploads, Videos
from shared.bus import answers
from shared.errors import Conflict, DailiesError, Invalid, NotFound, TooLarge
from shared.insight import LibrarySize
from shared.library import Video, VideoPage
from shared.logs import logger
from shared.messages import (
    CompleteUpload,
    GetUpload,
    GetVideo,
    ListVideos,
    MeasureLibrary,
    ProbeVideo,
    SignParts,
)
from shared.storage import LocalStore
from shared.views import PartUrl, PartUrls, StoredPart, UploadState

log = logger(__name__)

MOST_PARTS_SIGNED = 200
MOST_VIDEOS = 200


@answers(SignParts)
async def sign_parts(query: SignParts, at: Uploader) -> PartUrls:
    """Sign parts that are about to be sent. Raises `Conflict` when the upload is not open or is a single PUT."""
    upload = await Uploads.of_user(query.user_id, query.video_id)
    if not upload.is_open:
        raise Conflict(f"The upload of {upload.name!r} has ended; nothing more is taken.")
    if upload.upload_id is None or upload.size_bytes is None:
        raise Conflict(f"{upload.name!r} is sent whole, by one PUT; ask for the upload to get a new URL.")
    if not 1 <= len(query.numbers) <= MOST_PARTS_SIGNED:
        raise Invalid(f"Ask for 1 to {MOST_PARTS_SIGNED} parts at a time; these are {len(query.numbers)}.")
    lifetime = at.settings.upload_url_lifetime
    signed: list[PartUrl] = []
    for number in query.numbers:
        size = size_of_part(number, upload.size_bytes, upload.shape)
        url = await at.store.presign_part(upload.key, upload.upload_id, number, size, lifetime)
        signed.append(PartUrl(number=number, url=url, size_bytes=size))
    await Uploads.touch(upload.video_id)
    if not isinstance(at.store, LocalStore):
        await _tell_stored(upload, at)
    return PartUrls(parts=tuple(signed), expires_at=datetime.now(UTC) + lifetime)


async def _tell_stored(upload: Upload, at: Uploader) -> None:
    """Say how far an upload is whose bytes do not pass through here: whoever has parts signed is sending them."""
    await note_begin(upload, at.outbox)
    if upload.batch_id is not None:
        stored = sum(part.size_bytes for part in await _arrived(upload, at))
        await at.bus.publish(progressed(upload, upload.batch_id, stored))


@answers(GetUpload)
async def get_upload(query: GetUpload, at: Uploader) -> UploadState:
    """What the store has of an upload."""
    upload = await Uploads.of_user(query.user_id, query.video_id)
    plan = await upload_plan(upload, at.store, at.settings)
    parts = await _arrived(upload, at) if upload.is_open else ()
    return UploadState(plan=plan, parts=parts, complete=not upload.is_open)


async def _arrived(upload: Upload, at: Uploader) -> tuple[StoredPart, ...]:
    try:
        if upload.upload_id is not None:
            return await at.store.list_parts(upload.key, upload.upload_id)
        whole = await at.store.stat(upload.key)
        return (StoredPart(number=1, size_bytes=whole.size_bytes, etag=whole.etag),)
    except NotFound:
        return ()


@answers(CompleteUpload)
async def complete_upload(request: CompleteUpload, at: Uploader) -> Video:
    """Check that everything arrived and have it inspected. The worker puts parts together, because that takes its time.

    Raises `Conflict` while bytes are missing, and `Invalid` when they are not as announced; either may be put right.
    """

    async def make() -> Video:
        upload = await Uploads.of_user(request.user_id, request.video_id, lock=True)
        if upload.is_open:
            size_bytes = await _verified(upload, at)
            await Videos.begin_checking(upload.video_id, size_bytes)
            await Uploads.complete(upload.video_id)
            await Probes.add(upload.video_id, at.settings.probe_patience_s)
            await at.outbox.add(ProbeVideo(video_id=upload.video_id))
            metrics.uploads.labels("complete").inc()
            metrics.upload_bytes.inc(size_bytes)
            log.info("an upload is complete", video_id=str(upload.video_id), size_bytes=size_bytes)
        return await video_view(await Videos.of_user(request.user_id, request.video_id), at.store, at.settings)

    return await at.outbox.once(request, make)


async def _verified(upload: Upload, at: Uploader) -> int:
    """The size of what arrived, once it is all there and as announced."""
    parts = await _arrived(upload, at)
    if upload.upload_id is not None and upload.size_bytes is not None:
        require_all_parts(parts, upload.size_bytes, upload.shape)
        return upload.size_bytes
    if not parts:
        raise Conflict(f"{upload.name!r} has not arrived; send it to the URL of its upload, then complete again.")
    size = parts[0].size_bytes
    refusal: DailiesError | None = None
    if upload.size_bytes is not None and size != upload.size_bytes:
        refusal = Invalid(
            f"{upload.name!r} has {size} bytes instead of the {upload.size_bytes} announced; send it again."
        )
    elif size > at.settings.store_max_object_bytes:
        refusal = TooLarge(
            f"{upload.name!r} has {size} bytes; a video may have up to {at.settings.store_max_object_bytes}."
        )
    if refusal is not None:
        await at.store.delete(upload.key)
        raise refusal
    return size


@answers(GetVideo)
async def get_video(query: GetVideo, at: Uploader) -> Video:
    """One video, and its copy for browsers if it has one."""
    video = await video_view(await Videos.of_user(query.user_id, query.video_id), at.store, at.settings)
    proxy = await Proxies.of(query.video_id)
    return replace(video, proxy=await proxy_view(proxy, at.store, at.settings)) if proxy else video


@answers(MeasureLibrary)
async def measure_library(query: MeasureLibrary, at: Uploader) -> LibrarySize:
    """How many videos a user has, and how many bytes they take."""
    videos, size = await Videos.size_of(query.user_id)
    return LibrarySize(videos=videos, videos_bytes=size)


@answers(ListVideos)
async def list_videos(query: ListVideos, at: Uploader) -> VideoPage:
    """A page of the library. Raises `Invalid` for an unknown order."""
    if not 0 <= query.limit <= MOST_VIDEOS or query.offset < 0:
        raise Invalid(f"A page has up to {MOST_VIDEOS} videos, and begins at 0 or later.")
    videos, total = await Videos.page(
        query.user_id,
        video_ids=query.video_ids,
        search=query.search,
        limit=query.limit,
        offset=query.offset,
        sort=query.sort,
    )
    return VideoPage(videos=tuple([await video_view(video, at.store, at.settings) for video in videos]), total=total)
