"""What a process of the uploader is connected to: the second argument of every answer and handler."""

from __future__ import annotations

from msgspec import Struct

from services.uploader.settings import UploaderSettings
from services.uploader.tables import TABLES
from shared.bus import Bus
from shared.database import Database, open_database
from shared.outbox import Outbox
from shared.running import Lifetime
from shared.scratch import Scratch
from shared.settings import SettingsError
from shared.storage import ObjectStore, S3Store, open_store
from shared.work import Work

LEAST_PART = 5 * 1024 * 1024
"""The smallest part that S3 takes, except for the last."""


class Uploader(Struct, frozen=True, kw_only=True):
    """The connections of one process."""

    settings: UploaderSettings
    engine: Database
    bus: Bus
    work: Work
    outbox: Outbox
    store: ObjectStore

    async def close(self) -> None:
        """Let go of everything."""
        await self.work.stop()
        await self.store.close()
        await self.bus.close()
        await self.engine.close_connection_pool()


class UploaderWorker(Uploader, frozen=True, kw_only=True):
    """The connections of a worker, and its place for files in work."""

    scratch: Scratch


async def connect(settings: UploaderSettings, lifetime: Lifetime) -> Uploader:
    """Connect everything, and send what waits in the outbox from now on.

    Raises `Unavailable` when a server is missing, and `SettingsError` when the store is not set up.
    """
    store = open_store(settings)
    if isinstance(store, S3Store) and settings.part_bytes < LEAST_PART:
        raise SettingsError(
            f"DAILIES_PART_BYTES is {settings.part_bytes}; S3 takes no parts of less than {LEAST_PART}."
        )
    await store.prepare()
    engine = await open_database(settings.database_url, TABLES)
    bus = await Bus.connect(settings.nats_url, lifetime.process)
    work = Work(settings.rabbitmq_url)
    outbox = Outbox(engine, work)
    lifetime.background(outbox.send_for_ever())
    return Uploader(settings=settings, engine=engine, bus=bus, work=work, outbox=outbox, store=store)
