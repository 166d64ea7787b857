"""AWS Signature Version 4: by headers for our own requests, in the query for URLs that are handed out.

See "Authenticating Requests (AWS Signature Version 4)" in the reference of the S3 API.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from msgspec import Struct

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
"""Bodies are not part of the signature: hashing them costs more than sending them, and TLS protects them on their way."""


class Credentials(Struct, frozen=True):
    """Who signs, and for which region. The token belongs to temporary credentials only."""

    access_key: str
    secret_key: str
    region: str
    token: str = ""


class Request(Struct, frozen=True, kw_only=True):
    """What is signed: the path as it is sent (percent-encoded), the query before encoding."""

    method: str
    host: str
    path: str
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    """All of these are signed, and have to be sent exactly so; `Host` is added."""


def encoded(query: Mapping[str, str]) -> str:
    """A query in the one form that the signature knows: sorted, everything but unreserved characters encoded."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in sorted(query.items()))


def authorized(request: Request, by: Credentials, now: datetime, payload: str = UNSIGNED) -> dict[str, str]:
    """The headers to send: those of the request, and those that prove who asks. `payload` is the SHA-256 of the body."""
    headers = {**request.headers, "x-amz-content-sha256": payload, "x-amz-date": _stamp(now)}
    if by.token:
        headers["x-amz-security-token"] = by.token
    names, signature = _signature(request, request.query, headers, by, now, payload)
    credential = f"{by.access_key}/{_scope(by, now)}"
    headers["Authorization"] = f"{ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}"
    return headers


def presigned(request: Request, by: Credentials, now: datetime, expires_s: int) -> str:
    """Path and query of a URL that allows this one request until it expires; its headers have to be sent as they are."""
    query = {
        **request.query,
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{by.access_key}/{_scope(by, now)}",
        "X-Amz-Date": _stamp(now),
        "X-Amz-Expires": str(expires_s),
        "X-Amz-SignedHeaders": _names(_lower(request, request.headers)),
    }
    if by.token:
        query["X-Amz-Security-Token"] = by.token
    _, signature = _signature(request, query, request.headers, by, now, UNSIGNED)
    return f"{request.path}?{encoded(query)}&X-Amz-Signature={signature}"


def _signature(
    request: Request,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    by: Credentials,
    now: datetime,
    payload: str,
) -> tuple[str, str]:
    """The names of the signed headers, and the signature."""
    signed = _lower(request, headers)
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    canonical = "\n".join((request.method, request.path, encoded(query), lines, _names(signed), payload))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join((ALGORITHM, _stamp(now), _scope(by, now), digest))
    key = f"AWS4{by.secret_key}".encode()
    for step in (f"{now:%Y%m%d}", by.region, "s3", "aws4_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    return _names(signed), hmac.digest(key, text.encode(), "sha256").hex()


def _lower(request: Request, headers: Mapping[str, str]) -> dict[str, str]:
    return {"host": request.host, **{name.lower(): " ".join(value.split()) for name, value in headers.items()}}


def _names(headers: Mapping[str, str]) -> str:
    return ";".join(sorted(headers))


def _stamp(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M%SZ}"


def _scope(by: Credentials, now: datetime) -> str:
    return f"{now:%Y%m%d}/{by.region}/s3/aws4_request"


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")
