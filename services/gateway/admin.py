"""What whoever runs the installation does to accounts: `python -m services.gateway.admin set-tier EMAIL TIER`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from services.gateway.accounts import email_of, set_tier
from services.gateway.settings import GatewaySettings
from services.gateway.tables import TABLES
from shared.batches import Tier
from shared.database import open_database
from shared.errors import DailiesError
from shared.outbox import Outbox
from shared.settings import load
from shared.work import Work


def parser() -> argparse.ArgumentParser:
    """The commands."""
    commands = argparse.ArgumentParser(prog="python -m services.gateway.admin", description=__doc__)
    chosen = commands.add_subparsers(dest="command", required=True)
    tier = chosen.add_parser("set-tier", help="give an account another tier")
    tier.add_argument("email")
    tier.add_argument("tier", choices=[tier.value for tier in Tier])
    return commands


async def main(settings: GatewaySettings, email: str, tier: Tier) -> None:
    """Give an account another tier. Raises `NotFound` when there is no such account."""
    engine = await open_database(settings.database_url, TABLES, connections=2)
    work = Work(settings.rabbitmq_url)
    try:
        await set_tier(Outbox(engine, work), email_of(email), tier)
    finally:
        await work.stop()
        await engine.close_connection_pool()


if __name__ == "__main__":
    arguments = parser().parse_args()
    try:
        asyncio.run(main(load(GatewaySettings, os.environ), arguments.email, Tier(arguments.tier)))
    except DailiesError as error:
        sys.exit(str(error))
    sys.stdout.write(f"{arguments.email} now has the tier {arguments.tier}.\n")
