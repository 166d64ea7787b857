"""The exporter's connections, which every handler gets as its second argument."""

from __future__ import annotations

from datetime import timedelta

from services.exporter.settings import ExporterSettings
from services.exporter.tables import TABLES
from shared.bus import Bus
from shared.database import Database, open_database
from shared.outbox import Outbox
from shared.scratch import Scratch
from shared.storage import ObjectStore, open_store
from shared.work import Work


class Exporter:
    """One process of the exporter."""

    def __init__(
        self, settings: ExporterSettings, worker: str, engine: Database, bus: Bus, work: Work, store: ObjectStore
    ) -> None:
        self.settings = settings
        self.worker = worker
        self.engine = engine
        self.bus = bus
        self.work = work
        self.store = store
        self.scratch = Scratch(settings.scratch_folder)
        self.outbox = Outbox(engine, work)

    @classmethod
    async def open(cls, settings: ExporterSettings, worker: str) -> Exporter:
        """Connect everything. Raises `Unavailable` when PostgreSQL or NATS is not there."""
        store = open_store(settings)
        engine = await open_database(settings.database_url, TABLES)
        bus = await Bus.connect(settings.nats_url, worker)
        return cls(settings, worker, engine, bus, Work(settings.rabbitmq_url), store)

    async def close(self) -> None:
        """Let go of everything; unfinished exports go back to their queue."""
        await self.work.stop()
        await self.store.close()
        await self.bus.close()
        await self.engine.close_connection_pool()
        self.scratch.close()

    @property
    def keep(self) -> timedelta:
        """For how long a deliverable stays after its last use."""
        return timedelta(hours=self.settings.deliverable_hours)
