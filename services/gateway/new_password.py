"""New passwords: changed by somebody who knows the old one, or set by a link that was mailed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import Request, post, put
from litestar.params import JSONBody
from msgspec import Meta, Struct

from services.gateway import passwords
from services.gateway.accounts import email_of
from services.gateway.addresses import address_of
from services.gateway.authentication import hash_of
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from services.gateway.tables import Account, Allowance, PasswordReset, Session
from shared.errors import Forbidden, Invalid
from shared.logs import logger
from shared.messages import SendPasswordReset

log = logger(__name__)

HOUR_S = 3600.0
ASKS_FROM_ADDRESS, USES_FROM_ADDRESS, CHANGES_OF_ACCOUNT = 20, 30, 10
"""Within an hour: links asked for and links tried from one address, and passwords changed by one account, also wrongly."""

Password = Annotated[str, Meta(description="a password of 8 to 200 characters", max_length=1000)]


class PasswordChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new password, by somebody who knows the old one."""

    old_password: Annotated[str, Meta(description="the password until now", max_length=1000)]
    new_password: Password


class ResetAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose password was forgotten."""

    email: Annotated[str, Meta(description="the account's email address", max_length=320)]


class PasswordSet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new password, by somebody who was mailed a link."""

    token: Annotated[str, Meta(description="what stands behind the # of the link that was mailed", max_length=200)]
    new_password: Password


@put(
    "/me/password",
    operation_id="change_password",
    summary="Change my password",
    tags=["Account"],
    status_code=204,
    example={"old_password": "correct horse battery staple", "new_password": "rather a sentence than a word"},
    responses=told(204, None, None, "invalid", "forbidden", "rate_limited"),
)
async def change_password(data: JSONBody[PasswordChange], caller: Who, at: At) -> None:
    """Needs the old one. All other browsers are signed out; this one and API keys go on."""
    refusal = "Your password was changed or tried too often; wait a little before the next time."
    await Allowance.take(f"change-password:{caller.user_id}", CHANGES_OF_ACCOUNT, HOUR_S, refusal)
    known = await Account.credentials(caller.email)
    if not await passwords.fits(data.old_password, known[1] if known else None):
        raise Forbidden("The old password is wrong.")
    new_hash = await passwords.hashed(data.new_password)
    async with at.outbox.change():
        await Account.set_password_hash(caller.user_id, new_hash)
        await PasswordReset.forget(caller.user_id)
        await Session.end_all(caller.user_id, but=caller.session)
    log.info("a password was changed", user_id=str(caller.user_id))


@post(
    "/password-resets",
    operation_id="ask_for_password_reset",
    summary="Have a link mailed that sets a new password",
    tags=["Account"],
    exclude_from_auth=True,
    status_code=204,
    example={"email": "ada@example.com"},
    responses=told(204, None, None, "invalid", "forbidden", "rate_limited", public=True),
)
async def ask_for_password_reset(data: JSONBody[ResetAsked], request: Request[Any, Any, Any], at: At) -> None:
    """The answer is the same whether there is such an account or not."""
    if not at.settings.smtp_url:
        raise Forbidden("No mail is sent here; ask whoever runs this installation for a new password.")
    email = email_of(data.email)
    refusal = "Too many links were asked for from here; try again later."
    await Allowance.take(f"ask-reset:{address_of(request)}", ASKS_FROM_ADDRESS, HOUR_S, refusal)
    async with at.outbox.change():
        await at.outbox.add(SendPasswordReset(email=email, asked_at=datetime.now(UTC)))


@post(
    "/password-resets/use",
    operation_id="reset_password",
    summary="Set a new password by a link",
    tags=["Account"],
    exclude_from_auth=True,
    status_code=204,
    example={"token": "3fKq9Zx1u0cV5n2rYtW8bLhE6sQjMd4pAgXoCiNvTkU", "new_password": "rather a sentence than a word"},
    responses=told(204, None, None, "invalid", "forbidden", "rate_limited", public=True),
)
async def reset_password(data: JSONBody[PasswordSet], request: Request[Any, Any, Any], at: At) -> None:
    """The link works once. All browsers are signed out; API keys go on."""
    refusal = "Too many links were tried from here; try again later."
    await Allowance.take(f"use-reset:{address_of(request)}", USES_FROM_ADDRESS, HOUR_S, refusal)
    new_hash = await passwords.hashed(data.new_password)
    async with at.outbox.change():
        user_id = await PasswordReset.use(hash_of(data.token))
        if user_id is None:
            raise Invalid("This link was used already or is too old; ask for a new one.")
        await Account.set_password_hash(user_id, new_hash)
        await Session.end_all(user_id)
    log.info("a password was set by a link", user_id=str(user_id))
