"""Accounts: who somebody is, and what the tier allows."""

from __future__ import annotations

import uuid
from uuid import UUID

from litestar import get

from services.gateway import examples, passwords
from services.gateway.bodies import Me
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from services.gateway.settings import GatewaySettings
from services.gateway.tables import Account, Caller
from shared.batches import Tier
from shared.errors import Conflict, Invalid, NotFound
from shared.logs import logger
from shared.messages import AccountChanged
from shared.outbox import Outbox

log = logger(__name__)

SPECIAL = frozenset('",:;<>()[]\\')
"""Letters that an address in the head of a letter would need quotes for; nobody has them."""


def email_of(text: str) -> str:
    """An email address as it is kept: in lower case. Raises `Invalid` when it is none."""
    email = text.strip().lower()
    name, _, host = email.rpartition("@")
    if (
        not name
        or not host
        or len(email) > 320
        or any(letter in SPECIAL or letter.isspace() or not letter.isprintable() for letter in email)
    ):
        raise Invalid("This is not an email address; it needs a name, an @ and a host.")
    return email


async def open_account(outbox: Outbox, email: str, password: str, tier: Tier) -> UUID:
    """Make an account, or give the one with this email this password and tier, and tell the scheduler."""
    email, password_hash = email_of(email), await passwords.hashed(password)
    async with outbox.change():
        user_id, is_news = await Account.put(uuid.uuid4(), email, password_hash, tier)
        if is_news:
            await outbox.add(AccountChanged(user_id=user_id, tier=tier))
    return user_id


async def make_account(outbox: Outbox, email: str, password_hash: str, tier: Tier) -> UUID:
    """Make a new account and tell the scheduler. Raises `Conflict` when there is one with this email."""
    user_id = uuid.uuid4()
    async with outbox.change():
        if not await Account.make(user_id, email, password_hash, tier):
            raise Conflict("There is an account with this email already; sign in instead.")
        await outbox.add(AccountChanged(user_id=user_id, tier=tier))
    return user_id


async def set_tier(outbox: Outbox, email: str, tier: Tier) -> None:
    """Give an account another tier and tell the scheduler. Raises `NotFound`."""
    async with outbox.change():
        changed = await Account.set_tier(email, tier)
        if changed is None:
            raise NotFound(f"There is no account with the email {email}.")
        user_id, concurrency = changed
        await outbox.add(AccountChanged(user_id=user_id, tier=tier, concurrency=concurrency))


async def set_role(email: str, role: str) -> None:
    """Give an account another role. Raises `NotFound`."""
    if not await Account.set_role(email, role):
        raise NotFound(f"There is no account with the email {email}.")


async def open_demo_account(outbox: Outbox, demo_account: str) -> None:
    """Make the account of the settings, `email:password`. Raises `Invalid` when it is not of that form."""
    email, found, password = demo_account.partition(":")
    if not found:
        raise Invalid("DAILIES_DEMO_ACCOUNT must be of the form 'email:password'.")
    known = await Account.credentials(email_of(email))
    if known is None or not await passwords.fits(password, known[1]):
        await open_account(outbox, email, password, Tier.PRO)
        log.info("the demo account is ready")


@get(
    "/me",
    operation_id="get_me",
    summary="Who I am and what my tier allows",
    tags=["Account"],
    responses=told(200, Me, examples.ME),
)
async def get_me(caller: Who, at: At) -> Me:
    """The account that asks, with the limits of its tier."""
    return me_of(caller, at.settings)


def me_of(caller: Caller, settings: GatewaySettings) -> Me:
    """An account as it is shown to itself."""
    return Me(
        id=caller.user_id,
        email=caller.email,
        tier=caller.tier,
        role=caller.role,
        created_at=caller.created_at,
        limits=settings.tiers[caller.tier],
        theme=caller.theme,
    )
