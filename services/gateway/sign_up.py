"""Signing up: making an account with a browser."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, post
from litestar.params import JSONBody

from services.gateway import examples, passwords
from services.gateway.accounts import email_of, make_account
from services.gateway.addresses import address_of
from services.gateway.bodies import Credentials, Me
from services.gateway.openapi import told
from services.gateway.parameters import At
from services.gateway.sessions import begin_session
from services.gateway.tables import Allowance
from shared.batches import Tier
from shared.errors import Forbidden
from shared.logs import logger

log = logger(__name__)

HOUR_S = 3600.0


@post(
    "/accounts",
    operation_id="sign_up",
    summary="Make an account",
    tags=["Account"],
    exclude_from_auth=True,
    example={"email": "ada@example.com", "password": "correct horse battery staple"},
    responses=told(201, Me, examples.ME, "invalid", "conflict", "forbidden", "rate_limited", public=True),
)
async def sign_up(data: JSONBody[Credentials], request: Request[Any, Any, Any], at: At) -> Response[Me]:
    """Make an account of the tier free and sign in with it."""
    if not at.settings.sign_up:
        raise Forbidden("Nobody can sign up here; ask whoever runs this installation for an account.")
    email = email_of(data.email)
    address = address_of(request)
    refusal = "Too many accounts were made from here; try again later."
    await Allowance.take(f"sign-up:{address}", at.settings.sign_ups_per_hour, HOUR_S, refusal)
    user_id = await make_account(at.outbox, email, await passwords.hashed(data.password), Tier.FREE)
    log.info("an account was made", user_id=str(user_id))
    return await begin_session(user_id, at, status=201)
