"""The processor's database: `python -m services.processor.database` brings its schema up to date."""

from __future__ import annotations

import asyncio
import os

from shared.migrating import migrate
from shared.settings import DatabaseSettings, load

if __name__ == "__main__":
    asyncio.run(migrate("processor", load(DatabaseSettings, os.environ).database_url))
