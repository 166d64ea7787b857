"""State first, message second: what a change has to say is written with the change and sent after the commit.

A process that dies between the two loses nothing, because a sweep sends what was committed and never sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from operator import itemgetter
from typing import Any, TypeVar

import msgspec
from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString

from shared import messages, metrics, tracing
from shared.database import Statement, together
from shared.errors import Unavailable
from shared.logs import logger
from shared.measuring import Gauge, measure
from shared.messages import Durable, Request
from shared.work import Work

A = TypeVar("A")

log = logger(__name__)

CREATE = """
create table outbox (
    id bigint generated always as identity primary key,
    kind text not null,
    message jsonb not null,
    created_at timestamptz not null default now()
);
create table answered (
    request_id uuid primary key,
    answer bytea not null,
    answered_at timestamptz not null default now()
);
create index answered_at on answered (answered_at);
"""
"""The two tables that every service with an outbox has, for its first migration."""

CARRIES = "alter table outbox add column carried jsonb not null default '{}'"
"""For a later migration: what travels with a message besides itself."""

SWEEP_S = 2.0
AT_ONCE = 100
"""So many messages are sent in one transaction."""

_AFTER: ContextVar[list[Callable[[], Awaitable[None]]] | None] = ContextVar("after_commit", default=None)


class Outbox:
    """The messages of one service that are committed and not yet sent."""

    def __init__(self, engine: PostgresEngine, work: Work) -> None:
        self.engine = engine
        self.work = work
        self._wake = asyncio.Event()

    @asynccontextmanager
    async def change(self) -> AsyncIterator[None]:
        """A transaction, or a part of the one that is open; what it has to say is sent as soon as it is committed."""
        if _AFTER.get() is not None:
            yield
            return
        after: list[Callable[[], Awaitable[None]]] = []
        mark = _AFTER.set(after)
        try:
            async with self.engine.transaction():
                yield
        finally:
            _AFTER.reset(mark)
        for act in after:
            await act()

    def after_commit(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do something when the open change is committed, and not at all when it is not: for updates and wake-up calls."""
        waiting = _AFTER.get()
        assert waiting is not None, "only inside a change"
        waiting.append(act)

    async def add(self, *to_send: Durable) -> None:
        """Write messages down, in the transaction that is open."""
        await together(self.engine, *self.adding(*to_send))

    def adding(self, *to_send: Durable) -> list[Statement]:
        """What writes messages down, for `together`, in the transaction that is open."""
        if not to_send:
            return []
        self.after_commit(self._look)
        carried = tracing.carried()
        rows = [{"kind": type(message).__name__, "message": message, "carried": carried} for message in to_send]
        insert = (
            "insert into outbox (kind, message, carried)"
            " select kind, message, carried from jsonb_to_recordset({}::jsonb)"
            " as new(kind text, message jsonb, carried jsonb)"
        )
        return [Statement(insert, (msgspec.json.encode(rows).decode(),))]

    async def once(self, request: Request[A], make: Callable[[], Awaitable[A]]) -> A:
        """Answer a request in a transaction of its own; the same request asked again gets the same answer and changes nothing."""
        async with self.change():
            # Two copies of a question may arrive at the same time: the second waits here for the answer to the first.
            key = _own_id(request)
            await self._run("select pg_advisory_xact_lock(hashtextextended({}, 0))", str(key))
            rows = await self._run("select answer from answered where request_id = {}", key)
            if rows:
                known: A = msgspec.json.decode(rows[0]["answer"], type=type(request).answer)
                return known
            answer = await make()
            await self._run(
                "insert into answered (request_id, answer) values ({}, {})",
                key,
                msgspec.json.encode(answer),
            )
            return answer

    async def send_for_ever(self) -> None:
        """Send what is committed: at once when this process wrote it, within seconds when another one died before it could."""
        while True:
            try:
                while await self.send_some(AT_ONCE) == AT_ONCE:
                    pass
            except Unavailable as error:
                log.warning("messages wait in the outbox", error=str(error))
            except Exception:
                log.exception("the outbox could not be read")
            # Not `wait_for`: in Python 3.11 it loses a cancellation that comes together with the wake-up.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_S):
                    await self._wake.wait()
            self._wake.clear()

    async def send_some(self, at_most: int = AT_ONCE) -> int:
        """Send the oldest messages and strike them out; returns how many. Copies of a service share the work."""
        async with self.engine.transaction():
            rows = await self._run(
                "delete from outbox where id in (select id from outbox order by id limit {} for update skip locked)"
                " returning id, kind, message, carried, extract(epoch from clock_timestamp() - created_at)::float8 as waited_s",
                at_most,
            )
            for row in sorted(rows, key=itemgetter("id")):
                kind: type[Durable] = getattr(messages, row["kind"])
                carried = msgspec.json.decode(row["carried"], type=dict[str, str])
                await self.work.send(msgspec.json.decode(row["message"], type=kind), carried)
                metrics.outbox_seconds.observe(row["waited_s"])
        return len(rows)

    async def backlog(self) -> tuple[float, float]:
        """How many messages are committed and not yet sent, and how many seconds the oldest of them waits."""
        rows = await self._run(
            "select count(*)::float8 as messages,"
            " coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as oldest_s from outbox"
        )
        return rows[0]["messages"], rows[0]["oldest_s"]

    def show_backlog(self) -> None:
        """Have the backlog in the metrics of this process."""
        measure(
            self.backlog,
            Gauge("dailies_outbox_messages", "Messages of this service that are committed and not yet sent."),
            Gauge("dailies_outbox_oldest_seconds", "For how long the oldest message has waited in the outbox."),
        )

    async def _look(self) -> None:
        self._wake.set()

    async def forget_answers(self) -> None:
        """Drop answers that nobody will ask for again."""
        await self._run("delete from answered where answered_at < now() - interval '2 days'")

    async def _run(self, sql: str, *values: object) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = await self.engine.run_querystring(QueryString(sql, *values))
        return rows


def _own_id(request: Request[Any]) -> uuid.UUID:
    """An id that only the same kind of request of the same user has: whoever guesses a request id gets nobody's answer."""
    return uuid.uuid5(request.request_id, f"{type(request).__name__} {getattr(request, 'user_id', '')}")
