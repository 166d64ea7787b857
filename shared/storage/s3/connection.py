"""Signed requests to an S3-compatible service: tried again where that helps, with its errors in the words of the store."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import aiohttp
from msgspec import Struct
from yarl import URL

from shared.errors import DailiesError, Invalid, NotFound, OutOfSpace, Unavailable
from shared.storage import counting
from shared.storage.s3 import documents
from shared.storage.s3.signature import Credentials, Request, authorized, encoded, presigned

ATTEMPTS = 5
FIRST_PAUSE_S = 0.1
PASSING = frozenset({408, 429, 500, 502, 503, 504})
BREAKS = (aiohttp.ClientError, TimeoutError, OSError)
CONNECTIONS = 32
READ_AHEAD = 1024 * 1024
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)

UPLOAD_GONE = "There is no such open upload; it was completed, given up or never begun."
FULL = frozenset({"XMinioStorageFull", "QuotaExceeded", "InsufficientStorage"})
NOT_TAKEN = frozenset({"InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML"})
REFUSED = frozenset({"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"})


class Changed(DailiesError):
    """The object is not the version that was asked for any more."""


class Place(Struct, frozen=True, kw_only=True):
    """Where a bucket is: the address of the service, and whether the bucket stands in the path or in the host's name."""

    endpoint: str
    bucket: str
    path_style: bool

    @property
    def base(self) -> str:
        """Scheme and host of requests."""
        parts = urlsplit(self.endpoint)
        host = parts.netloc if self.path_style else f"{self.bucket}.{parts.netloc}"
        return f"{parts.scheme}://{host}"

    def path(self, key: str) -> str:
        """Path of an object, or of the bucket itself. Keys need no encoding: the rule for them is narrow."""
        return f"/{self.bucket}/{key}" if self.path_style else f"/{key}"


class Answer(Struct, frozen=True):
    """An answer, read whole."""

    headers: Mapping[str, str]
    body: bytes


class Connection:
    """Requests about one bucket. The connections behind it open with the first request, and end with `close`."""

    def __init__(self, internal: Place, public: Place, credentials: Credentials) -> None:
        self.internal = internal
        self.public = public
        self.credentials = credentials
        self._session: aiohttp.ClientSession | None = None

    async def ask(
        self,
        method: str,
        key: str = "",
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | bytearray | memoryview = b"",
    ) -> Answer:
        """Send a request, again if it fails in passing. Raises what `failed` makes of the service's refusal."""
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            begun = time.monotonic()
            try:
                async with self._sent(method, key, query or {}, headers or {}, body) as response:
                    said = await response.read()
                _count(method, response.status, begun, sent=len(body), received=len(said))
            except BREAKS as error:
                _count(method, None, begun)
                if last:
                    raise _unreachable(self.internal, error) from error
            else:
                wrong = documents.failure(said) if response.status >= 400 or said[:200].count(b"<Error") else None
                if response.status < 300 and wrong is None:
                    return Answer(response.headers, said)
                passing = response.status in PASSING or (
                    wrong is not None and wrong.code in ("InternalError", "SlowDown")
                )
                if last or not passing:
                    raise failed(response.status, wrong, key, self.internal)
            await _pause(attempt)
        raise AssertionError

    async def read(self, key: str, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        """The bytes of an answer as they arrive; they end early when the connection breaks. Raises like `ask` before the first."""
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            begun = time.monotonic()
            try:
                async with self._sent("GET", key, {}, headers, b"") as response:
                    _count("GET", response.status, begun)
                    if response.status < 300:
                        with suppress(*BREAKS):
                            async for chunk in response.content.iter_any():
                                counting.traffic.labels("out").inc(len(chunk))
                                yield chunk
                        return
                    wrong = documents.failure(await response.read())
                    if last or response.status not in PASSING:
                        raise failed(response.status, wrong, key, self.internal)
            except BREAKS as error:
                _count("GET", None, begun)
                if last:
                    raise _unreachable(self.internal, error) from error
            await _pause(attempt)

    def _sent(
        self,
        method: str,
        key: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes | bytearray | memoryview,
    ) -> aiohttp.client._RequestContextManager:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                timeout=TIMEOUT,
                auto_decompress=False,
                read_bufsize=READ_AHEAD,
                skip_auto_headers=("User-Agent", "Accept-Encoding", "Content-Type"),
            )
        base = self.internal.base
        request = Request(
            method=method, host=urlsplit(base).netloc, path=self.internal.path(key), query=query, headers=headers
        )
        proven = authorized(request, self.credentials, datetime.now(UTC))
        url = f"{base}{request.path}" + (f"?{encoded(query)}" if query else "")
        return self._session.request(
            method, URL(url, encoded=True), headers=proven, data=body or None, allow_redirects=False
        )

    def link(
        self, method: str, key: str, query: Mapping[str, str], headers: Mapping[str, str], expires: timedelta
    ) -> str:
        """A URL at the public address, good for this one request until it expires."""
        base = self.public.base
        request = Request(
            method=method, host=urlsplit(base).netloc, path=self.public.path(key), query=query, headers=headers
        )
        return base + presigned(request, self.credentials, datetime.now(UTC), int(expires.total_seconds()))

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def failed(status: int, wrong: documents.Failure | None, key: str, place: Place) -> DailiesError:
    """The error for people and callers: what is not there, what does not fit, what has to be set up."""
    code = wrong.code if wrong else ""
    if code == "NoSuchUpload":
        return NotFound(UPLOAD_GONE)
    if code == "NoSuchBucket":
        return Unavailable(f"The store at {place.endpoint} has no bucket {place.bucket!r}; make it, or name another.")
    if status == 404 and code in ("", "NoSuchKey", "NotFound"):
        return NotFound(f"The store has no object {key!r}.")
    if status in (412, 416):
        return Changed(f"{key!r} is another version, or shorter than what was asked for.")
    if code in NOT_TAKEN:
        return Invalid("The parts of this upload do not fit together; send what is missing again.")
    if code in FULL or status == 507:
        return OutOfSpace("The store has no more room; free some space, then try again.")
    if code in REFUSED or status in (401, 403):
        return Unavailable(
            f"The store refuses our login ({code or status}); check DAILIES_S3_ACCESS_KEY, DAILIES_S3_SECRET_KEY "
            "and what they may do."
        )
    return Unavailable(f"The store answers {status} {code}; try again in a moment.".replace("  ", " "))


def _count(method: str, status: int | None, begun: float, sent: int = 0, received: int = 0) -> None:
    outcome = "unreachable" if status is None else "ok" if status < 300 else str(status)
    counting.requests.labels(method.lower(), outcome).inc()
    counting.request_seconds.labels(method.lower()).observe(time.monotonic() - begun)
    if outcome == "ok":
        counting.traffic.labels("in").inc(sent)
        counting.traffic.labels("out").inc(received)


def _unreachable(place: Place, error: BaseException) -> Unavailable:
    return Unavailable(
        f"The store at {place.endpoint} does not answer ({type(error).__name__}); try again in a moment."
    )


async def _pause(attempt: int) -> None:
    await asyncio.sleep(FIRST_PAUSE_S * 2**attempt * (0.5 + random.random() / 2))
