"""What the uploader is told to do over RabbitMQ."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from services.uploader import metrics
from services.uploader.inspection import Inspected, inspected
from services.uploader.plans import prefix_of
from services.uploader.service import UploaderWorker
from services.uploader.tables import Probe, Probes, Upload, Uploads, Videos
from shared.database import patiently
from shared.errors import DailiesError, OutOfSpace, PermanentFailure, TransientFailure, Unavailable
from shared.logs import logger
from shared.messages import DeleteSource, ProbeVideo, VideoRejected, VideoUploaded
from shared.work import handles

log = logger(__name__)

MOST_ATTEMPTS = 5
"""So often may an inspection end its worker, or fail for a reason that nobody foresaw."""

FOR_NOW = (Unavailable, OutOfSpace, ConnectionError, TimeoutError)
"""What has nothing to do with the file: tried again without limit."""


@handles(ProbeVideo, retries=0)
async def probe_video(command: ProbeVideo, at: UploaderWorker) -> None:
    """Claim the inspection; read the file once; then say what it is, or why it is refused."""
    # A message is not handed out twice: dropped because the database is away, it would be missed for minutes.
    probe = await patiently(lambda: Probes.claim(command.video_id, at.settings.probe_lease_s))
    upload = await patiently(lambda: Uploads.known(command.video_id))
    if probe is None or upload is None:
        return None
    if probe.attempts > MOST_ATTEMPTS:
        sentence = "Looking into this file went wrong too often; convert it, then upload it again."
        return await _reject(upload, probe, "inspection_failed", sentence, at)
    try:
        async with _leased(probe, at):
            with at.scratch.room() as room, metrics.inspection_seconds.time():
                found = await inspected(upload, at.store, room)
            await _accept(upload, probe, found, at)
    except PermanentFailure as failure:
        await _reject(upload, probe, failure.code, str(failure), at)
    except FOR_NOW as failure:
        metrics.inspections.labels("again", failure.code if isinstance(failure, DailiesError) else "unreachable").inc()
        log.warning("an inspection is tried again", error=str(failure))
        await patiently(lambda: Probes.release(probe, 5.0, count=False))
    except asyncio.CancelledError:
        # This worker ends: the next one may begin at once.
        await asyncio.shield(Probes.release(probe, 0.0, count=False))
        raise
    except TransientFailure as failure:
        metrics.inspections.labels("again", failure.code).inc()
        # It may be the machine's, but a file that eats all memory there is must not come back for ever.
        log.warning("an inspection failed for now", error=str(failure))
        await patiently(lambda: Probes.release(probe, 4.0**probe.attempts / 2, count=True))
    except Exception:
        metrics.inspections.labels("again", "internal").inc()
        log.exception("an inspection failed")
        await patiently(lambda: Probes.release(probe, 4.0**probe.attempts / 2, count=True))


@asynccontextmanager
async def _leased(probe: Probe, at: UploaderWorker) -> AsyncIterator[None]:
    """Renew the lease for as long as the block takes. A lost one shows at the end, where the token does not count any more."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(at.settings.probe_lease_s / 3)
            try:
                if not await Probes.renew(probe, at.settings.probe_lease_s):
                    return
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("a lease was not renewed", error=str(error))

    renewal = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewal.cancel()


async def _accept(upload: Upload, probe: Probe, found: Inspected, at: UploaderWorker) -> None:
    async with at.outbox.change():
        if await Probes.end(probe) and await Videos.make_ready(
            upload.video_id, found.source, found.facts, found.thumbnail_key, found.sha256
        ):
            await at.outbox.add(VideoUploaded(video_id=upload.video_id, source=found.source, facts=found.facts))
            metrics.inspections.labels("accepted", "").inc()
            log.info("an upload is inspected", duration_s=round(found.facts.duration_s, 3))
    if await Videos.known(upload.video_id) is None:
        # Deleted meanwhile, and what this run stored after that is nobody's.
        await at.store.delete_prefix(prefix_of(upload.user_id, upload.video_id))
    elif upload.key != found.source.key:
        await at.store.delete(upload.key)


async def _reject(upload: Upload, probe: Probe, code: str, reason: str, at: UploaderWorker) -> None:
    async with at.outbox.change():
        if not (await Probes.end(probe) and await Videos.reject(upload.video_id, code, reason)):
            return
        await at.outbox.add(VideoRejected(video_id=upload.video_id, code=code, reason=reason))
    metrics.inspections.labels("rejected", code).inc()
    log.info("an upload is rejected", code=code)
    await remove_objects(upload, at)


async def remove_objects(upload: Upload, at: UploaderWorker) -> None:
    """Remove all that the store has of a video, begun uploads too."""
    prefix = prefix_of(upload.user_id, upload.video_id)
    if upload.upload_id is not None:
        await at.store.abort_multipart(upload.key, upload.upload_id)
    await at.store.delete_prefix(prefix)


@handles(DeleteSource)
async def delete_source(command: DeleteSource, at: UploaderWorker) -> None:
    """Forget a video and remove its objects. Told twice, or of a video of somebody else, it changes nothing more."""
    known = await Videos.known(command.video_id)
    if known is not None and known.user_id != command.user_id:
        log.warning("a video was to be deleted for somebody who does not own it", video_id=str(command.video_id))
        return
    await Videos.forget(command.user_id, command.video_id)
    prefix = prefix_of(command.user_id, command.video_id)
    begun = [upload async for upload in at.store.list_multiparts(prefix)]
    for upload in begun:
        await at.store.abort_multipart(upload.key, upload.upload_id)
    await at.store.delete_prefix(prefix)
