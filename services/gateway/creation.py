"""Creating a batch: counted, under ids that are minted once, in two requests that may be repeated."""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from services.gateway.bodies import BatchCreated, NewBatch, NewFile
from services.gateway.library import from_library
from services.gateway.problems import FieldProblem, InvalidFields, TooLargeFields
from services.gateway.service import Gateway
from services.gateway.tables import Allowance, Caller, Creation
from shared.errors import DailiesError, Invalid, QuotaExceeded, TooLarge, Unavailable
from shared.files import checked
from shared.logs import logger
from shared.messages import CancelBatch, CreateBatch, DeleteBatch, NewUpload, NewVideo, OpenUploads, UploadPlans
from shared.names import name_of, paragraphs
from shared.tiers import Limits

log = logger(__name__)

HOUR_S = 3600.0
USUAL_BYTES_PER_S = 1_000_000.0
"""Of a video in 1080p as cameras, phones and screen recorders make it: 8 Mbit/s."""


class Plan(Struct, frozen=True, kw_only=True):
    """The ids of a new batch: the same for every repeat of the request."""

    batch_id: UUID
    create_request: UUID
    upload_request: UUID
    videos: tuple[tuple[UUID, UUID], ...]
    """Id in the batch and in the library, for each video."""


async def create_batch(body: NewBatch, key: str | None, caller: Caller, at: Gateway) -> BatchCreated:
    """Create a batch and open its uploads; a repeat under the same key finishes what was interrupted.

    Raises `Invalid` for a wrong body or a key that was used for another one, `NotFound` and `Conflict` for videos of the
    library that cannot be added, `QuotaExceeded`, `RateLimited` and `Unavailable`.
    When it is refused, nothing of it is left.
    """
    files = files_of(body, caller, at.settings.tiers[caller.tier], at.settings.store_max_object_bytes)
    name = name_of(body.name, what="The batch's name", at_most=100)
    library = await from_library(body.library_ids, caller.user_id, at)
    plan = await _begun(body, len(files) + len(library), key, caller, at)
    uploaded, known = plan.videos[: len(files)], plan.videos[len(files) :]
    try:
        details = await at.ask(
            CreateBatch(
                request_id=plan.create_request,
                user_id=caller.user_id,
                tier=caller.tier,
                concurrency=caller.concurrency,
                batch_id=plan.batch_id,
                name=name,
                description=paragraphs(body.description) or None if body.description else None,
                settings=body.settings,
                priority=body.priority,
                start_when_uploaded=body.start_when_uploaded,
                videos=(
                    *(
                        NewVideo(batch_video_id=batch_video_id, video_id=video_id, name=file.name, size_bytes=file.size)
                        for file, (batch_video_id, video_id) in zip(files, uploaded, strict=True)
                    ),
                    *(
                        replace(video, batch_video_id=batch_video_id)
                        for video, (batch_video_id, _) in zip(library, known, strict=True)
                    ),
                ),
            )
        )
        uploads = UploadPlans(plans=())
        if files:
            uploads = await at.ask(
                OpenUploads(
                    request_id=plan.upload_request,
                    user_id=caller.user_id,
                    batch_id=plan.batch_id,
                    files=tuple(
                        NewUpload(
                            video_id=video_id,
                            name=file.name,
                            size_bytes=file.size,
                            content_type=file.type,
                            sha256=file.sha256,
                        )
                        for file, (_, video_id) in zip(files, uploaded, strict=True)
                    ),
                )
            )
    except DailiesError as error:
        # Interrupted under a key: the repeat goes on from here. Refused, or without a key: nobody would ever go on.
        if key is None or not isinstance(error, Unavailable):
            await _undo(plan, key, caller, at)
        raise
    total = sum(file.size or 0 for file in files)
    return BatchCreated(
        batch_job_id=plan.batch_id,
        batch_job=details.batch_job,
        videos=details.videos,
        upload_urls=tuple(plan.url for plan in uploads.plans),
        uploads=uploads.plans,
        total_size_bytes=total,
        estimated_duration_seconds=round(total / USUAL_BYTES_PER_S, 1),
    )


