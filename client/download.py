"""Fetches a file by a signed URL: goes on where a broken connection left off, and checks what came."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import BinaryIO, Protocol

import httpx
from msgspec import Struct

from client.api import check
from client.errors import ClientError, Refused
from client.retrying import Backoff, broken, passing, persist

TIMEOUT = httpx.Timeout(60.0, connect=10.0)


class Wanted(Struct, frozen=True, kw_only=True):
    """What the file must be when it has arrived: its size in bytes and its CRC-32, as far as they are known."""

    size_bytes: int | None = None
    crc32: int | None = None


class DownloadListener(Protocol):
    """Hears how a download gets on."""

    def total(self, size: int) -> None:
        """The file has so many bytes."""

    def have(self, size: int) -> None:
        """So many bytes are here."""

    def again(self, reason: str) -> None:
        """The connection broke; the download goes on from where it was."""


async def download(
    url: Callable[[], Awaitable[str]],
    path: Path,
    wanted: Wanted,
    listener: DownloadListener,
    *,
    backoff: Backoff | None = None,
) -> int:
    """Fetch into `path`, which appears only when it is whole; returns its bytes.

    `url` is asked for a fresh URL at each attempt. Attempts count from the last byte that came. Raises `ClientError`.
    """
    part = path.with_name(f".{path.name}.part")
    patience = backoff or Backoff()
    try:
        with part.open("wb") as file:
            arriving = _Arriving(file, listener)
            async with httpx.AsyncClient(timeout=TIMEOUT, headers={"User-Agent": "dailies-client"}) as http:
                while True:
                    before = arriving.size
                    try:
                        await persist(
                            lambda: arriving.go_on(http, url),
                            patience,
                            worth_it=_worth_it,
                            failed=arriving.failed,
                        )
                        break
                    except httpx.HTTPError as error:
                        # A connection that brings a little more each time is slow, not broken.
                        if arriving.size <= before:
                            raise broken(error, "the store") from error
            _verify(arriving, wanted, path)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise ClientError(f"{path} cannot be written ({error.strerror}); choose another place with -o.") from error
    finally:
        part.unlink(missing_ok=True)
    return arriving.size


class _Arriving:
    """A file that is on its way: what is here of it, and which version of it."""

    def __init__(self, file: BinaryIO, listener: DownloadListener) -> None:
        self.file, self.listener = file, listener
        self.size = 0
        self.crc32 = 0
        self.etag: str | None = None

    def failed(self, error: Exception) -> None:
        self.listener.again("the connection broke" if isinstance(error, httpx.HTTPError) else str(error))

    async def go_on(self, http: httpx.AsyncClient, url: Callable[[], Awaitable[str]]) -> None:
        """Ask for what is missing and take it in."""
        # Without a strong validator nobody can say that the rest belongs to the same file: then from the start.
        headers = {"Accept-Encoding": "identity"}
        if self.size and self.etag is not None:
            headers |= {"Range": f"bytes={self.size}-", "If-Range": self.etag}
        async with http.stream("GET", await url(), headers=headers) as response:
            if response.status_code >= 400:
                body = await response.aread()
                if response.status_code == 416:
                    self._start_over()
                check(response.status_code, body, response.headers)
            if response.status_code != 206 or _start(response) != self.size:
                self._start_over()
                if response.status_code == 206:
                    raise httpx.RemoteProtocolError("another range than the one that was asked for")
            etag = response.headers.get("ETag")
            self.etag = etag if etag and not etag.startswith("W/") else None
            if (length := response.headers.get("Content-Length", "")).isdigit():
                self.listener.total(self.size + int(length))
            # As it comes: what a larger buffer would hold is lost when the connection breaks.
            async for data in response.aiter_raw():
                self.file.write(data)
                self.size += len(data)
                self.crc32 = zlib.crc32(data, self.crc32)
                self.listener.have(self.size)

    def _start_over(self) -> None:
        self.file.seek(0)
        self.file.truncate()
        self.size = self.crc32 = 0
        self.listener.have(0)


def _worth_it(error: Exception) -> bool:
    # 403: the URL has expired; 416: what is here was not what it seemed, and the next attempt starts over.
    return passing(error) or (isinstance(error, Refused) and error.problem.status in (403, 416))


def _start(response: httpx.Response) -> int | None:
    found = re.fullmatch(r"bytes (\d+)-\d+/(?:\d+|\*)", response.headers.get("Content-Range", ""))
    return int(found[1]) if found else None


def _verify(arriving: _Arriving, wanted: Wanted, path: Path) -> None:
    if wanted.size_bytes is not None and arriving.size != wanted.size_bytes:
        raise ClientError(
            f"{path.name} should have {wanted.size_bytes} bytes, but {arriving.size} arrived; download it again.",
            code="wrong_size",
        )
    if wanted.crc32 is not None and arriving.crc32 != wanted.crc32:
        raise ClientError(f"{path.name} was damaged on the way; download it again.", code="damaged")
