"""An exporter in this process, on real servers and a store of its own, with nothing in its tables."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from services.exporter.service import Exporter
from services.exporter.settings import ExporterSettings
from shared.bus import Bus
from shared.storage import LocalStore
from stack.local import LocalStack
from tests.claims_desk import ClaimsDesk
from tests.exporter.gates import Gated


@pytest.fixture(scope="session")
def migrated(servers: LocalStack) -> LocalStack:
    """Servers with the exporter's schema."""
    servers.migrate("exporter")
    return servers


@pytest.fixture
async def exporter(
    migrated: LocalStack, settings_of: Callable[..., ExporterSettings], tmp_path: Path
) -> AsyncIterator[Exporter]:
    """The exporter's connections. Nothing runs by itself: a test awaits what it wants to happen."""
    migrated.sql("truncate exporter.deliverables, exporter.outbox cascade")
    settings = settings_of(
        ExporterSettings,
        "exporter.worker",
        store_folder=tmp_path / "store",
        store_reserve_bytes=0,
        builder_patience_s=5,
    )
    at = await Exporter.open(settings, "exporter-under-test")
    yield at
    await at.close()


@pytest.fixture
def store(exporter: Exporter) -> LocalStore:
    """The exporter's store."""
    assert isinstance(exporter.store, LocalStore)
    return exporter.store


@pytest.fixture
def gate(exporter: Exporter, store: LocalStore) -> Gated:
    """The exporter's store again, with a gate that stops whoever reads a video."""
    gated = Gated(store.folder.root, store.url, store.keys)
    exporter.store = gated
    return gated


@pytest.fixture
async def desk(migrated: LocalStack, settings_of: Callable[..., ExporterSettings]) -> AsyncIterator[ClaimsDesk]:
    """Somebody who grants claims."""
    bus = await Bus.connect(settings_of(ExporterSettings, "exporter.worker").nats_url, "desk")
    desk = ClaimsDesk(bus)
    await desk.open()
    yield desk
    await bus.client.close()
