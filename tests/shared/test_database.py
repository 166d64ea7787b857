"""A pool that survives cancelled work and a server that goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from piccolo.querystring import QueryString

from shared.database import Database, open_database
from shared.errors import Unavailable
from stack.local import LocalStack

MOST = 3


@pytest.fixture
async def database(servers: LocalStack) -> AsyncIterator[Database]:
    """A small pool."""
    opened = await open_database(servers.environment("scheduler")["DAILIES_DATABASE_URL"], [], connections=MOST)
    yield opened
    await opened.close_connection_pool()


async def ask(database: Database, sql: str) -> list[dict[str, object]]:
    return [dict(row) for row in await database.run_querystring(QueryString(sql))]


async def test_cancelled_transactions_leave_no_connection_behind(database: Database) -> None:
    async def work() -> None:
        async with database.transaction():
            await ask(database, "select pg_sleep(10)")

    for pause in (0.0, 0.0005, 0.001, 0.002, 0.005, 0.02) * 3:
        task = asyncio.create_task(work())
        await asyncio.sleep(pause)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with asyncio.timeout(5):
        async with database.transaction():
            assert await ask(database, "select 1 as one")


async def test_connections_that_the_server_closed_are_replaced(database: Database, servers: LocalStack) -> None:
    for _ in range(MOST + 1):
        with pytest.raises(Unavailable):
            async with database.transaction():
                (row,) = await ask(database, "select pg_backend_pid() as pid")
                servers.sql(f"select pg_terminate_backend({row['pid']})")
                await ask(database, "select 1")
    async with asyncio.timeout(5):
        assert await ask(database, "select 1 as one")


async def test_a_failed_transaction_is_rolled_back_and_the_next_one_is_a_new_one(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction():
            await ask(database, "create table never (id int)")
            raise ZeroDivisionError
    assert await ask(database, "select to_regclass('never') as name") == [{"name": None}]
