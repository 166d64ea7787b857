"""A gateway in this process, on real servers, with the real scheduler and uploader beside it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from uuid import UUID

import httpx
import pytest
from argon2 import PasswordHasher
from msgspec import Struct

from services.gateway.app import Server, serve, stop
from services.gateway.authentication import hash_of, new_token
from services.gateway.service import Gateway
from services.gateway.settings import GatewaySettings
from services.gateway.tables import Account, ApiKey
from services.scheduler import app as scheduler_app
from services.scheduler.service import Scheduler
from services.scheduler.settings import SchedulerSettings
from services.uploader import app as uploader_app
from services.uploader.arrivals import Arrivals
from services.uploader.endpoint import Endpoint
from services.uploader.service import Uploader, connect
from services.uploader.serving import serve as serve_objects
from services.uploader.settings import UploaderSettings
from shared.batches import Tier
from shared.running import Lifetime
from shared.storage import LocalStore
from stack.local import LocalStack

PASSWORD = "correct horse battery"

Start = Callable[..., Awaitable["House"]]


async def eventually(holds: Callable[[], bool], patience_s: float = 10.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(patience_s):
        while not holds():
            await asyncio.sleep(0.05)


@cache
def _hash() -> str:
    """The hash of everybody's password: made once, because it is slow by design."""
    return PasswordHasher().hash(PASSWORD)


class Person(Struct, kw_only=True):
    """Somebody with an account, and a client that carries an API key."""

    user_id: UUID
    email: str
    client: httpx.AsyncClient


class House:
    """A running gateway."""

    def __init__(self, at: Gateway, lifetime: Lifetime, server: Server, url: str) -> None:
        self.at = at
        self.lifetime = lifetime
        self.server = server
        self.url = url
        self.clients: list[httpx.AsyncClient] = []

    def client(self, **options: Any) -> httpx.AsyncClient:
        """A client that nobody is signed in with."""
        client = httpx.AsyncClient(base_url=self.url, timeout=20, **options)
        self.clients.append(client)
        return client

    async def person(self, tier: Tier = Tier.PRO) -> Person:
        """Open an account and make it an API key."""
        email = f"{uuid.uuid4().hex[:8]}@example.com"
        user_id, _ = await Account.put(uuid.uuid4(), email, _hash(), tier)
        key = "dly_" + new_token()
        await ApiKey.make(uuid.uuid4(), user_id, "test", key[:12], hash_of(key))
        return Person(user_id=user_id, email=email, client=self.client(headers={"Authorization": f"Bearer {key}"}))

    async def browser(self, person: Person) -> httpx.AsyncClient:
        """A client that signed in as a browser does."""
        client = self.client(headers={"Origin": self.url})
        answer = await client.post("/api/session", json={"email": person.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return client


@pytest.fixture(scope="session")
def migrated(servers: LocalStack) -> LocalStack:
    """Servers with the schemas that these tests need."""
    servers.migrate("gateway", "scheduler", "uploader")
    return servers


@pytest.fixture
async def start(migrated: LocalStack, settings_of: Callable[..., GatewaySettings]) -> AsyncIterator[Start]:
    """Start gateways with the settings that a test wants; each has empty tables."""
    migrated.sql(
        "truncate gateway.accounts, gateway.allowances, gateway.outbox, gateway.answered, gateway.letters cascade"
    )
    houses: list[House] = []

    async def begin(**wanted: object) -> House:
        settings = settings_of(GatewaySettings, "gateway.app", **{"http_port": "0", "demo_account": "", **wanted})
        lifetime = Lifetime("gateway.test")
        at = await Gateway.open(settings, lifetime)
        server = await serve(at, lifetime)
        await eventually(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        house = House(at, lifetime, server, f"http://127.0.0.1:{port}")
        houses.append(house)
        return house

    yield begin
    for house in houses:
        for client in house.clients:
            await client.aclose()
        await stop(house.server, house.at)
        house.lifetime.stopping.set()
        await house.lifetime.until_stopped()
        await house.at.close()


@pytest.fixture
async def scheduler(migrated: LocalStack, settings_of: Callable[..., SchedulerSettings]) -> AsyncIterator[Scheduler]:
    """The real scheduler, answering; it has no workers to give videos to, and hears no events."""
    migrated.sql(
        "truncate scheduler.batch_jobs, scheduler.queue_users, scheduler.outbox, scheduler.answered,"
        " scheduler.usage_ledger, scheduler.daily_totals, scheduler.daily_tallies, scheduler.monthly_tallies cascade;"
        " update scheduler.queue_clock set virtual_time = 0"
    )
    lifetime = Lifetime("scheduler.test")
    at = await Scheduler.open(settings_of(SchedulerSettings, "scheduler.app"), lifetime)
    await at.bus.serve(scheduler_app.ANSWERS, at)
    yield at
    lifetime.stopping.set()
    await lifetime.until_stopped()
    await at.close()


@asynccontextmanager
async def running_uploader(
    migrated: LocalStack, settings_of: Callable[..., UploaderSettings]
) -> AsyncIterator[Uploader]:
    """The real uploader, answering and taking bytes; nothing is inspected."""
    migrated.sql("truncate uploader.videos, uploader.outbox, uploader.answered cascade")
    lifetime = Lifetime("uploader.test")
    settings = settings_of(UploaderSettings, "uploader.app")
    at = await connect(settings, lifetime)
    assert isinstance(at.store, LocalStore)
    endpoint = Endpoint(at.store, Arrivals(at.bus, at.outbox, at.store), patience_s=settings.idle_connection_s)
    await serve_objects(endpoint, settings.http_host, settings.http_port, lifetime)
    await at.bus.serve(uploader_app.ANSWERS, at)
    try:
        yield at
    finally:
        lifetime.stopping.set()
        await lifetime.until_stopped()
        await at.close()


@pytest.fixture
async def uploader(migrated: LocalStack, settings_of: Callable[..., UploaderSettings]) -> AsyncIterator[Uploader]:
    """The real uploader."""
    async with running_uploader(migrated, settings_of) as at:
        yield at


@pytest.fixture
async def house(start: Start, scheduler: Scheduler, uploader: Uploader) -> House:
    """A gateway with the usual settings, and its neighbours."""
    return await start()
