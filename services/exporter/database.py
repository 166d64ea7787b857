"""Brings the exporter's schema up to date: `python -m services.exporter.database`."""

from __future__ import annotations

import asyncio
import os

from services.exporter.settings import ExporterSettings
from shared.migrating import migrate
from shared.settings import load

if __name__ == "__main__":
    asyncio.run(migrate("exporter", load(ExporterSettings, os.environ).database_url))