def files_of(body: NewBatch, caller: Caller, limits: Limits, most_bytes: int) -> tuple[NewFile, ...]:
    """The files of a new batch, each with a normalised name. Raises `Invalid`, `TooLarge` and `QuotaExceeded`."""
    if body.files is not None and body.video_count not in (None, len(body.files)):
        raise Invalid(
            f"video_count is {body.video_count}, but there are {len(body.files)} files; leave video_count out."
        )
    announced = len(body.files) if body.files is not None else body.video_count or 0
    count = announced + len(set(body.library_ids))
    if count == 0:
        raise Invalid(
            f"A batch needs at least one video: name the files (your tier, {caller.tier}, allows {limits.videos_per_batch})."
        )
    if announced == 0 and body.start_when_uploaded:
        raise Invalid("start_when_uploaded has no upload to wait for: every video is in the library; start the batch.")
    if count > limits.videos_per_batch:
        raise QuotaExceeded(
            f"Your tier ({caller.tier}) allows {limits.videos_per_batch} videos in a batch; this one has {count}."
        )
    if body.priority is not None and body.priority > limits.default_priority:
        raise Invalid(f"priority may be at most {limits.default_priority} in your tier ({caller.tier}).")
    if body.files is None:
        return tuple(NewFile(name=f"Video {number}") for number in range(1, announced + 1))
    return _checked_files(body.files, most_bytes)


def _checked_files(announced: tuple[NewFile, ...], most_bytes: int) -> tuple[NewFile, ...]:
    files, wrong, too_large = [], [], []
    for position, file in enumerate(announced):
        try:
            name = checked(file.name, file.size, file.type, most_bytes).name
            files.append(msgspec.structs.replace(file, name=name))
        except Invalid as error:
            wrong.append(FieldProblem(field=f"files[{position}]", detail=str(error)))
        except TooLarge as error:
            too_large.append(FieldProblem(field=f"files[{position}]", detail=str(error)))
    if wrong:
        raise InvalidFields((*wrong, *too_large))
    if too_large:
        raise TooLargeFields(tuple(too_large))
    return tuple(files)


async def count_creation(caller: Caller, at: Gateway) -> None:
    """Count a new batch against the user's hour. Raises `RateLimited` when the tier allows no more."""
    at_most = at.settings.tiers[caller.tier].batches_per_hour
    sentence = f"Your tier ({caller.tier}) allows {at_most} new batches within an hour; try again later."
    await Allowance.take(_subject(caller), at_most, HOUR_S, sentence)


async def _begun(body: NewBatch, count: int, key: str | None, caller: Caller, at: Gateway) -> Plan:
    """The plan of a new creation, which is counted, or that of an earlier one under the same key, which is not again."""
    plan = Plan(
        batch_id=uuid.uuid4(),
        create_request=uuid.uuid4(),
        upload_request=uuid.uuid4(),
        videos=tuple((uuid.uuid4(), uuid.uuid4()) for _ in range(count)),
    )
    fingerprint = hashlib.sha256(msgspec.json.encode(body)).digest()
    async with at.engine.transaction():
        if key is None or await Creation.begin(caller.user_id, key, fingerprint, plan):
            await count_creation(caller, at)
            return plan
        known = await Creation.known(caller.user_id, key)
    if known is None:
        raise Unavailable("The first request under this Idempotency-Key was just refused; send it again.")
    if known[0] != fingerprint:
        raise Invalid("This Idempotency-Key was used for another batch; use a new key for a new request.")
    return msgspec.json.decode(known[1], type=Plan)


async def _undo(plan: Plan, key: str | None, caller: Caller, at: Gateway) -> None:
    """Leave nothing behind of a creation that was refused: no batch, no uploads, nothing counted."""
    with contextlib.suppress(DailiesError):  # most often it is not there at all
        await at.ask(CancelBatch(request_id=uuid.uuid4(), user_id=caller.user_id, batch_id=plan.batch_id))
        await at.ask(DeleteBatch(request_id=uuid.uuid4(), user_id=caller.user_id, batch_id=plan.batch_id))
    async with at.engine.transaction():
        if key is not None:
            await Creation.forget(caller.user_id, key)
        await Allowance.give_back(_subject(caller))


def _subject(caller: Caller) -> str:
    return f"batches:{caller.user_id}"
