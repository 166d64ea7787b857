"""A pool that survives cancelled work and a server that goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from piccolo.querystring import QueryString

from shared.database import IDLE_IN_TRANSACTION_S, Database, open_database, patiently
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


@pytest.mark.parametrize("turns", range(4))
async def test_a_connection_that_just_heard_of_the_end_is_away_like_any_other(
    database: Database, servers: LocalStack, turns: int
) -> None:
    with pytest.raises(Unavailable):
        async with database.transaction():
            (row,) = await ask(database, "select pg_backend_pid() as pid")
            servers.sql(f"select pg_terminate_backend({row['pid']}, 5000)")
            # The server's last words are read in one turn of the loop, and the end of the connection in a later one.
            for _ in range(turns):
                await asyncio.sleep(0)
            await ask(database, "select 1")
    async with asyncio.timeout(5):
        assert await ask(database, "select 1 as one")


async def test_a_failed_transaction_is_rolled_back_and_the_next_one_is_a_new_one(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction():
            await ask(database, "create table never (id int)")
            raise ZeroDivisionError
    assert await ask(database, "select to_regclass('never') as name") == [{"name": None}]


async def test_a_transaction_in_which_nothing_happens_does_not_hold_its_locks_for_ever(
    database: Database, servers: LocalStack
) -> None:
    (row,) = await ask(database, "show idle_in_transaction_session_timeout")
    assert row["idle_in_transaction_session_timeout"] == f"{IDLE_IN_TRANSACTION_S:.0f}s"
    with pytest.raises(Unavailable):
        async with database.transaction():
            await ask(database, "set local idle_in_transaction_session_timeout = 50")
            await ask(database, "select pg_advisory_xact_lock(1)")
            while servers.sql("select 1 from pg_stat_activity where state = 'idle in transaction'"):
                await asyncio.sleep(0.02)
            await ask(database, "select 1")
    assert await ask(database, "select 1 as one")


async def test_patience_outlasts_a_server_that_is_away(database: Database, servers: LocalStack) -> None:
    await asyncio.to_thread(servers.kill, "postgres")
    waiting = asyncio.create_task(patiently(lambda: ask(database, "select 1 as one")))
    with pytest.raises(Unavailable):
        await ask(database, "select 1")
    await asyncio.to_thread(servers.start, "postgres")
    assert await waiting == [{"one": 1}]
