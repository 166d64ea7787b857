"""The processor's database: `python -m services.processor.database` brings its schema up to date."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.database import migrate
from shared.errors import Unavailable
from shared.logs import logger
from shared.settings import DatabaseSettings, load

T = TypeVar("T")

log = logger(__name__)

MAX_PAUSE_S = 5.0


async def patiently(query: Callable[[], Awaitable[T]]) -> T:
    """Wait for the database while it is away. The lease of a run is kept meanwhile, so nothing is lost but time."""
    pause_s = 0.2
    while True:
        try:
            return await query()
        except Unavailable as error:
            log.warning("the database is away", error=str(error))
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, MAX_PAUSE_S)


if __name__ == "__main__":
    asyncio.run(migrate("processor", load(DatabaseSettings, os.environ).database_url))
