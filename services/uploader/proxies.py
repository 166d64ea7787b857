"""Copies of videos that browsers cannot play: made when somebody wants to watch one, and never before."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import asyncpg

from services.uploader import proxy
from services.uploader.handlers import FOR_NOW
from services.uploader.plans import proxy_key
from services.uploader.service import Uploader, UploaderWorker
from services.uploader.show import proxy_view
from services.uploader.tables import LibraryVideo, Making, Proxies, Status, Videos
from shared.bus import answers
from shared.database import patiently
from shared.errors import Conflict, NotFound, PermanentFailure, TransientFailure
from shared.library import VideoProxy
from shared.logs import logger
from shared.media import MediaFacts, StoredObject
from shared.messages import MakeProxy, RequestProxy
from shared.work import handles

log = logger(__name__)

MOST_ATTEMPTS = 3
"""So often may the making of a copy end its worker, or fail for a reason that nobody foresaw."""
RENEW_S = 2.0
"""How often it is told how far a copy is. Whoever waits for it looks as often."""


@answers(RequestProxy)
async def request_proxy(request: RequestProxy, at: Uploader) -> VideoProxy:
    """Want a copy, unless there is one. Raises `Conflict` when the video is not ready, or too many are in the making."""

    async def make() -> VideoProxy:
        video = await Videos.of_user(request.user_id, request.video_id)
        if video.status is not Status.READY:
            raise Conflict(f"{video.name!r} can be played once it was uploaded and checked.")
        under_way = await Proxies.under_way(video.user_id)
        if await Proxies.want(video.id, at.settings.probe_patience_s):
            if under_way >= at.settings.proxies_at_once:
                raise Conflict(f"{under_way} of your videos are being prepared for playing; wait until one is done.")
            await at.outbox.add(MakeProxy(video_id=video.id))
        wanted = await Proxies.of(video.id)
        assert wanted is not None
        return await proxy_view(wanted, at.store, at.settings)

    return await at.outbox.once(request, make)


@handles(MakeProxy, retries=0)
async def make_proxy(command: MakeProxy, at: UploaderWorker) -> None:
    """Claim the copy; make it; store it under the claim's token; then say that it is there."""
    making = await patiently(lambda: Proxies.claim(command.video_id, at.settings.proxy_lease_s))
    video = await patiently(lambda: Videos.known(command.video_id))
    if making is None or video is None or video.source is None or video.facts is None:
        return None
    if making.attempts > MOST_ATTEMPTS:
        return await Proxies.give_up(
            making, "Preparing this video for playing went wrong too often; download it instead."
        )
    try:
        stored = await _Making(making, video, video.source, video.facts, at).held()
    except (PermanentFailure, NotFound) as failure:
        reason = str(failure)
        await patiently(lambda: Proxies.give_up(making, reason))
    except FOR_NOW as failure:
        log.warning("a proxy is tried again", error=str(failure))
        await patiently(lambda: Proxies.release(making, 5.0, count=False))
    except asyncio.CancelledError:
        await asyncio.shield(Proxies.release(making, 0.0, count=False))
        raise
    except Exception as failure:
        if isinstance(failure, TransientFailure):
            log.warning("a proxy failed for now", error=str(failure))
        else:
            log.exception("a proxy failed")
        await patiently(lambda: Proxies.release(making, 4.0**making.attempts, count=True))
    else:
        if stored and not await patiently(lambda: Proxies.make_ready(making, stored.key, stored.size_bytes)):
            await at.store.delete(stored.key)


class _Making:
    """A copy in the making, which lasts as long as its lease."""

    def __init__(
        self, making: Making, video: LibraryVideo, source: StoredObject, facts: MediaFacts, at: UploaderWorker
    ) -> None:
        self.making, self.video, self.source, self.facts, self.at = making, video, source, facts, at
        self.share = 0.0

    async def held(self) -> StoredObject | None:
        """Make it and renew the lease; None when that is lost, or the video is gone: then everything is stopped at once."""
        work: Coroutine[Any, Any, StoredObject] = self._made()
        doing = asyncio.create_task(work)
        try:
            while not (await asyncio.wait({doing}, timeout=RENEW_S))[0]:
                if not await self._renewed():
                    return None
            return doing.result()
        finally:
            doing.cancel()
            await asyncio.wait({doing})

    async def _renewed(self) -> bool:
        try:
            return await Proxies.renew(self.making, self.at.settings.proxy_lease_s, int(self.share * 100))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("a lease was not renewed", error=str(error))
            return True

    async def _made(self) -> StoredObject:
        with self.at.scratch.room() as room:
            file, copy = room / "source", room / "proxy.mp4"
            await self.at.store.fetch(self.source.key, file)
            await proxy.encode(file, self.facts, copy, self._tell)
            key = proxy_key(self.video.user_id, self.video.id, self.making.token)
            return await self.at.store.put_file(key, copy, proxy.CONTENT_TYPE)

    def _tell(self, share: float) -> None:
        self.share = share
