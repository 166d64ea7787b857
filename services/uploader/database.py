"""Brings the uploader's schema up to date: `python -m services.uploader.database`."""

from __future__ import annotations

import asyncio
import os

from shared.migrating import migrate
from shared.settings import DatabaseSettings, load

if __name__ == "__main__":
    asyncio.run(migrate("uploader", load(DatabaseSettings, os.environ).database_url))
