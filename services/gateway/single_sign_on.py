"""Signing in by an OpenID Connect provider: to it, back with a code, and into an account. Browsers come here, not programs."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get
from litestar.datastructures import Cookie
from litestar.params import QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from services.gateway import passwords
from services.gateway.accounts import email_of, make_account
from services.gateway.addresses import address_of, whence
from services.gateway.audit import Act, note
from services.gateway.authentication import cookie_name, hash_of, new_token
from services.gateway.identities import Identity, NotLetIn, Reason, objection, own_page
from services.gateway.openapi import told
from services.gateway.parameters import At
from services.gateway.sessions import session_cookies
from services.gateway.tables import Account, Allowance, Begun, Identities, Session, SignInsBegun
from shared.batches import Tier
from shared.errors import Conflict, DailiesError, NotFound
from shared.logs import logger

log = logger(__name__)

MINUTES = 15
"""Somebody may have to find a second factor first."""
QUARTER_S = 900.0
STARTS, FAILURES = 200, 50
"""From one address within a quarter of an hour; a whole office may share one."""
TOO_OFTEN = "Too many sign-ins from here; wait a little before the next."
ERRORS = {
    "access_denied": Reason.DECLINED,
    "login_required": Reason.DECLINED,
    "consent_required": Reason.DECLINED,
    "server_error": Reason.UNAVAILABLE,
    "temporarily_unavailable": Reason.UNAVAILABLE,
}
"""What errors of the provider (RFC 6749, section 4.1.2.1) are called here; all others are `invalid`."""

Page = Annotated[str, QueryParameter(name="next", description="Path on which to arrive afterwards.", max_length=2000)]
Code = Annotated[str | None, QueryParameter(description="The provider's code.", max_length=4000)]
State = Annotated[
    str | None, QueryParameter(name="state", description="What the browser was sent away with.", max_length=200)
]
Failure = Annotated[str | None, QueryParameter(name="error", description="The provider's error.", max_length=200)]
Issuer = Annotated[str | None, QueryParameter(name="iss", description="Who answers (RFC 9207).", max_length=2000)]


class SignInOptions(Struct, frozen=True, kw_only=True):
    """The ways to sign in besides email and password."""

    provider: str | None
    """What the provider is called; null when there is none."""


def sent_back(request: Request[Any, Any, Any], error: Exception) -> Redirect:
    """To the sign-in page, which says what went wrong in words of its own: nothing of the address is shown there."""
    assert isinstance(error, DailiesError)
    reason, page = (error.reason, error.page) if isinstance(error, NotLetIn) else (error.code, "/")
    log.info("a sign-in by the provider did not succeed", reason=str(reason), address=address_of(request))
    return Redirect(
        f"/sign-in?{urlencode({'failed': reason, **({'next': page} if page != '/' else {})})}", status_code=303
    )


@get(
    "/sign-in-options",
    operation_id="get_sign_in_options",
    summary="How one can sign in",
    tags=["Account"],
    exclude_from_auth=True,
    responses=told(200, SignInOptions, {"provider": "Example Inc."}, public=True),
)
async def get_sign_in_options(at: At) -> SignInOptions:
    """For the sign-in page. By email and password always; by a provider when the installation has one."""
    return SignInOptions(provider=at.settings.oidc_name if at.settings.oidc else None)


@get(
    "/oidc/start",
    operation_id="start_sign_in",
    summary="Sign in by the provider",
    tags=["Account"],
    exclude_from_auth=True,
    status_code=303,
    exception_handlers={DailiesError: sent_back},
    responses=told(303, None, None, public=True),
)
async def start_sign_in(request: Request[Any, Any, Any], at: At, page: Page = "/") -> Redirect:
    """Sends the browser to the provider, or to the sign-in page with `failed` when that cannot be."""
    if not at.settings.oidc:
        raise NotFound("Nobody signs in by a provider here.")
    await Allowance.take(f"oidc-start:{address_of(request)}", STARTS, QUARTER_S, TOO_OFTEN)
    begun = Begun(nonce=new_token(), verifier=new_token(), page=own_page(page))
    # Several tabs of a browser may be on their way at the same time.
    state, browser = new_token(), request.cookies.get(_cookie(at)) or new_token()
    url = await at.provider.page_for(state=state, nonce=begun.nonce, verifier=begun.verifier)
    await SignInsBegun.put(hash_of(state), hash_of(browser), begun, MINUTES)
    return Redirect(url, status_code=303, cookies=[_kept(at, browser)])


@get(
    "/oidc/callback",
    operation_id="finish_sign_in",
    summary="Come back from the provider",
    tags=["Account"],
    exclude_from_auth=True,
    status_code=303,
    exception_handlers={DailiesError: sent_back},
    responses=told(303, None, None, public=True),
)
async def finish_sign_in(
    request: Request[Any, Any, Any],
    at: At,
    code: Code = None,
    sent_with: State = None,
    failure: Failure = None,
    issuer: Issuer = None,
) -> Redirect:
    """Sets the session's cookie and leads to where the sign-in began, or to the sign-in page with `failed`."""
    counted = f"oidc:{address_of(request)}"
    await Allowance.take(counted, FAILURES, QUARTER_S, TOO_OFTEN)
    browser = request.cookies.get(_cookie(at))
    begun = await SignInsBegun.take(hash_of(sent_with), hash_of(browser)) if sent_with and browser else None
    if begun is None:
        raise NotLetIn(Reason.EXPIRED)
    if code is None or failure is not None or issuer not in (None, at.provider.issuer):
        raise NotLetIn(ERRORS.get(failure or "", Reason.INVALID), begun.page)
    identity = await at.provider.identity(code, nonce=begun.nonce, verifier=begun.verifier)
    user_id = await _account_of(identity, begun.page, request, at)
    await Allowance.give_back(counted)
    cookies = await session_cookies(user_id, request, at, provider=at.provider.issuer)
    return Redirect(begun.page, status_code=303, cookies=cookies)


