"""Announced files: checked, written down, and planned, all of a batch in one answer."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from msgspec.structs import replace

from services.uploader import metrics
from services.uploader.plans import Shape, arrival_key, shape, source_key
from services.uploader.service import Uploader
from services.uploader.show import upload_plan
from services.uploader.tables import Status, Upload, Uploads, Videos
from shared.bus import answers
from shared.errors import Invalid, NotFound, TooLarge
from shared.files import Described, checked
from shared.logs import logger
from shared.messages import NewUpload, OpenUploads, UploadPlans
from shared.storage.objects import OCTETS

log = logger(__name__)

MOST_FILES = 100


@answers(OpenUploads)
async def open_uploads(request: OpenUploads, at: Uploader) -> UploadPlans:
    """Write the videos down and plan their uploads. Asked again it gives the same plans, with URLs that are still good."""

    async def make() -> UploadPlans:
        described = [_checked(file, number, at) for number, file in enumerate(request.files, 1)]
        arrived = await _arrived_before(request, at)
        uploads = await asyncio.gather(
            *(
                _begun(request, new, file, new.video_id in arrived, at)
                for new, file in zip(request.files, described, strict=True)
            )
        )
        await Uploads.add(uploads)
        for upload in uploads:
            metrics.uploads.labels("known" if upload.video_id in arrived else "opened").inc()
            log.info("an upload is opened", video_id=str(upload.video_id), size_bytes=upload.size_bytes)
        return await _plans(uploads, arrived, at)

    if not 1 <= len(request.files) <= MOST_FILES:
        raise Invalid(f"Announce 1 to {MOST_FILES} files at a time; these are {len(request.files)}.")
    plans = await at.outbox.once(request, make)
    if min(plan.expires_at for plan in plans.plans) < datetime.now(UTC) + at.settings.upload_url_lifetime / 2:
        uploads = [await Uploads.of_user(request.user_id, file.video_id) for file in request.files]
        return await _plans(uploads, {plan.video_id for plan in plans.plans if plan.arrived}, at)
    return plans


async def _arrived_before(request: OpenUploads, at: Uploader) -> set[UUID]:
    """Files whose very content the user has in the library: it is copied inside of the store, and nothing has to be sent."""
    arrived = set()
    for new in request.files:
        if new.sha256 is None or new.size_bytes is None:
            continue
        known = await Videos.with_content(request.user_id, new.size_bytes, new.sha256)
        if known is None:
            continue
        try:
            await at.store.copy(known.key, arrival_key(request.user_id, new.video_id))
        except NotFound:
            continue  # Removed from the library at this moment.
        arrived.add(new.video_id)
    return arrived


async def _begun(request: OpenUploads, new: NewUpload, file: Described, arrived: bool, at: Uploader) -> Upload:  # noqa: FBT001
    form = Shape(file.size_bytes, 1) if arrived and file.size_bytes is not None else _shape(file, at)
    key, upload_id = arrival_key(request.user_id, new.video_id), None
    if form.part_count > 1:
        key = source_key(request.user_id, new.video_id)
        upload_id = await at.store.create_multipart(key, file.content_type or OCTETS)
    return Upload(
        video_id=new.video_id,
        user_id=request.user_id,
        batch_id=request.batch_id,
        name=file.name,
        status=Status.WAITING,
        key=key,
        upload_id=upload_id,
        size_bytes=file.size_bytes,
        content_type=file.content_type,
        part_size_bytes=form.part_size_bytes,
        part_count=form.part_count,
        completed_at=None,
    )


async def _plans(uploads: Sequence[Upload], arrived: Collection[UUID], at: Uploader) -> UploadPlans:
    plans = [await upload_plan(upload, at.store, at.settings) for upload in uploads]
    return UploadPlans(plans=tuple(replace(plan, arrived=plan.video_id in arrived) for plan in plans))


def _checked(file: NewUpload, number: int, at: Uploader) -> Described:
    try:
        return checked(file.name, file.size_bytes, file.content_type, at.settings.store_max_object_bytes)
    except (Invalid, TooLarge) as error:
        raise type(error)(f"File {number}: {error}") from None


def _shape(file: Described, at: Uploader) -> Shape:
    return shape(
        file.size_bytes,
        single_put_bytes=at.settings.single_put_bytes,
        part_bytes=at.settings.part_bytes,
        most_bytes=at.settings.store_max_object_bytes,
    )
