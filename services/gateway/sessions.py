"""Sessions: signing in and out with a browser."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, post
from litestar.datastructures import Cookie
from litestar.params import JSONBody

from services.gateway import examples, passwords
from services.gateway.accounts import email_of
from services.gateway.addresses import address_of
from services.gateway.authentication import cookie_name, hash_of, new_token
from services.gateway.bodies import Credentials, Me
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from services.gateway.tables import Account, Allowance, Session
from shared.errors import Unauthenticated
from shared.logs import logger

log = logger(__name__)

QUARTER_S = 900.0
TRIES_HERE, TRIES_FROM_ADDRESS, TRIES_FOR_ACCOUNT = 10, 50, 100
"""Failed sign-ins within a quarter of an hour: for one account from one address, from one address, and for one account.

The last is high, so that a stranger cannot lock somebody out with a few tries.
"""
TOO_OFTEN = "Too many failed attempts to sign in; wait a little before the next."


@post(
    "/session",
    operation_id="sign_in",
    summary="Sign in with a browser",
    tags=["Account"],
    exclude_from_auth=True,
    status_code=200,
    example={"email": "ada@example.com", "password": "correct horse battery staple"},
    responses=told(200, Me, examples.ME, "unauthenticated", "invalid", "forbidden", "rate_limited", public=True),
)
async def sign_in(data: JSONBody[Credentials], request: Request[Any, Any, Any], at: At) -> Response[Me]:
    """Check email and password and set the session's cookie (HttpOnly, SameSite=Lax)."""
    email = email_of(data.email)
    address = address_of(request)
    counted = (
        (f"sign-in:{email}:{address}", TRIES_HERE),
        (f"sign-in:{address}", TRIES_FROM_ADDRESS),
        (f"sign-in:{email}", TRIES_FOR_ACCOUNT),
    )
    # Counted before the password is looked at: many guesses at the same time do not get past it.
    for subject, at_most in counted:
        await Allowance.take(subject, at_most, QUARTER_S, TOO_OFTEN)
    known = await Account.credentials(email)
    if not await passwords.fits(data.password, known[1] if known else None) or known is None:
        log.info("a sign-in failed", address=address)
        raise Unauthenticated("Email or password is wrong.")
    for subject, _ in counted:
        await Allowance.give_back(subject)
    user_id, password_hash = known
    if passwords.outdated(password_hash):
        await Account.set_password_hash(user_id, await passwords.hashed(data.password))
    return await begin_session(user_id, at, status=200)


async def begin_session(user_id: UUID, at: At, *, status: int) -> Response[Me]:
    """Sign somebody in who has shown who he is: the answer has the cookie and says who he is."""
    token, days = new_token(), at.settings.session_days
    await Session.begin(hash_of(token), user_id, days)
    caller = await Session.caller(hash_of(token), days)
    assert caller is not None
    return Response(
        Me(
            id=caller.user_id,
            email=caller.email,
            tier=caller.tier,
            role=caller.role,
            created_at=caller.created_at,
            limits=at.settings.tiers[caller.tier],
        ),
        status_code=status,
        cookies=[_cookie(at, token, max_age=days * 24 * 3600)],
    )


@delete(
    "/session",
    operation_id="sign_out",
    summary="Sign out",
    tags=["Account"],
    responses=told(204, None, None, "forbidden"),
)
async def sign_out(caller: Who, at: At) -> Response[None]:
    """End the session and remove its cookie."""
    if caller.session is not None:
        await Session.end(caller.session)
    return Response(None, status_code=204, cookies=[_cookie(at, "", max_age=0)])


def _cookie(at: At, token: str, max_age: int) -> Cookie:
    return Cookie(
        key=cookie_name(at.settings),
        value=token,
        path="/",
        httponly=True,
        samesite="lax",
        secure=at.settings.secure,
        max_age=max_age,
    )
