"""Standstills: for how long a piece of work that is in somebody's hands showed no change at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import asyncpg
from msgspec import Struct, field

from shared.database import AWAY
from stack import postgres
from stack.local import LocalStack

EVERY_S = 0.25
IN_HAND = """
select 'video ' || id, row(status, attempt, run_token, current_stage)::text from scheduler.batch_videos
    where status = 'processing'
union all
select 'export ' || id, row(status, attempt, run_token)::text from scheduler.exports
    where status in ('pending', 'processing')
union all
select 'inspection of ' || video_id, row(token, attempts)::text from uploader.probes
union all
select 'queue of all users', (select sum(attempt) || ' ' || count(*) filter (where status in ('processing', 'completed'))
    from scheduler.batch_videos)::text where exists (select from scheduler.batch_videos where queued)
"""
"""Everything that somebody works on or has to take up, and how far it is; waiting videos have the queue's pace."""


class Standstill(Struct, frozen=True):
    """How long what stood still."""

    seconds: float = 0.0
    what: str = "nothing"


class Watch(Struct, kw_only=True):
    """What was seen so far."""

    longest: Standstill = field(default_factory=Standstill)
    by_kind: dict[str, float] = field(default_factory=dict)
    known: dict[str, tuple[str, float]] = field(default_factory=dict)
    """How each piece of work in hand stands, and since when."""

    def see(self, now: Mapping[str, str], at: float) -> None:
        """Take in how everything stands."""
        for what, (state, since) in self.known.items():
            if at - since > self.longest.seconds:
                self.longest = Standstill(at - since, f"{what} at {state}")
            kind = what.split()[0]
            self.by_kind[kind] = max(self.by_kind.get(kind, 0.0), at - since)
            if now.get(what) == state:
                continue
        self.known = {
            what: (state, self.known[what][1] if what in self.known and self.known[what][0] == state else at)
            for what, state in now.items()
        }


def database_url(stack: LocalStack) -> str:
    """The database, as its administrator."""
    login = f"{postgres.ADMIN}:{stack.logins.postgres_password}"
    return f"postgresql://{login}@127.0.0.1:{stack.port('postgres')}/{postgres.DATABASE}"


async def watch_for_ever(stack: LocalStack, watch: Watch) -> None:
    """Look several times a second; while the database is away everything stands still, and that counts."""
    while True:
        try:
            connection = await asyncpg.connect(database_url(stack), timeout=5)
            try:
                while True:
                    rows = await connection.fetch(IN_HAND, timeout=5)
                    watch.see({row[0]: row[1] for row in rows}, time.monotonic())
                    await asyncio.sleep(EVERY_S)
            finally:
                connection.terminate()
        except AWAY:
            await asyncio.sleep(EVERY_S)
