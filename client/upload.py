"""Sends files to the store: five transfers at a time across all files and parts, each tried three times.

Memory does not grow with the files: they are read as they are sent.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, Self

import httpx
from msgspec import Struct

from client.api import Api, check
from client.errors import ClientError, Refused
from client.parts import Piece, pieces
from client.retrying import Backoff, broken, passing, persist
from shared.library import Video
from shared.views import UploadPlan

TRANSFERS = 5
CHUNK = 256 * 1024
TIMEOUT = httpx.Timeout(60.0, connect=10.0, read=120.0)
MARGIN = timedelta(seconds=60)
"""A URL with less time left than this is not used any more."""


class Outgoing(Struct, frozen=True, kw_only=True):
    """A file and how it is sent; `stored` are the numbers of the parts that the store has already."""

    path: Path
    size_bytes: int
    plan: UploadPlan
    stored: frozenset[int] = frozenset()

    @property
    def name(self) -> str:
        """The file's name, without its folders."""
        return self.path.name


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of one file: the video, or the error."""

    file: Outgoing
    video: Video | None = None
    error: ClientError | None = None


class UploadListener(Protocol):
    """Hears how the files get on; `file` is the place in their list."""

    def sent(self, file: int, count: int) -> None:
        """So many more bytes have left; fewer than none when a piece has to be sent again."""

    def again(self, file: int, reason: str) -> None:
        """A piece failed and is tried again."""

    def ended(self, file: int, error: ClientError | None) -> None:
        """The file is complete, or given up."""


async def upload_all(
    api: Api, files: Sequence[Outgoing], listener: UploadListener, *, backoff: Backoff | None = None
) -> list[Outcome]:
    """Send the files and have each completed. One that fails does not keep the others from arriving."""
    # Signed URLs lead to the store, which must not see the API key: so this is a connection of its own.
    limits = httpx.Limits(max_connections=TRANSFERS, max_keepalive_connections=TRANSFERS)
    async with httpx.AsyncClient(timeout=TIMEOUT, limits=limits, headers={"User-Agent": "dailies-client"}) as http:
        return await _Transfers(api, http, files, listener, backoff or Backoff()).run()


class _Transfers:
    """The state of one `upload_all`."""

    def __init__(
        self, api: Api, http: httpx.AsyncClient, files: Sequence[Outgoing], listener: UploadListener, backoff: Backoff
    ) -> None:
        self.api, self.http, self.files, self.listener, self.backoff = api, http, files, listener, backoff
        self.plans = [file.plan for file in files]
        self.waiting: list[int] = []
        self.errors: dict[int, ClientError] = {}
        self.videos: dict[int, Video] = {}

    async def run(self) -> list[Outcome]:
        todo: list[Piece] = []
        for index, file in enumerate(self.files):
            try:
                own = pieces(index, file.size_bytes, file.plan, file.stored)
            except ClientError as error:
                self._give_up(index, error)
                own = []
            self.waiting.append(len(own))
            todo.extend(own)
        queue = iter(todo)
        async with asyncio.TaskGroup() as group:
            for index in range(len(self.files)):
                if not self.waiting[index] and index not in self.errors:
                    group.create_task(self._complete(index))
            for _ in range(min(TRANSFERS, len(todo))):
                group.create_task(self._transfer(queue, group))
        return [
            Outcome(file=file, video=self.videos.get(index), error=self.errors.get(index))
            for index, file in enumerate(self.files)
        ]

    async def _transfer(self, queue: Iterator[Piece], group: asyncio.TaskGroup) -> None:
        for piece in queue:
            if piece.file in self.errors:
                continue
            try:
                await self._send(piece)
            except ClientError as error:
                self._give_up(piece.file, error)
                continue
            self.waiting[piece.file] -= 1
            if not self.waiting[piece.file]:
                # Beside the transfers: putting a large file together takes the store a moment.
                group.create_task(self._complete(piece.file))

    async def _send(self, piece: Piece) -> None:
        """Send a piece, again if need be. Raises `ClientError` when it cannot be sent."""
        expired = False

        async def once() -> None:
            url, headers = await self._address(piece, expired=expired)
            await self._put(piece, url, headers)

        def failed(error: Exception) -> None:
            nonlocal expired
            expired = _says_expired(error)
            self.listener.again(piece.file, _reason(error))

        try:
            await persist(once, self.backoff, worth_it=_worth_it, failed=failed)
        except httpx.HTTPError as error:
            raise broken(error, _host(self.plans[piece.file].url)) from error

    async def _address(self, piece: Piece, *, expired: bool) -> tuple[str, dict[str, str]]:
        """Where a piece goes. URLs live for minutes, so each is asked for just before it is used."""
        plan = self.plans[piece.file]
        if piece.number == 1 and not expired and plan.expires_at - datetime.now(UTC) > MARGIN:
            return plan.url, plan.headers
        if plan.upload_id is None:
            plan = self.plans[piece.file] = (await self.api.upload_state(plan.video_id)).plan
            return plan.url, plan.headers
        signed = await self.api.sign_parts(plan.video_id, [piece.number])
        for part in signed.parts:
            if part.number == piece.number:
                return part.url, plan.headers
        raise ClientError(f"The server signed no URL for part {piece.number} of {plan.name}; submit it again.")

    async def _put(self, piece: Piece, url: str, headers: dict[str, str]) -> None:
        sent = 0

        def count(size: int) -> None:
            nonlocal sent
            sent += size
            self.listener.sent(piece.file, size)

        try:
            with self._open(piece) as body:
                fixed = {**headers, "Content-Length": str(piece.size)}
                response = await self.http.put(url, content=body.chunks(count), headers=fixed)
            check(response.status_code, response.content, response.headers)
        except BaseException:
            self.listener.sent(piece.file, -sent)
            raise

    def _open(self, piece: Piece) -> _Slice:
        file = self.files[piece.file]
        try:
            return _Slice(file.path, file.size_bytes, piece.offset, piece.size)
        except OSError as error:
            raise ClientError(f"{file.path} cannot be read any more ({error.strerror}).", code="unreadable") from error

    async def _complete(self, index: int) -> None:
        try:
            self.videos[index] = await self.api.complete_upload(self.files[index].plan.video_id)
        except ClientError as error:
            self._give_up(index, error)
        else:
            self.listener.ended(index, None)

    def _give_up(self, index: int, error: ClientError) -> None:
        if index not in self.errors:
            self.errors[index] = error
            self.listener.ended(index, error)


class _Slice:
    """Some bytes of a file, read as they are sent. Raises `ClientError` when the file is no longer what it was."""

    def __init__(self, path: Path, size_bytes: int, offset: int, size: int) -> None:
        self.path, self.offset, self.size = path, offset, size
        self.descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        if os.fstat(self.descriptor).st_size != size_bytes:
            os.close(self.descriptor)
            raise self._changed()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            os.close(self.descriptor)

    async def chunks(self, count: Callable[[int], None]) -> AsyncIterator[bytes]:
        """The bytes; `count` hears of each chunk once the connection has taken it."""
        done = 0
        while done < self.size:
            # In a thread: a slow disk must not hold up the other transfers.
            data = await asyncio.to_thread(os.pread, self.descriptor, min(CHUNK, self.size - done), self.offset + done)
            if not data:
                raise self._changed()
            yield data
            done += len(data)
            count(len(data))

    def _changed(self) -> ClientError:
        return ClientError(f"{self.path} changed while it was being sent; submit it again.", code="changed")


def _worth_it(error: Exception) -> bool:
    return passing(error) or _says_expired(error)


def _says_expired(error: Exception) -> bool:
    # Stores answer 403 to a URL that is past its time; another one may be good.
    return isinstance(error, Refused) and error.problem.status == 403


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, ClientError) else "the connection broke"


def _host(url: str) -> str:
    parts = httpx.URL(url)
    return f"{parts.scheme}://{parts.netloc.decode()}"
