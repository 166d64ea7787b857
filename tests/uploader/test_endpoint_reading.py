"""Reading from the local store over HTTP: links, ranges, conditions."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from services.uploader.service import UploaderWorker
from shared.storage.disposition import disposition
from shared.storage.signing import Grant, signed_path
from tests.uploader.driving import local, problem

SOON = timedelta(minutes=5)
FILM = bytes(range(256)) * 40


async def stored_url(at: UploaderWorker, data: bytes = FILM, name: str | None = None, kind: str | None = None) -> str:
    """A URL for something that is in the store."""
    await at.store.put_bytes("runs/a/output.mp4", data, "video/mp4")
    return await at.store.presign_get("runs/a/output.mp4", name, kind, SOON)


async def test_an_expired_url_is_refused(uploader: UploaderWorker, http: httpx.AsyncClient) -> None:
    await stored_url(uploader)
    url = await uploader.store.presign_get("runs/a/output.mp4", None, None, timedelta(seconds=-1))
    for method in ("GET", "HEAD"):
        answer = await http.request(method, url)
        assert answer.status_code == 403
    assert problem(await http.get(url)) == (403, "link_expired")


async def test_an_altered_url_is_refused(uploader: UploaderWorker, http: httpx.AsyncClient) -> None:
    url = await stored_url(uploader)
    await uploader.store.put_bytes("runs/b/output.mp4", b"secret")
    for altered in (
        url.replace("runs/a/", "runs/b/"),
        url + "&name=x",
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        url.partition("?")[0],
    ):
        assert problem(await http.get(altered)) == (403, "link_altered")
    assert problem(await http.put(url, content=b"x")) == (403, "link_altered")


@pytest.mark.parametrize(
    "path",
    ["/objects/../secret", "/objects//etc/passwd", "/objects/%2e%2e/%2e%2e/etc/passwd", "/objects/", "/objects/%ff%00"],
)
async def test_no_path_leads_out_of_the_store(uploader: UploaderWorker, path: str) -> None:
    # By hand, because clients tidy paths up before they send them.
    grant = Grant(method="GET", key="a", expires=2**40)
    query = signed_path(grant, local(uploader).keys).partition("?")[2]
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(local(uploader).url).port)
    writer.write(f"GET {path}?{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"link_altered" in answer


RANGES = [
    ("bytes=0-0", 206, (0, 1)),
    ("bytes=10-19", 206, (10, 20)),
    ("bytes=10000-", 206, (10000, len(FILM))),
    ("bytes=-100", 206, (len(FILM) - 100, len(FILM))),
    ("bytes=-999999", 206, (0, len(FILM))),
    ("bytes=5-999999", 206, (5, len(FILM))),
    ("bytes=0-1,5-6", 200, (0, len(FILM))),
    ("bytes=7-3", 200, (0, len(FILM))),
    ("lines=1-2", 200, (0, len(FILM))),
    ("bytes=x", 200, (0, len(FILM))),
]


@pytest.mark.parametrize(("header", "status", "expected"), RANGES)
async def test_ranges(
    uploader: UploaderWorker, http: httpx.AsyncClient, header: str, status: int, expected: tuple[int, int]
) -> None:
    answer = await http.get(await stored_url(uploader), headers={"Range": header})
    start, end = expected
    assert answer.status_code == status
    assert answer.content == FILM[start:end]
    assert answer.headers["content-length"] == str(end - start)
    assert answer.headers["accept-ranges"] == "bytes"
    shown = f"bytes {start}-{end - 1}/{len(FILM)}" if status == 206 else None
    assert answer.headers.get("content-range") == shown


@pytest.mark.parametrize("header", [f"bytes={len(FILM)}-", "bytes=99999999-100000000", "bytes=-0"])
async def test_a_range_beyond_the_end(uploader: UploaderWorker, http: httpx.AsyncClient, header: str) -> None:
    answer = await http.get(await stored_url(uploader), headers={"Range": header})
    assert problem(answer) == (416, "range_not_satisfiable")
    assert answer.headers["content-range"] == f"bytes */{len(FILM)}"


async def test_conditions(uploader: UploaderWorker, http: httpx.AsyncClient) -> None:
    url = await stored_url(uploader)
    etag = (await http.get(url)).headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = await http.get(url, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    assert (await http.get(url, headers={"If-None-Match": '"other"'})).status_code == 200
    assert (await http.get(url, headers={"If-Match": etag})).status_code == 200
    assert problem(await http.get(url, headers={"If-Match": '"other"'})) == (412, "precondition_failed")


async def test_a_range_goes_on_only_with_the_same_version(uploader: UploaderWorker, http: httpx.AsyncClient) -> None:
    url = await stored_url(uploader)
    etag = (await http.get(url)).headers["etag"]
    part = {"Range": "bytes=1-2"}
    assert (await http.get(url, headers={**part, "If-Range": etag})).status_code == 206
    await stored_url(uploader, FILM[::-1])
    for condition in (etag, f"W/{etag}", "Sun, 22 Nov 2026 10:00:00 GMT"):
        answer = await http.get(url, headers={**part, "If-Range": condition})
        assert (answer.status_code, answer.content) == (200, FILM[::-1])


async def test_head_says_what_get_would(uploader: UploaderWorker, http: httpx.AsyncClient) -> None:
    url = await stored_url(uploader, name="film.mp4", kind="video/webm")
    head, got = await http.head(url), await http.get(url)
    names = ("content-length", "content-type", "content-disposition", "etag", "accept-ranges")
    assert [head.headers[name] for name in names] == [got.headers[name] for name in names]
    assert head.headers["content-type"] == "video/webm"
    assert head.content == b""


async def test_what_is_not_there_is_a_problem_and_not_a_riddle(
    uploader: UploaderWorker, http: httpx.AsyncClient
) -> None:
    assert problem(await http.get(await uploader.store.presign_get("no/such", None, None, SOON))) == (404, "not_found")
    assert problem(await http.get(f"{local(uploader).url}/")) == (404, "not_found")
    for method in ("POST", "DELETE", "PATCH"):
        answer = await http.request(method, f"{local(uploader).url}/objects/a")
        assert problem(answer) == (405, "method_not_allowed")
        assert "PUT" in answer.headers["allow"]


async def test_what_nobody_foresaw_is_a_number_for_the_log_and_no_secret(
    uploader: UploaderWorker, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await stored_url(uploader)

    async def broken(key: str) -> object:
        raise RuntimeError(f"secret path of {key}")

    monkeypatch.setattr(uploader.store, "open", broken)
    answer = await http.get(url)
    assert problem(answer) == (500, "internal")
    assert "secret" not in answer.text


async def test_an_object_that_ends_too_early_is_not_taken_for_whole(
    uploader: UploaderWorker, http: httpx.AsyncClient
) -> None:
    url = await stored_url(uploader, os.urandom(3 * 1024 * 1024))
    open_object = local(uploader).open

    async def cut_short(key: str) -> object:
        file, stored = await open_object(key)
        os.truncate(f"/proc/self/fd/{file.fileno()}", 1024 * 1024)
        return file, stored

    local(uploader).open = cut_short  # type: ignore[method-assign, assignment]
    with pytest.raises(httpx.RemoteProtocolError):
        await http.get(url)


async def test_a_reader_that_leaves_in_the_middle_closes_the_file(uploader: UploaderWorker) -> None:
    url = urlsplit(await stored_url(uploader, os.urandom(8 * 1024 * 1024)))

    def opened_files() -> int:
        links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        return sum("runs/a/output.mp4" in str(link.readlink()) for link in links)

    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    await reader.readline()
    assert opened_files() == 1
    writer.transport.abort()
    async with asyncio.timeout(10):
        while opened_files():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        (None, "attachment"),
        ("film.mp4", "attachment; filename=\"film.mp4\"; filename*=UTF-8''film.mp4"),
        (
            'a"b\\c\r\nX: y.mp4',
            "attachment; filename=\"a_b_c__X: y.mp4\"; filename*=UTF-8''a%22b%5Cc%0D%0AX%3A%20y.mp4",
        ),
        ("Zoë.mp4", "attachment; filename=\"Zo_.mp4\"; filename*=UTF-8''Zo%C3%AB.mp4"),
    ],
)
def test_names_of_downloads_are_safe_in_a_header(name: str | None, header: str) -> None:
    assert disposition(name) == header
