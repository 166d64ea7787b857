"""Who asks: the cookie of a browser or the API key of a program, and whether the browser is on a page of ours."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.middleware.authentication import AbstractAuthenticationMiddleware, AuthenticationResult

from services.gateway.addresses import Whence, whence
from services.gateway.scopes import Scope, scope_of
from services.gateway.service import Gateway
from services.gateway.settings import GatewaySettings
from services.gateway.tables import ApiKey, Caller, Session
from shared.errors import Forbidden, Unauthenticated, Unavailable

KEY_START = "dly_"
SHOWN_OF_KEY = 12
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

Connection = ASGIConnection[Any, Any, Any, Any]


def new_token() -> str:
    """256 random bits, as text."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def cookie_name(settings: GatewaySettings) -> str:
    """With https the name makes browsers insist on Secure and on our own host (RFC 6265bis, section 4.1.3)."""
    return "__Host-dailies" if settings.secure else "dailies"


def browser_cookie_name(settings: GatewaySettings) -> str:
    """The cookie by which a browser is known in which somebody signed in before; it lets nobody in."""
    return cookie_name(settings) + "-browser"


def gateway_of(request: Request[Any, Any, Any]) -> Gateway:
    """The connections of this process, for routes."""
    at: Gateway = request.state.gateway
    return at


def caller_of(request: Request[Any, Any, Any]) -> Caller:
    """Who asks, for routes."""
    caller: Caller = request.user
    return caller


def whence_of(request: Request[Any, Any, Any]) -> Whence:
    """Where the request comes from, for routes."""
    return whence(request)


class SignedIn(AbstractAuthenticationMiddleware):
    """Lets nobody in whom it does not know. Raises `Unauthenticated`."""

    async def authenticate_request(self, connection: Connection) -> AuthenticationResult:
        """Find the account of an API key or a session."""
        settings: GatewaySettings = connection.state.gateway.settings
        header = connection.headers.get("authorization", "")
        if header:
            scheme, _, key = header.partition(" ")
            caller = await ApiKey.caller(hash_of(key.strip())) if scheme.lower() == "bearer" else None
            if caller is None:
                raise Unauthenticated(
                    "This API key is not known, was revoked or has expired; make a new one and send it as 'Bearer dly_…'."
                )
        else:
            token = connection.cookies.get(cookie_name(settings), "")
            caller = await Session.caller(hash_of(token), settings.session_days) if token else None
            if caller is None:
                raise Unauthenticated("Sign in, or send an API key as 'Authorization: Bearer dly_…'.")
        return AuthenticationResult(user=caller, auth=None)


async def lasts(caller: Caller) -> bool:
    """Whether somebody is still signed in by what they were let in with; yes, while the database is away."""
    try:
        if caller.session is not None:
            return await Session.lasts(caller.session)
        return caller.api_key is None or await ApiKey.lasts(caller.api_key)
    except Unavailable:
        return True


def within_scopes(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let an API key do only what it was made for. Raises `Forbidden`."""
    if not handler.opt.get("exclude_from_auth"):
        needs_scope(connection.user, scope_of(str(connection.scope.get("method")), dict(handler.opt)))


def needs_scope(caller: Caller, scope: Scope) -> None:
    """Raise `Forbidden` when an API key was not made for this."""
    if scope not in caller.scopes:
        may = ", ".join(kind for kind in Scope if kind in caller.scopes)
        raise Forbidden(f"This API key may {may}, and this needs the scope {scope}; make a key that has it.")


def from_our_page(connection: Connection, _: BaseRouteHandler) -> None:
    """Refuse changes that another site makes a browser ask for. Raises `Forbidden`.

    Browsers send `Origin` with every unsafe request; programs with a key need not.
    """
    if connection.scope.get("method") in SAFE:
        return
    settings: GatewaySettings = connection.state.gateway.settings
    origin = connection.headers.get("origin")
    if origin is not None:
        ours = origin == settings.origin or urlsplit(origin).netloc == connection.headers.get("host")
    elif connection.headers.get("authorization") or cookie_name(settings) not in connection.cookies:
        ours = True
    else:
        ours = connection.headers.get("sec-fetch-site") in ("same-origin", "none")
    if not ours:
        raise Forbidden(
            "This request does not come from the page of this installation; open the page and try again there."
        )
