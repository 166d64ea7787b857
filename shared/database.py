"""PostgreSQL: one schema and one role per service, tables by Piccolo."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar, cast

import asyncpg
from piccolo.engine.base import Engine
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from piccolo.querystring import QueryString
from piccolo.table import Table

from shared.errors import Unavailable
from shared.logs import logger

T = TypeVar("T")

log = logger(__name__)

CLOSE_S = 5.0
MAX_PAUSE_S = 2.0
IDLE_IN_TRANSACTION_S = 20.0
"""A process that is frozen inside a transaction keeps its locks, and with them everybody else: PostgreSQL ends it after this."""
AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    # For a moment after the server's last words asyncpg takes the connection for one that is busy ("another operation").
    asyncpg.InternalClientError,
    OSError,
)
"""What asyncpg raises when the server has gone, has no room, or is just starting or stopping."""


class Transaction(PostgresTransaction):
    """A transaction that gives its connection back whatever happens.

    Piccolo's own keeps it when beginning, committing or rolling back is cancelled or fails, and after ten of those a pool is empty.
    """

    async def __aenter__(self) -> Transaction:
        if self._parent is not None:
            return cast(Transaction, self._parent)
        with unavailable_when_away():
            self.connection = await self.get_connection()  # type: ignore[no-untyped-call]
            try:
                self.transaction = self.connection.transaction()
                await self.begin()  # type: ignore[no-untyped-call]
            except BaseException:
                await self._give_back()
                raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, exception_type: Any, exception: Any, traceback: Any) -> bool:
        if self._parent is not None:
            return exception is None
        self.engine.current_transaction.reset(self.context)
        try:
            if exception is None:
                with unavailable_when_away():
                    await self.commit()  # type: ignore[no-untyped-call]
            else:
                # A connection that is gone has rolled back by itself; what happened first is what counts.
                with contextlib.suppress(*AWAY):
                    await self.rollback()  # type: ignore[no-untyped-call]
        finally:
            await self._give_back()
        return exception is None

    async def _give_back(self) -> None:
        with contextlib.suppress(*AWAY):
            if self.engine.pool:
                await self.engine.pool.release(self.connection)
            else:  # migrations run without a pool
                await self.connection.close()


class Database(PostgresEngine):
    """A pool of connections as one service's role. Raises `Unavailable` while the server is away."""

    def transaction(self, allow_nested: bool = True) -> Transaction:  # noqa: FBT001, FBT002 - Piccolo's signature
        """A transaction, or a part of the one that is open."""
        return Transaction(engine=self, allow_nested=allow_nested)

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Any:  # noqa: FBT001, FBT002
        """Run one statement, in the transaction that is open if there is one."""
        with unavailable_when_away():
            return await super().run_querystring(querystring, in_pool)

    async def check(self) -> None:
        """Get a sign of life of the server. Raises `Unavailable`."""
        await self.run_querystring(QueryString("select 1"))

    async def close_connection_pool(self) -> None:
        """Close what is idle, wait a little for what is not, then drop it."""
        pool, self.pool = self.pool, None
        if pool is not None:
            try:
                await asyncio.wait_for(pool.close(), CLOSE_S)
            except TimeoutError:
                pool.terminate()


@contextmanager
def unavailable_when_away() -> Iterator[None]:
    """Turn what asyncpg raises when the server has gone into `Unavailable`."""
    try:
        yield
    except AWAY as error:
        raise Unavailable("The database does not answer just now; try again in a moment.") from error


async def patiently(query: Callable[[], Awaitable[T]]) -> T:
    """Wait for the database while it is away. For whoever holds a lease, which is kept meanwhile: nothing is lost but time."""
    pause_s = 0.2
    while True:
        try:
            return await query()
        except Unavailable as error:
            log.warning("the database is away", error=str(error))
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, MAX_PAUSE_S)


class Statement(NamedTuple):
    """SQL with `{}` for each value."""

    sql: str
    values: tuple[object, ...] = ()


async def together(engine: Engine[Any], *statements: Statement) -> None:
    """Run statements that change rows as one, in one round trip: none sees or touches a row that another changes."""
    if not statements:
        return
    *parts, last = statements
    named = ", ".join(f"part_{number} as ({part.sql})" for number, part in enumerate(parts))
    values = (value for statement in statements for value in statement.values)
    await engine.run_querystring(QueryString(f"with {named} {last.sql}" if named else last.sql, *values))


def engine_for(url: str) -> Database:
    """An engine for the service whose role is in the URL; all clocks in it run in UTC."""
    settings = {
        "timezone": "UTC",
        # Compiling a query takes longer than any of ours may take.
        "jit": "off",
        "idle_in_transaction_session_timeout": str(round(IDLE_IN_TRANSACTION_S * 1000)),
    }
    return Database(config={"dsn": url, "server_settings": settings}, extensions=())


async def open_database(url: str, tables: Iterable[type[Table]], *, connections: int = 10) -> Database:
    """Open a pool and bind the service's tables to it. Raises `Unavailable` when PostgreSQL is not there."""
    engine = engine_for(url)
    try:
        await engine.start_connection_pool(min_size=1, max_size=connections, reset=_as_it_is)
    except (TimeoutError, OSError, asyncpg.PostgresError) as error:
        raise Unavailable(
            f"PostgreSQL does not answer ({error}); check DAILIES_DATABASE_URL and that the server runs."
        ) from error
    for table in tables:
        table._meta._db = engine
    return engine


async def _as_it_is(_: object) -> None:
    """A connection goes back to the pool without another question to the server: nothing of ours outlives its transaction."""
