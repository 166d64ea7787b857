"""What a process of the gateway is connected to."""

from __future__ import annotations

from typing import TypeVar

from services.gateway.feed import Feed
from services.gateway.provider import Provider
from services.gateway.sealing import Seal
from services.gateway.settings import GatewaySettings
from services.gateway.tables import TABLES
from shared.bus import Bus
from shared.database import Database, open_database
from shared.messages import Asked
from shared.outbox import Outbox
from shared.running import Lifetime
from shared.storage import open_store
from shared.work import Work

A = TypeVar("A")


class Gateway:
    """The connections of one gateway process, handed to every route."""

    def __init__(self, settings: GatewaySettings, engine: Database, bus: Bus, work: Work) -> None:
        self.settings = settings
        self.engine = engine
        self.bus = bus
        self.work = work
        self.outbox = Outbox(engine, work)
        self.store = open_store(settings)
        self.feed = Feed(bus, self.store, settings)
        self.provider = Provider(settings)
        self.seal = Seal(settings.encryption_keys)

    @classmethod
    async def open(cls, settings: GatewaySettings, lifetime: Lifetime) -> Gateway:
        """Connect everything and start what runs by itself."""
        engine = await open_database(settings.database_url, TABLES)
        bus = await Bus.connect(settings.nats_url, lifetime.process)
        at = cls(settings, engine, bus, Work(settings.rabbitmq_url))
        lifetime.background(at.outbox.send_for_ever())
        return at

    async def ask(self, asked: Asked[A], timeout_s: float | None = None) -> A:
        """Ask another service. Raises the error that it raised, or `Unavailable` when it does not answer in time."""
        return await self.bus.ask(asked, timeout_s or self.settings.patience_s)

    async def close(self) -> None:
        """Let go of everything."""
        await self.work.stop()
        await self.store.close()
        await self.bus.close()
        await self.engine.close_connection_pool()
