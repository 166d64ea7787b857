"""Fetching a file over connections that break."""

from __future__ import annotations

import os
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from client.download import Wanted, download
from client.errors import ClientError, Unreachable
from client.retrying import Backoff
from tests.client.server import Exchange, serving

QUICK = Backoff(attempts=3, first_s=0.001, longest_s=0.002)
DATA = os.urandom(3_000_000)
WHOLE = Wanted(size_bytes=len(DATA), crc32=zlib.crc32(DATA))


class Heard:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.size = 0
        self.most: int | None = None
        self.failures: list[str] = []

    def total(self, size: int) -> None:
        self.most = size

    def have(self, size: int) -> None:
        self.size = size

    def again(self, reason: str) -> None:
        self.failures.append(reason)


async def send(exchange: Exchange, data: bytes, etag: str = '"one"', *, cut: int | None = None) -> None:
    """Answer with the file, or the range that is asked for; break off after `cut` bytes of it."""
    asked = exchange.headers.get("range")
    start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
    if exchange.headers.get("if-range") not in (None, etag):
        start = 0
    headers = {"ETag": etag, "Content-Length": str(len(data) - start)}
    if start:
        headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
    await exchange.head(206 if start else 200, headers)
    await exchange.send(data[start:] if cut is None else data[start : start + cut])
    if cut is not None:
        # In order, so that what was sent arrives before the end does.
        exchange.writer.close()


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def urls(*found: str) -> Callable[[], Awaitable[str]]:
    left = list(found)

    async def url() -> str:
        return left.pop(0) if len(left) > 1 else left[0]

    return url


async def test_a_whole_file_arrives(tmp_path: Path) -> None:
    heard = Heard()

    async def handle(exchange: Exchange) -> None:
        await send(exchange, DATA)

    with serving(handle) as server:
        size = await download(urls(server.url), tmp_path / "out.zip", WHOLE, heard, backoff=QUICK)
    assert size == heard.size == heard.most == len(DATA)
    assert (tmp_path / "out.zip").read_bytes() == DATA
    assert names_in(tmp_path) == ["out.zip"]


async def test_it_goes_on_where_the_connection_broke(tmp_path: Path) -> None:
    ranges: list[tuple[str | None, str | None]] = []

    async def handle(exchange: Exchange) -> None:
        ranges.append((exchange.headers.get("range"), exchange.headers.get("if-range")))
        await send(exchange, DATA, cut=1_000_000 if len(ranges) < 3 else None)

    heard = Heard()
    with serving(handle) as server:
        await download(urls(server.url), tmp_path / "out.zip", WHOLE, heard, backoff=QUICK)
    assert (tmp_path / "out.zip").read_bytes() == DATA
    assert ranges == [(None, None), ("bytes=1000000-", '"one"'), ("bytes=2000000-", '"one"')]
    assert heard.failures == ["the connection broke"] * 2


async def test_a_connection_that_brings_a_little_each_time_is_not_given_up(tmp_path: Path) -> None:
    async def handle(exchange: Exchange) -> None:
        await send(exchange, DATA, cut=400_000)

    with serving(handle) as server:
        await download(urls(server.url), tmp_path / "out.zip", WHOLE, Heard(), backoff=QUICK)
        assert server.count("GET") >= 8
    assert (tmp_path / "out.zip").read_bytes() == DATA


async def test_a_file_that_was_replaced_meanwhile_is_fetched_from_the_start(tmp_path: Path) -> None:
    other = os.urandom(2_000_000)
    first = True

    async def handle(exchange: Exchange) -> None:
        nonlocal first
        if first:
            first = False
            await send(exchange, DATA, cut=1_000_000)
        else:
            await send(exchange, other, '"two"')

    with serving(handle) as server:
        wanted = Wanted(size_bytes=len(other), crc32=zlib.crc32(other))
        await download(urls(server.url), tmp_path / "out.zip", wanted, Heard(), backoff=QUICK)
    assert (tmp_path / "out.zip").read_bytes() == other


async def test_a_url_that_has_expired_is_replaced(tmp_path: Path) -> None:
    async def handle(exchange: Exchange) -> None:
        if exchange.path == "/old":
            await exchange.problem(403, "link_expired", "This link has expired; ask for a new one.")
        else:
            await send(exchange, DATA)

    with serving(handle) as server:
        found = urls(f"{server.url}/old", f"{server.url}/new")
        await download(found, tmp_path / "out.zip", WHOLE, Heard(), backoff=QUICK)
    assert (tmp_path / "out.zip").read_bytes() == DATA


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [(Wanted(size_bytes=len(DATA) + 1), "should have 3000001 bytes"), (Wanted(crc32=1), "damaged on the way")],
)
async def test_what_is_not_what_was_promised_is_not_kept(tmp_path: Path, wanted: Wanted, sentence: str) -> None:
    async def handle(exchange: Exchange) -> None:
        await send(exchange, DATA)

    with serving(handle) as server, pytest.raises(ClientError, match=sentence):
        await download(urls(server.url), tmp_path / "out.zip", wanted, Heard(), backoff=QUICK)
    assert names_in(tmp_path) == []


async def test_a_store_that_is_gone_leaves_nothing(tmp_path: Path) -> None:
    async def handle(exchange: Exchange) -> None:
        exchange.drop()

    with serving(handle) as server:
        with pytest.raises(Unreachable):
            await download(urls(server.url), tmp_path / "out.zip", WHOLE, Heard(), backoff=QUICK)
        assert server.count("GET") == 3
    assert names_in(tmp_path) == []


async def test_an_older_file_stays_when_the_download_fails(tmp_path: Path) -> None:
    (tmp_path / "out.zip").write_bytes(b"older")

    async def handle(exchange: Exchange) -> None:
        await exchange.problem(404, "not_found", "There is no such file.")

    with serving(handle) as server, pytest.raises(ClientError, match="no such file"):
        await download(urls(server.url), tmp_path / "out.zip", WHOLE, Heard(), backoff=QUICK)
    assert (tmp_path / "out.zip").read_bytes() == b"older"
