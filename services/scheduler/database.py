"""Brings the scheduler's schema up to date: `python -m services.scheduler.database`."""

from __future__ import annotations

import asyncio
import os

from shared.migrating import migrate
from shared.settings import DatabaseSettings, load

if __name__ == "__main__":
    asyncio.run(migrate("scheduler", load(DatabaseSettings, os.environ).database_url))
