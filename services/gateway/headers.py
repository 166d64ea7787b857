"""What every answer carries: a request id, and headers that keep a browser from being led astray."""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.metrics import NO_ROUTE, STREAM, count_request
from services.gateway.settings import GatewaySettings
from shared import tracing
from shared.logs import logger
from shared.storage import public_origin

log = logger(__name__)

GIVEN_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")
IDS = {"batch_id": "batch_id", "batch_job_id": "batch_id", "video_id": "video_id", "export_id": "export_id"}
"""Parameters of paths that are ids, by the names that they have in all logs."""
NOT_CACHED = (b"cache-control", b"no-store")


def security_headers(settings: GatewaySettings) -> tuple[tuple[bytes, bytes], ...]:
    """The headers of every answer. Only the store is another origin: browsers send bytes there and play videos from there."""
    store = public_origin(settings)
    # Styles alone may be inline: dialogs and toasts hold the page still, and place themselves, by styles of their own.
    policy = (
        f"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self' {store}; "
        f"img-src 'self' data: blob: {store}; media-src 'self' blob: {store}; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    headers = [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"same-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    ]
    if settings.secure:
        headers.append((b"strict-transport-security", b"max-age=31536000"))
    return tuple(headers)


def with_headers(app: ASGIApp, settings: GatewaySettings) -> ASGIApp:
    """The application, with the headers on every answer and one line in the log for each; the id is bound to all lines."""
    fixed = security_headers(settings)

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        method = scope["method"]
        request_id, status, begun, stream = _request_id(scope), 0, time.monotonic(), False

        async def send_with_headers(message: Message) -> None:
            nonlocal status, stream
            if message["type"] == "http.response.start":
                status = message["status"]
                stream = any(value.startswith(STREAM) for _, value in message["headers"])
                headers = [*message["headers"], *fixed, (b"x-request-id", request_id.encode())]
                if scope["path"].startswith("/api/") and not any(name == b"cache-control" for name, _ in headers):
                    headers.append(NOT_CACHED)
                message["headers"] = headers
            await send(message)

        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            tracing.span(f"{method} request", "SERVER", about={"request_id": request_id}) as span,
        ):
            try:
                await app(scope, receive, send_with_headers)
            finally:
                took_s = time.monotonic() - begun
                count_request(scope, status, took_s, stream=stream)
                if span is not None:
                    span.update_name(f"{method} {scope.get('path_template', NO_ROUTE)}")
                ids = {IDS[name]: str(value) for name, value in scope.get("path_params", {}).items() if name in IDS}
                log.info("answered", method=method, path=scope["path"], status=status, ms=round(took_s * 1000), **ids)

    return wrapped


def _request_id(scope: Any) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and GIVEN_ID.fullmatch(value):
            return str(value.decode())
    return uuid.uuid4().hex
