"""Brings the processor's schema up to date: `python -m services.processor.database`."""

from __future__ import annotations

import asyncio
import os

from services.processor.settings import ProcessorSettings
from services.processor.tables import Checkpoint, Run
from shared.database import migrate
from shared.settings import load

TABLES = (Run, Checkpoint)

if __name__ == "__main__":
    asyncio.run(migrate("processor", load(ProcessorSettings, os.environ).database_url))