async def _account_of(identity: Identity, page: str, request: Request[Any, Any, Any], at: At) -> UUID:
    """Whose account it is. Raises `NotLetIn`.

    An account that is there already is connected only in a browser that is signed in to it: whoever opened it with somebody
    else's address must not share it with them, and whoever has the address must not get in by that alone.
    """
    issuer, origin = at.provider.issuer, whence(request)
    user_id = await Identities.owner(issuer, identity.subject)
    domains = frozenset(part.strip().lower() for part in at.settings.oidc_domains.split(",") if part.strip())
    reason = objection(identity, domains, known=user_id is not None)
    if reason is not None:
        if user_id is not None:
            await note(Act.SIGN_IN_FAILED, user_id, origin, provider=issuer, reason=reason)
        raise NotLetIn(reason, page)
    if user_id is not None:
        return user_id
    email = email_of(identity.email or "")
    owner = await Account.id_of(email)
    if owner is None:
        return await _new_account(email, identity, page, request, at)
    token = request.cookies.get(cookie_name(at.settings))
    caller = await Session.caller(hash_of(token), at.settings.session_days) if token else None
    if caller is None or caller.user_id != owner:
        await note(Act.SIGN_IN_FAILED, owner, origin, provider=issuer, reason=Reason.TAKEN)
        raise NotLetIn(Reason.TAKEN, page)
    async with at.outbox.change():
        await Identities.connect(issuer, identity.subject, owner)
        await note(Act.IDENTITY_LINKED, owner, origin, by=caller, provider=issuer)
    return owner


async def _new_account(email: str, identity: Identity, page: str, request: Request[Any, Any, Any], at: At) -> UUID:
    if not at.settings.oidc_sign_up:
        raise NotLetIn(Reason.UNKNOWN, page)
    # Nobody knows the password; a mailed link sets one.
    password_hash = await passwords.hashed(new_token())
    try:
        async with at.outbox.change():
            user_id = await make_account(at.outbox, email, password_hash, Tier.FREE)
            await Identities.connect(at.provider.issuer, identity.subject, user_id)
            await note(Act.ACCOUNT_MADE, user_id, whence(request), provider=at.provider.issuer)
    except Conflict:
        raise NotLetIn(Reason.TAKEN, page) from None
    log.info("an account was made by the provider", user_id=str(user_id))
    return user_id


def _cookie(at: At) -> str:
    return cookie_name(at.settings) + "-oidc"


def _kept(at: At, browser: str) -> Cookie:
    return Cookie(
        key=_cookie(at),
        value=browser,
        path="/",
        httponly=True,
        samesite="lax",
        secure=at.settings.secure,
        max_age=MINUTES * 60,
    )
