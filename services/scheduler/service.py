"""The scheduler's connections, which every answer and handler gets as its second argument."""

from __future__ import annotations

from uuid import UUID

from services.scheduler import events
from services.scheduler.changes import change
from services.scheduler.dispatch import Dispatcher
from services.scheduler.events import BatchEvent
from services.scheduler.outlook import Outlooks
from services.scheduler.presence import Presence
from services.scheduler.settings import SchedulerSettings
from services.scheduler.state import BatchState
from services.scheduler.tables import TABLES
from shared.bus import Bus
from shared.database import Database, open_database
from shared.outbox import Outbox
from shared.running import Lifetime
from shared.work import Work


class Scheduler:
    """One process of the scheduler. Its app and its worker have the same connections; either may dispatch."""

    def __init__(self, settings: SchedulerSettings, engine: Database, bus: Bus, work: Work) -> None:
        self.settings = settings
        self.engine = engine
        self.bus = bus
        self.work = work
        self.outbox = Outbox(engine, work)
        self.presence = Presence(settings.worker_gone_s)
        self.outlooks = Outlooks(self.presence)
        self.dispatcher = Dispatcher(self.outbox, self.presence, self.bus)
        self.presence.on_change(self.dispatcher.wake)

    @classmethod
    async def open(cls, settings: SchedulerSettings, lifetime: Lifetime) -> Scheduler:
        """Connect everything and start what runs by itself."""
        engine = await open_database(settings.database_url, TABLES)
        bus = await Bus.connect(settings.nats_url, lifetime.process)
        at = cls(settings, engine, bus, Work(settings.rabbitmq_url))
        await bus.listen("workers.>", at.presence.hear)
        lifetime.background(at.outbox.send_for_ever())
        lifetime.background(at.dispatcher.dispatch_for_ever())
        return at

    async def change(self, batch_id: UUID, event: BatchEvent, user_id: UUID | None = None) -> BatchState:
        """The batch after an event, with all that follows from it. Raises `NotFound` and `Conflict` as `changes.change` does."""
        async with self.outbox.change():
            batch = await change(self.outbox, self.bus, batch_id, event, user_id, self.settings.tiers)
            # Not before the commit: the dispatcher would look, see nothing new, and go back to sleep.
            if not isinstance(event, events.Claimed | events.StageReached):
                self.outbox.after_commit(self._wake)
        return batch

    async def _wake(self) -> None:
        self.dispatcher.wake()

    async def close(self) -> None:
        """Let go of everything."""
        await self.work.stop()
        await self.bus.close()
        await self.engine.close_connection_pool()
