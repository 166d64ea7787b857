"""What whoever runs the installation does to accounts: `python -m services.gateway.admin set-tier EMAIL TIER`, or `set-role`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from services.gateway.accounts import email_of, set_role, set_tier
from services.gateway.settings import GatewaySettings
from services.gateway.tables import TABLES
from shared.batches import Tier
from shared.database import open_database
from shared.errors import DailiesError
from shared.outbox import Outbox
from shared.settings import load
from shared.work import Work

ROLES = ("user", "operator")


def parser() -> argparse.ArgumentParser:
    """The commands."""
    commands = argparse.ArgumentParser(prog="python -m services.gateway.admin", description=__doc__)
    chosen = commands.add_subparsers(dest="command", required=True)
    tier = chosen.add_parser("set-tier", help="give an account another tier")
    tier.add_argument("email")
    tier.add_argument("value", metavar="tier", choices=[tier.value for tier in Tier])
    role = chosen.add_parser("set-role", help="let an account see who works on what, or not any more")
    role.add_argument("email")
    role.add_argument("value", metavar="role", choices=ROLES)
    return commands


async def main(settings: GatewaySettings, command: str, email: str, value: str) -> None:
    """Give an account another tier or role. Raises `NotFound` when there is no such account."""
    engine = await open_database(settings.database_url, TABLES, connections=2)
    work = Work(settings.rabbitmq_url)
    try:
        if command == "set-tier":
            await set_tier(Outbox(engine, work), email_of(email), Tier(value))
        else:
            await set_role(email_of(email), value)
    finally:
        await work.stop()
        await engine.close_connection_pool()


if __name__ == "__main__":
    arguments = parser().parse_args()
    try:
        asyncio.run(main(load(GatewaySettings, os.environ), arguments.command, arguments.email, arguments.value))
    except DailiesError as error:
        sys.exit(str(error))
    sys.stdout.write(f"{arguments.email} now has the {arguments.command.removeprefix('set-')} {arguments.value}.\n")
