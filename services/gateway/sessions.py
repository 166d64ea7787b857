"""Sessions: signing in and out with a browser, here or everywhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct

from services.gateway import examples, guessing, metrics, passwords
from services.gateway.accounts import email_of, me_of
from services.gateway.addresses import address_of, whence
from services.gateway.audit import Act, note
from services.gateway.authentication import browser_cookie_name, cookie_name, hash_of, new_token
from services.gateway.bodies import Credentials, Me
from services.gateway.devices import device_of
from services.gateway.openapi import told
from services.gateway.parameters import At, From, Who
from services.gateway.tables import Account, KnownBrowser, Session
from shared.errors import NotFound, Unauthenticated
from shared.logs import logger

log = logger(__name__)

BROWSER_DAYS = 365


class SessionShown(Struct, frozen=True, kw_only=True):
    """A browser in which somebody is signed in."""

    id: UUID
    device: str
    """Such as 'Firefox on Linux'."""
    address: str
    """From where it signed in."""
    created_at: datetime
    last_used_at: datetime
    """To the minute."""
    expires_at: datetime
    current: bool
    """Whether it is the one that asks."""


class Sessions(Struct, frozen=True, kw_only=True):
    """An account's sessions, the one used last first."""

    sessions: tuple[SessionShown, ...]


EXAMPLE = SessionShown(
    id=UUID("0192f0d1-2b11-7c3d-8e9f-a0b1c2d3e477"),
    device="Firefox on Linux",
    address="203.0.113.7",
    created_at=examples.EVENING,
    last_used_at=examples.EVENING,
    expires_at=examples.EVENING + timedelta(days=14),
    current=True,
)


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
    email, address = email_of(data.email), address_of(request)
    counted = await guessing.count_try(email, address, browser_of(request, at))
    known = await Account.credentials(email)
    if not await passwords.fits(data.password, known[1] if known else None) or known is None:
        log.info("a sign-in failed", address=address)
        metrics.sign_ins.labels("failed").inc()
        guessing.note_failure(known[0] if known else None, whence(request))
        raise Unauthenticated("Email or password is wrong.")
    metrics.sign_ins.labels("ok").inc()
    await guessing.give_back(counted)
    user_id, password_hash = known
    if passwords.outdated(password_hash):
        await Account.set_password_hash(user_id, await passwords.hashed(data.password))
    return await begin_session(user_id, request, at, status=200)


async def begin_session(user_id: UUID, request: Request[Any, Any, Any], at: At, *, status: int) -> Response[Me]:
    """Sign somebody in who has shown who he is: the answer has the cookies and says who he is."""
    cookies = await session_cookies(user_id, request, at)
    caller = await Session.caller(hash_of(str(cookies[0].value)), at.settings.session_days)
    assert caller is not None
    return Response(me_of(caller, at.settings), status_code=status, cookies=cookies)


async def session_cookies(user_id: UUID, request: Request[Any, Any, Any], at: At, **detail: str) -> list[Cookie]:
    """Begin a session: the cookies of the session and of the browser, which is known from now on. Details are for the audit log."""
    token, days = new_token(), at.settings.session_days
    browser = request.cookies.get(browser_cookie_name(at.settings)) or new_token()
    async with at.outbox.change():
        await Session.begin(hash_of(token), user_id, days, whence(request))
        await KnownBrowser.put(hash_of(browser), user_id)
        await note(Act.SIGNED_IN, user_id, whence(request), by=None, **detail)
    return [
        cookie(at, cookie_name(at.settings), token, days),
        cookie(at, browser_cookie_name(at.settings), browser, BROWSER_DAYS),
    ]


@delete(
    "/session",
    operation_id="sign_out",
    summary="Sign out",
    tags=["Account"],
    scope="account",
    responses=told(204, None, None, "forbidden"),
)
async def sign_out(caller: Who, origin: From, at: At) -> Response[None]:
    """End the session and remove its cookie."""
    if caller.session is not None and await Session.end(caller.user_id, caller.session):
        await note(Act.SIGNED_OUT, caller.user_id, origin, by=caller)
    return Response(None, status_code=204, cookies=[cookie(at, cookie_name(at.settings), "", 0)])


@get(
    "/sessions",
    operation_id="list_sessions",
    summary="Where I am signed in",
    tags=["Account"],
    scope="account",
    responses=told(200, Sessions, {"sessions": [EXAMPLE]}, "forbidden"),
)
async def list_sessions(caller: Who) -> Sessions:
    """Every browser with a session that has not expired, the one used last first."""
    return Sessions(
        sessions=tuple(
            SessionShown(device=device_of(row.pop("user_agent")), current=row["id"] == caller.session, **row)
            for row in await Session.of(caller.user_id)
        )
    )


@delete(
    "/sessions/{session_id:uuid}",
    operation_id="end_session",
    summary="Sign out in one browser",
    tags=["Account"],
    scope="account",
    responses=told(204, None, None, "not_found", "forbidden"),
)
async def end_session(session_id: FromPath[UUID], caller: Who, origin: From, at: At) -> None:
    """Whoever uses that browser has to sign in again."""
    async with at.outbox.change():
        if not await Session.end(caller.user_id, session_id):
            raise NotFound("There is no such session; it may have ended already.")
        await note(Act.SESSION_ENDED, caller.user_id, origin, by=caller)


@delete(
    "/sessions",
    operation_id="sign_out_everywhere",
    summary="Sign out everywhere",
    tags=["Account"],
    scope="account",
    responses=told(204, None, None, "forbidden"),
)
async def sign_out_everywhere(
    caller: Who,
    origin: From,
    at: At,
    *,
    keep_this: Annotated[bool, QueryParameter(description="true to stay signed in in the browser that asks")] = False,
) -> Response[None]:
    """End all sessions, or all but the one that asks. API keys go on; revoke them one by one."""
    async with at.outbox.change():
        await Session.end_all(caller.user_id, but=caller.session if keep_this else None)
        await note(Act.SIGNED_OUT_EVERYWHERE, caller.user_id, origin, by=caller)
    over = [] if keep_this else [cookie(at, cookie_name(at.settings), "", 0)]
    return Response(None, status_code=204, cookies=over)


def browser_of(request: Request[Any, Any, Any], at: At) -> bytes | None:
    """The hash of the browser's own token, if it has one."""
    token = request.cookies.get(browser_cookie_name(at.settings))
    return hash_of(token) if token else None


def cookie(at: At, name: str, value: str, days: int) -> Cookie:
    """A cookie that scripts and other sites cannot use."""
    return Cookie(
        key=name,
        value=value,
        path="/",
        httponly=True,
        samesite="lax",
        secure=at.settings.secure,
        max_age=days * 24 * 3600,
    )
