"""An uploader in this process, on real servers, with nothing in its tables and an empty store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from services.uploader.app import ANSWERS
from services.uploader.arrivals import Arrivals
from services.uploader.endpoint import Endpoint
from services.uploader.service import UploaderWorker
from services.uploader.serving import serve
from services.uploader.settings import UploaderSettings
from services.uploader.tables import TABLES
from shared.bus import Bus
from shared.database import open_database
from shared.outbox import Outbox
from shared.running import Lifetime
from shared.scratch import Scratch
from shared.storage import LocalStore, open_store
from shared.work import Work
from stack.local import LocalStack
from tests.media import tone, video

KIB = 1024


@pytest.fixture(scope="session")
def migrated(servers: LocalStack) -> LocalStack:
    """Servers with the uploader's schema."""
    servers.migrate("uploader")
    return servers


@pytest.fixture
def settings(migrated: LocalStack, settings_of: Callable[..., UploaderSettings], tmp_path: Path) -> UploaderSettings:
    """Small parts, so that small files are sent in several."""
    return settings_of(
        UploaderSettings,
        "uploader.worker",
        store_folder=tmp_path / "store",
        store_reserve_bytes=0,
        scratch_folder=tmp_path / "scratch",
        store_max_object_bytes=8 * KIB * KIB,
        single_put_bytes=64 * KIB,
        part_bytes=32 * KIB,
        idle_connection_s=1,
        probe_lease_s=3,
    )


@pytest.fixture
async def uploader(migrated: LocalStack, settings: UploaderSettings) -> AsyncIterator[UploaderWorker]:
    """The uploader's connections. It answers and serves its store, but nothing happens by itself: a test awaits what it wants."""
    migrated.sql("truncate uploader.videos, uploader.outbox, uploader.answered cascade")
    engine = await open_database(settings.database_url, TABLES)
    bus = await Bus.connect(settings.nats_url, "test")
    work = Work(settings.rabbitmq_url)
    outbox = Outbox(engine, work)
    store = open_store(settings)
    assert isinstance(store, LocalStore)
    scratch = Scratch(settings.scratch_folder)
    at = UploaderWorker(
        settings=settings, engine=engine, bus=bus, work=work, outbox=outbox, store=store, scratch=scratch
    )
    lifetime = Lifetime("test")
    endpoint = Endpoint(store, Arrivals(bus, outbox, store), patience_s=settings.idle_connection_s)
    store.url = f"http://127.0.0.1:{await serve(endpoint, '127.0.0.1', 0, lifetime)}"
    await bus.serve(ANSWERS, at)
    yield at
    lifetime.stopping.set()
    await lifetime.until_stopped()
    await at.close()
    scratch.close()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client that knows nothing of the store but URLs."""
    async with httpx.AsyncClient(timeout=20) as client:
        yield client


@pytest.fixture
def user() -> UUID:
    """Somebody."""
    return uuid4()


@pytest.fixture(scope="session")
def film(media: Path) -> bytes:
    """A short real video, large enough for several parts."""
    return video(media / "uploaded.mp4", sound=tone(2.0)).read_bytes()
