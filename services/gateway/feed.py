"""The feed: follows the live and the log stream once for all watchers of this process, and tells them what is new."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncGenerator
from uuid import UUID

import msgspec
from msgspec import Struct

from services.gateway.estimates import Estimates
from services.gateway.links import export_with_link, exports_with_links, video_with_link, with_links
from services.gateway.live import LiveValues
from services.gateway.settings import GatewaySettings
from services.gateway.sse import START, Subject, Watcher, written
from services.gateway.stream_events import (
    UPDATES,
    BatchSnapshot,
    LiveEvent,
    NoticesEvent,
    UserSnapshot,
    live_event,
    state_event,
)
from shared.bus import Bus
from shared.errors import NotFound, RateLimited, Unavailable
from shared.logs import logger
from shared.messages import (
    BatchChanged,
    BatchUpdate,
    ExportChanged,
    GetBatch,
    ListBatches,
    ListExports,
    NoticesChanged,
    Update,
    VideoChanged,
    VideoProgressed,
)
from shared.storage import ObjectStore
from shared.streams import StreamFacts, follow

log = logger(__name__)

LIVE, LOG = "LIVE", "LOG"
KEEP_ALIVE_S = 15.0
MOST_S = 3600.0
"""After an hour a client has to connect again, which also shows whether it is still signed in."""
BATCHES_IN_SNAPSHOT = 100


class Logged(Struct, kw_only=True):
    """A message of the log stream, kept for clients that come back."""

    sequence: int
    user_id: UUID
    batch_id: UUID | None
    """None for what is about the user."""
    update: BatchChanged | VideoChanged | ExportChanged | NoticesChanged
    event: bytes | None = None
    """As it is sent; written when somebody wants it, once for all."""


class Feed:
    """What happens, for everybody who watches."""

    def __init__(self, bus: Bus, store: ObjectStore, settings: GatewaySettings) -> None:
        self.bus = bus
        self.store = store
        self.settings = settings
        self.values = LiveValues(settings.live_batches)
        self.estimates = Estimates(bus, settings.patience_s)
        self.epoch = ""
        self.sequence = 0
        self.caught_up = asyncio.Event()
        """Set when everything was read that the log held at the start."""
        self._goal = 0
        self._reconnects = 0
        self._unsure = -1
        """Up to this sequence something may be missing from the log."""
        self._log: deque[Logged] = deque()
        self._log_of: defaultdict[UUID, deque[Logged]] = defaultdict(deque)
        self.watchers: defaultdict[UUID, set[Watcher]] = defaultdict(set)

    async def run(self) -> None:
        """Follow both streams until cancelled."""
        async with asyncio.TaskGroup() as together:
            together.create_task(follow(self.bus, LIVE, lambda facts: 0, self._take_live))
            together.create_task(follow(self.bus, LOG, self._begin_log, self._take_log))

    def close(self) -> None:
        """Let go of all watchers."""
        for watchers in self.watchers.values():
            for watcher in watchers:
                watcher.give_up()

    async def watch(
        self, user_id: UUID, batch_id: UUID | None, last_event_id: str | None
    ) -> AsyncGenerator[bytes, None]:
        """Events for one client, as they are sent. Raises `NotFound` when the batch is not the user's."""
        if batch_id is not None:
            try:
                await self.bus.ask(GetBatch(user_id=user_id, batch_id=batch_id), self.settings.patience_s)
            except Unavailable:
                # Its subjects carry the user's id, so that nobody hears of other people's batches; and a browser that got an
                # error now would never come back by itself.
                log.info("a watcher waits for the scheduler", batch_id=str(batch_id))
        if len(self.watchers.get(user_id, ())) >= self.settings.watchers_per_user:
            raise RateLimited("Too many event streams are open; close some of them first.", 10)
        return self._events(Watcher(user_id, batch_id, self.settings.watcher_bytes), last_event_id)

    async def _events(self, watcher: Watcher, last_event_id: str | None) -> AsyncGenerator[bytes, None]:
        loop = asyncio.get_running_loop()
        until = loop.time() + MOST_S
        # Registered before the snapshot is taken: whatever changes from now on is in it or comes after it.
        self.watchers[watcher.user_id].add(watcher)
        try:
            yield START
            missed = await self._missed(watcher, last_event_id)
            yield missed if missed is not None else await self._snapshot(watcher)
            while loop.time() < until and (events := await watcher.next(KEEP_ALIVE_S)):
                yield events
                if watcher.unsure:
                    yield await self._snapshot(watcher)
        except (Unavailable, NotFound) as error:
            log.info("a watcher has to come back", error=str(error))
        finally:
            watchers = self.watchers[watcher.user_id]
            watchers.discard(watcher)
            if not watchers:
                del self.watchers[watcher.user_id]

    async def _missed(self, watcher: Watcher, last_event_id: str | None) -> bytes | None:
        """What came after an event id, then the last live values; None when that cannot be told any more."""
        epoch, _, number = (last_event_id or "").rpartition("-")
        if epoch != self.epoch or not number.isascii() or not number.isdigit() or len(number) > 19:
            return None
        after = int(number)
        oldest = self._log[0].sequence if self._log else self.sequence + 1
        if not max(oldest - 1, self._unsure + 1) <= after <= self.sequence:
            return None
        newer: list[Logged] = []
        for logged in reversed(self._log_of.get(watcher.user_id, ())):
            if logged.sequence <= after:
                break
            if watcher.wants(logged.batch_id):
                newer.append(logged)
        about = {logged.batch_id for logged in newer} if watcher.batch_id is None else {watcher.batch_id}
        batch_ids = [batch_id for batch_id in about if batch_id is not None]
        live = [written(self._live_event(update)) for update in self.values.last(batch_ids)]
        told = b"".join([*[await self._event(logged) for logged in reversed(newer)], *live])
        return told if len(told) <= self.settings.watcher_bytes else None

    async def _snapshot(self, watcher: Watcher) -> bytes:
        event_id = f"{self.epoch}-{self.sequence}"
        user_id, batch_id = watcher.user_id, watcher.batch_id
        if batch_id is None:
            page = await self.bus.ask(ListBatches(user_id=user_id, limit=BATCHES_IN_SNAPSHOT), self.settings.patience_s)
            revisions = {(job.id, job.id): job.revision for job in page.batch_jobs}
            live = self.values.last(job.id for job in page.batch_jobs)
            snapshot: UserSnapshot | BatchSnapshot = UserSnapshot(
                batch_jobs=tuple(self.values.job(job) for job in page.batch_jobs),
                live=tuple(self._live_event(update) for update in live),
            )
        else:
            stored, exports = await asyncio.gather(
                self.bus.ask(GetBatch(user_id=user_id, batch_id=batch_id), self.settings.patience_s),
                self.bus.ask(ListExports(user_id=user_id, batch_id=batch_id), self.settings.patience_s),
            )
            details = await with_links(self.values.details(stored), self.store)
            exports = await exports_with_links(exports, self.store)
            revisions = {
                (batch_id, batch_id): stored.batch_job.revision,
                **{(batch_id, video.video_id): video.revision for video in stored.videos},
                **{(batch_id, export.id): export.revision for export in exports.exports},
            }
            snapshot = BatchSnapshot(
                batch_job=details.batch_job,
                videos=details.videos,
                exports=tuple(self.values.export(export) for export in exports.exports),
                live=tuple(self._live_event(update) for update in self.values.last([batch_id])),
            )
        watcher.shown(revisions)
        return written(snapshot, event_id)

    def _begin_log(self, facts: StreamFacts) -> int:
        """Go on after what was read last, or begin anew when that is not possible."""
        if facts.epoch != self.epoch or not facts.first - 1 <= self.sequence <= facts.last:
            if self.epoch:
                log.warning("the log stream was interrupted; every watcher starts over", epoch=facts.epoch)
                self.close()
            self.epoch = facts.epoch
            self._log.clear()
            self._log_of.clear()
            self.sequence = max(facts.first - 1, facts.last - self.settings.log_events, 0)
        if self.bus.reconnects != self._reconnects:
            self._doubt()
        self._goal = facts.last
        self._see_whether_caught_up()
        return self.sequence

    def _doubt(self) -> None:
        """NATS was away. What was said as it went is in no stream, and of an end nothing is said again: show how things stand."""
        self._reconnects = self.bus.reconnects
        self._unsure = self.sequence
        for watchers in self.watchers.values():
            for watcher in watchers:
                watcher.doubt()

    def _see_whether_caught_up(self) -> None:
        if self.sequence >= self._goal:
            self.caught_up.set()

    async def _take_log(self, sequence: int, subject: str, data: bytes) -> None:
        update = _update(subject, data)
        if isinstance(update, BatchChanged | VideoChanged | ExportChanged):
            news = self.values.accept(update)
            if news:
                await self._tell(self._keep(_logged(sequence, update, update.batch_id)))
            for live in news[1:]:
                self._tell_live(live)
        elif isinstance(update, NoticesChanged):
            await self._tell(self._keep(_logged(sequence, update, None)))
        # Only now: an event id stands for everything up to it.
        self.sequence = sequence
        self._see_whether_caught_up()

    def _keep(self, logged: Logged) -> Logged:
        self._log.append(logged)
        self._log_of[logged.user_id].append(logged)
        if len(self._log) > self.settings.log_events:
            oldest = self._log.popleft()
            of_user = self._log_of[oldest.user_id]
            of_user.popleft()
            if not of_user:
                del self._log_of[oldest.user_id]
        return logged

    async def _tell(self, logged: Logged) -> None:
        update = logged.update
        subject: Subject = (logged.user_id, logged.user_id)
        revision = 0
        if not isinstance(update, NoticesChanged):
            subject, revision = (update.batch_id, update.about_id), update.revision
        for watcher in list(self.watchers.get(logged.user_id, ())):
            if watcher.wants(logged.batch_id):
                watcher.state(subject, revision, await self._event(logged))

    async def _event(self, logged: Logged) -> bytes:
        if logged.event is None:
            logged.event = written(await self._shown(logged.update), f"{self.epoch}-{logged.sequence}")
        return logged.event

    async def _shown(self, update: BatchChanged | VideoChanged | ExportChanged | NoticesChanged) -> Struct:
        match update:
            case NoticesChanged():
                return NoticesEvent(unread=update.unread, notice=update.notice)
            case BatchChanged(batch_job=job):
                return state_event(self.estimates.job(self.values.job(job)))
            case VideoChanged(video=video):
                return state_event(await video_with_link(self.values.video(video), self.store))
            case ExportChanged(export=export):
                return state_event(await export_with_link(self.values.export(export), self.store))

    async def _take_live(self, _sequence: int, subject: str, data: bytes) -> None:
        if isinstance(update := _update(subject, data), BatchUpdate):
            for news in self.values.accept(update):
                self._tell_live(news)

    def _tell_live(self, update: BatchUpdate) -> None:
        watchers = [watcher for watcher in self.watchers.get(update.user_id, ()) if watcher.wants(update.batch_id)]
        if watchers:
            event = written(self._live_event(update))
            for watcher in watchers:
                watcher.live((update.batch_id, update.about_id), update.kind, event)

    def _live_event(self, update: BatchUpdate) -> LiveEvent:
        running = isinstance(update, VideoProgressed)
        return live_event(update, self.estimates.of(update.user_id, update.batch_id) if running else None)


def _logged(
    sequence: int, update: BatchChanged | VideoChanged | ExportChanged | NoticesChanged, batch_id: UUID | None
) -> Logged:
    return Logged(sequence=sequence, user_id=update.user_id, batch_id=batch_id, update=update)


def _update(subject: str, data: bytes) -> Update | None:
    """The update in a message; None for one that this version does not know."""
    stream, _, rest = subject.partition(".")
    kind = UPDATES.get((stream, rest.rpartition(".")[2]))
    if kind is None:
        return None
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        log.warning("an update cannot be read", subject=subject, error=str(error))
        return None
