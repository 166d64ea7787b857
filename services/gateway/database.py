"""Brings the gateway's schema up to date: `python -m services.gateway.database`."""

from __future__ import annotations

import asyncio
import os

from services.gateway.settings import GatewaySettings
from services.gateway.tables import Account, Allowance, ApiKey, Creation, Session
from shared.database import migrate
from shared.settings import load

TABLES = (Account, Session, ApiKey, Allowance, Creation)

if __name__ == "__main__":
    asyncio.run(migrate("gateway", load(GatewaySettings, os.environ).database_url))
