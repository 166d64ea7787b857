"""The HTTP endpoint of the local store: PUT, GET and HEAD by signed URLs, streamed in constant memory.

Plain ASGI, because a framework between the socket and the disk only costs time here. A URL carries its own authority, so that
any origin may use it; answers are marked so that a browser never runs what is in them.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, BinaryIO

from services.uploader import ranges
from services.uploader.arrivals import Arrival, Arrivals
from services.uploader.problems import MEDIA_TYPE, STATUS, problem
from shared.errors import DailiesError, Invalid, LinkAltered, TooLarge
from shared.logs import logger
from shared.media import StoredObject
from shared.storage.disposition import disposition
from shared.storage.local import LocalStore, stretch
from shared.storage.objects import OCTETS
from shared.storage.signing import ROUTE, Grant, granted

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = Iterable[tuple[str, str]]

log = logger(__name__)

METHODS = "GET, HEAD, PUT, OPTIONS"
CORS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Content-Length, Content-Range, Content-Disposition, Accept-Ranges"),
)
PREFLIGHT = (
    ("Access-Control-Allow-Methods", METHODS),
    ("Access-Control-Allow-Headers", "Content-Type, Range, If-Match, If-None-Match, If-Range"),
    ("Access-Control-Max-Age", "7200"),
)
INERT = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; sandbox"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("Referrer-Policy", "no-referrer"),
)


class Refused(DailiesError):
    """A request that cannot be met, with the code of its problem body."""

    def __init__(self, code: str, sentence: str, headers: Headers = ()) -> None:
        super().__init__(sentence)
        self.refusal = code
        self.headers = headers


class ClientGone(Exception):
    """The other side has closed the connection; there is nobody to answer."""


class Endpoint:
    """The ASGI application. `patience_s` is how long a connection may stand still before it is given up."""

    def __init__(self, store: LocalStore, arrivals: Arrivals, *, patience_s: float = 60.0) -> None:
        self.store = store
        self.arrivals = arrivals
        self.patience_s = patience_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            await self._answer(scope, receive, send)
        except ClientGone:
            return
        except Refused as refused:
            await _say(send, scope, *problem(refused.refusal, str(refused)), headers=refused.headers)
        except DailiesError as error:
            code = error.code if error.code in STATUS else "internal"
            await _say(send, scope, *problem(code, str(error)))
        except Exception:
            number = uuid.uuid4().hex[:12]
            log.exception("a request for an object failed", error_id=number, path=scope["path"])
            await _say(send, scope, *problem("internal", f"Something went wrong here; the log knows it as {number}."))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        if not path.startswith(ROUTE):
            raise Refused("not_found", "There is nothing at this address.")
        if method == "OPTIONS":
            await _say(send, scope, 204, headers=PREFLIGHT)
            return
        if method not in ("GET", "HEAD", "PUT"):
            raise Refused("method_not_allowed", f"Objects know {METHODS}.", [("Allow", METHODS)])
        try:
            query = scope["query_string"].decode("ascii")
        except UnicodeDecodeError:
            query = ""
        grant = granted(method, path.removeprefix(ROUTE), query, self.store.keys, time.time())
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if method == "PUT":
            await self._put(grant, headers, scope, receive, send)
        else:
            await self._get(grant, headers, scope, receive, send)

    async def _put(self, grant: Grant, headers: dict[str, str], scope: Scope, receive: Receive, send: Send) -> None:
        content_type = headers.get("content-type", OCTETS)
        if grant.type is not None and content_type != grant.type:
            raise LinkAltered(f"This link takes the header 'Content-Type: {grant.type}'; send it as it is in the plan.")
        _check_announced(headers, grant)
        arrival = await self.arrivals.begin(grant.key, grant.upload, grant.part or 1)
        with self.arrivals.counted(arrival):
            body = self._body(receive, arrival, grant)
            if grant.part is not None and grant.upload is not None and grant.length is not None:
                part = await self.store.put_part(grant.key, grant.upload, grant.part, body, grant.length)
                etag, size = part.etag, part.size_bytes
            else:
                whole = await self.store.put_stream(grant.key, body, content_type, grant.length)
                etag, size = whole.etag, whole.size_bytes
            arrival.stored(size)
        await _say(send, scope, 200, headers=[("ETag", f'"{etag}"')])

    async def _body(self, receive: Receive, arrival: Arrival, grant: Grant) -> AsyncIterator[bytes]:
        received = 0
        while True:
            try:
                async with asyncio.timeout(self.patience_s):
                    message = await receive()
            except TimeoutError:
                raise Refused("too_slow", f"Nothing arrived for {self.patience_s:g} seconds; send it again.") from None
            if message["type"] == "http.disconnect":
                raise ClientGone
            if chunk := message.get("body"):
                received += len(chunk)
                if grant.most is not None and received > grant.most:
                    raise TooLarge(f"A file may have up to {grant.most} bytes; this one has more.")
                arrival.count(len(chunk))
                yield chunk
            if not message.get("more_body"):
                break
        if not received:
            raise Invalid("Nothing was sent; an upload has at least one byte.")

    async def _get(self, grant: Grant, headers: dict[str, str], scope: Scope, receive: Receive, send: Send) -> None:
        file, stored = await self.store.open(grant.key)
        with file:
            common = [*_described(grant, stored), ("Accept-Ranges", "bytes")]
            if not ranges.still_matches(headers.get("if-match"), stored.etag):
                raise Refused("precondition_failed", "The object is not the one you know; ask without If-Match.")
            if ranges.known_already(headers.get("if-none-match"), stored.etag):
                await _say(send, scope, 304, headers=common)
                return
            whole = ranges.Stretch(0, stored.size_bytes)
            asked = None
            # Ranges are defined for GET alone (RFC 9110, section 14.2).
            if scope["method"] == "GET" and ranges.may_continue(headers.get("if-range"), stored.etag):
                try:
                    asked = ranges.asked_for(headers.get("range"), stored.size_bytes)
                except ranges.Unsatisfiable:
                    sentence = f"The object has {stored.size_bytes} bytes; ask for a range inside of it."
                    size = ("Content-Range", f"bytes */{stored.size_bytes}")
                    raise Refused("range_not_satisfiable", sentence, [size]) from None
            part = asked or whole
            common.append(("Content-Length", str(part.end - part.start)))
            if asked:
                common.append(("Content-Range", f"bytes {part.start}-{part.end - 1}/{stored.size_bytes}"))
            await _start(send, scope, 206 if asked else 200, common)
            if scope["method"] == "GET":
                await self._stream(file, part, receive, send)
            await send({"type": "http.response.body", "body": b""})

    async def _stream(self, file: BinaryIO, part: ranges.Stretch, receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(_until_gone(receive))
        try:
            async for chunk in stretch(file, part.start, part.end):
                async with asyncio.timeout(self.patience_s):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                if gone.done():
                    raise ClientGone
        except TimeoutError:
            raise ClientGone from None
        except OSError as error:
            # The answer has begun: all that can be done is to break it off, so that nobody takes it for whole.
            log.exception("an object could not be read to its end")
            raise ClientGone from error
        finally:
            gone.cancel()


def _check_announced(headers: dict[str, str], grant: Grant) -> None:
    """Refuse before the first byte what would be refused after the last."""
    text = headers.get("content-length")
    if text is None:
        if "transfer-encoding" not in headers:
            raise Refused("length_required", "Say with Content-Length how many bytes you send.")
        return
    announced = int(text) if text.isascii() and text.isdigit() else -1
    if grant.length is not None and announced > grant.length:
        raise TooLarge(f"This link takes exactly {grant.length} bytes; {announced} were announced.")
    if grant.length is not None and announced != grant.length:
        raise Invalid(f"This link takes exactly {grant.length} bytes; {announced} were announced.")
    if grant.most is not None and announced > grant.most:
        raise TooLarge(f"A file may have up to {grant.most} bytes; {announced} were announced.")


def _described(grant: Grant, stored: StoredObject) -> list[tuple[str, str]]:
    left_s = max(0, grant.expires - int(time.time()))
    return [
        ("Content-Type", grant.type or stored.content_type),
        ("Content-Disposition", disposition(grant.name)),
        ("ETag", f'"{stored.etag}"'),
        ("Cache-Control", f"private, max-age={left_s}"),
        *INERT,
    ]


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _say(send: Send, scope: Scope, status: int, body: bytes = b"", headers: Headers = ()) -> None:
    """An answer without or with a short body."""
    described: list[tuple[str, str]] = list(headers)
    if body:
        described += [("Content-Type", MEDIA_TYPE), ("Cache-Control", "no-store"), *INERT]
    if status not in (204, 304):
        described.append(("Content-Length", str(len(body))))
    await _start(send, scope, status, described)
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def _start(send: Send, scope: Scope, status: int, headers: Headers) -> None:
    encoded = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in (*headers, *CORS)]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
