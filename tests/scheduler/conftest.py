"""A scheduler in this process, on real servers, with nothing in its tables."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from services.scheduler.service import Scheduler
from services.scheduler.settings import SchedulerSettings
from services.scheduler.tables import TABLES
from shared.bus import Bus
from shared.database import open_database
from shared.work import Work
from stack.local import LocalStack


@pytest.fixture(scope="session")
def migrated(servers: LocalStack) -> LocalStack:
    """Servers with the scheduler's schema."""
    servers.migrate("scheduler")
    return servers


@pytest.fixture
async def scheduler(migrated: LocalStack, settings_of: Callable[..., SchedulerSettings]) -> AsyncIterator[Scheduler]:
    """The scheduler's connections. Nothing runs by itself: a test awaits what it wants to happen."""
    migrated.sql(
        "truncate scheduler.batch_jobs, scheduler.queue_users, scheduler.outbox, scheduler.answered, scheduler.usage_ledger,"
        " scheduler.daily_totals, scheduler.daily_tallies, scheduler.monthly_tallies cascade;"
        " update scheduler.queue_clock set virtual_time = 0"
    )
    settings = settings_of(SchedulerSettings, "scheduler.app")
    engine = await open_database(settings.database_url, TABLES)
    bus = await Bus.connect(settings.nats_url, "test")
    at = Scheduler(settings, engine, bus, Work(settings.rabbitmq_url))
    yield at
    await at.close()
