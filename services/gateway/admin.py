"""What whoever runs the installation does to accounts, on the machine itself: `python -m services.gateway.admin --help`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from uuid import UUID

from services.gateway.accounts import email_of, set_role, set_tier
from services.gateway.audit import Act, note_command
from services.gateway.authentication import hash_of, new_token
from services.gateway.reset_mail import reset_url
from services.gateway.settings import GatewaySettings
from services.gateway.tables import TABLES, Account, PasswordReset, Role, Session
from shared.batches import Tier
from shared.database import open_database
from shared.errors import DailiesError, NotFound
from shared.outbox import Outbox
from shared.settings import load
from shared.work import Work


def parser() -> argparse.ArgumentParser:
    """The commands."""
    commands = argparse.ArgumentParser(prog="python -m services.gateway.admin", description=__doc__)
    chosen = commands.add_subparsers(dest="command", required=True)
    tier = chosen.add_parser("set-tier", help="give an account another tier")
    role = chosen.add_parser("set-role", help="make an account an operator, or a user again")
    out = chosen.add_parser("sign-out", help="sign an account out in all browsers")
    link = chosen.add_parser("reset-link", help="show a link by which the owner of an account sets a new password")
    for command in (tier, role, out, link):
        command.add_argument("email")
    tier.add_argument("value", metavar="tier", choices=[tier.value for tier in Tier])
    role.add_argument("value", metavar="role", choices=[role.value for role in Role])
    return commands


async def main(settings: GatewaySettings, command: str, email: str, value: str) -> str:
    """Do it; returns what to say. Raises `NotFound` when there is no such account."""
    engine = await open_database(settings.database_url, TABLES, connections=2)
    work = Work(settings.rabbitmq_url)
    outbox = Outbox(engine, work)
    try:
        async with outbox.change():
            return await _do(outbox, settings, command, email_of(email), value)
    finally:
        await work.stop()
        await engine.close_connection_pool()


async def _do(outbox: Outbox, settings: GatewaySettings, command: str, email: str, value: str) -> str:
    user_id = await _known(email)
    match command:
        case "set-tier":
            await set_tier(outbox, email, Tier(value))
            await note_command(Act.TIER_SET, user_id, after=value)
            return f"{email} now has the tier {value}."
        case "set-role":
            await set_role(email, value)
            await note_command(Act.ROLE_SET, user_id, after=value)
            return f"{email} now has the role {value}."
        case "sign-out":
            ended = await Session.end_all(user_id)
            await note_command(Act.SIGNED_OUT_EVERYWHERE, user_id)
            return f"{email} is signed out in {ended} browsers."
        case _:
            token = new_token()
            await PasswordReset.make(hash_of(token), user_id, settings.reset_minutes)
            await note_command(Act.RESET_LINK_MADE, user_id)
            return f"Give this to {email}; it works once, within {settings.reset_minutes} minutes:\n{reset_url(token, settings)}"


async def _known(email: str) -> UUID:
    user_id = await Account.id_of(email)
    if user_id is None:
        raise NotFound(f"There is no account with the email {email}.")
    return user_id


if __name__ == "__main__":
    arguments = vars(parser().parse_args())
    try:
        told = asyncio.run(
            main(
                load(GatewaySettings, os.environ), arguments["command"], arguments["email"], arguments.get("value", "")
            )
        )
    except DailiesError as error:
        sys.exit(str(error))
    sys.stdout.write(f"{told}\n")
