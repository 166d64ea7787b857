"""Sending to the local store over HTTP, as browsers and programs do."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest

from services.uploader.service import UploaderWorker
from services.uploader.tables import Videos
from shared.storage.disposition import disposition
from tests.uploader.driving import local, opened, problem, send_part, upload_of

SOON = timedelta(minutes=5)


def left_over(at: UploaderWorker) -> list[str]:
    """Everything the store has but begun uploads."""
    root = local(at).folder.root
    return sorted(
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and path.parent.name != "locks" and path.name != "upload.json"
    )


async def test_a_file_goes_in_by_one_put_and_comes_out_the_same(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    data = os.urandom(50_000)
    plan = await opened(uploader, user, len(data))
    put = await http.put(plan.url, content=data, headers=plan.headers)
    assert put.status_code == 200
    key = unquote(urlsplit(plan.url).path.removeprefix("/objects/"))
    assert put.headers["etag"] == f'"{(await uploader.store.stat(key)).etag}"'
    got = await http.get(await uploader.store.presign_get(key, "Zoë’s film.mp4", None, SOON))
    assert got.content == data
    assert got.headers["content-type"] == "video/mp4"
    assert got.headers["content-disposition"] == disposition("Zoë’s film.mp4")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["cache-control"].startswith("private, max-age=")


@pytest.mark.parametrize("size", [0, 1, 999, 1001, 5000])
@pytest.mark.parametrize("announced", [True, False])
async def test_another_size_than_signed_is_refused_and_leaves_nothing(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID, size: int, announced: bool
) -> None:
    plan = await opened(uploader, user, 1000)

    async def body() -> AsyncIterator[bytes]:
        yield b"x" * size

    answer = await http.put(plan.url, content=b"x" * size if announced else body(), headers=plan.headers)
    assert problem(answer) == ((413, "too_large") if size > 1000 else (422, "invalid"))
    assert left_over(uploader) == []


@pytest.mark.parametrize("size", [0, 1, 32 * 1024 - 1, 32 * 1024 + 1])
async def test_a_part_of_another_size_than_signed_is_refused_and_leaves_nothing(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID, size: int
) -> None:
    plan = await opened(uploader, user, 100 * 1024)
    answer = await http.put(plan.url, content=b"x" * size)
    assert problem(answer) == ((413, "too_large") if size > 32 * 1024 else (422, "invalid"))
    assert left_over(uploader) == []
    assert (await upload_of(uploader, user, plan.video_id)).parts == ()


async def test_a_file_of_unknown_size_has_a_limit_all_the_same(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    plan = await opened(uploader, user, None)
    limit = uploader.settings.store_max_object_bytes

    async def much() -> AsyncIterator[bytes]:
        for _ in range(limit // 65536 + 1):
            yield b"x" * 65536

    assert problem(await http.put(plan.url, content=much())) == (413, "too_large")
    assert problem(await http.put(plan.url, content=b"")) == (422, "invalid")
    assert left_over(uploader) == []
    assert (await http.put(plan.url, content=b"x", headers={"Content-Type": "video/webm"})).status_code == 200


async def test_the_content_type_has_to_be_the_signed_one(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    plan = await opened(uploader, user, 4)
    for headers in ({}, {"Content-Type": "text/html"}):
        assert problem(await http.put(plan.url, content=b"film", headers=headers)) == (403, "link_altered")
    assert left_over(uploader) == []


async def test_parts_are_answered_with_their_etags(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    data = os.urandom(100 * 1024)
    plan = await opened(uploader, user, len(data))
    assert (plan.part_count, plan.part_size_bytes) == (4, 32 * 1024)
    answers = [await send_part(uploader, user, plan, number, data, http) for number in (4, 1)]
    parts = (await upload_of(uploader, user, plan.video_id)).parts
    assert [(part.number, part.size_bytes) for part in parts] == [(1, 32 * 1024), (4, 4 * 1024)]
    assert {f'"{part.etag}"' for part in parts} == {answer.headers["etag"] for answer in answers}


async def test_any_origin_may_use_a_url(uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID) -> None:
    plan = await opened(uploader, user, 4)
    asked = {
        "Origin": "http://127.0.0.1:8400",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type",
    }
    before = await http.options(plan.url, headers=asked)
    assert before.status_code == 204
    assert "PUT" in before.headers["access-control-allow-methods"]
    assert "content-type" in before.headers["access-control-allow-headers"].lower()
    put = await http.put(plan.url, content=b"film", headers={**plan.headers, "Origin": asked["Origin"]})
    refused = await http.put(plan.url + "1", content=b"film", headers={"Origin": asked["Origin"]})
    for answer in (before, put, refused):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("announced", [True, False])
async def test_a_client_that_leaves_in_the_middle_leaves_nothing(
    uploader: UploaderWorker, user: UUID, announced: bool
) -> None:
    plan = await opened(uploader, user, 60_000)
    address = urlsplit(plan.url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    length = "Content-Length: 60000" if announced else "Transfer-Encoding: chunked"
    half = b"x" * 30_000 if announced else b"7530\r\n" + b"x" * 30_000 + b"\r\n"
    head = f"PUT {address.path}?{address.query} HTTP/1.1\r\nHost: x\r\nContent-Type: video/mp4\r\n{length}\r\n\r\n"
    writer.write(head.encode() + half)
    await writer.drain()
    incoming = local(uploader).folder.incoming
    async with asyncio.timeout(10):
        while not list(incoming.iterdir()):
            await asyncio.sleep(0.005)
        writer.close()
        while list(incoming.iterdir()):
            await asyncio.sleep(0.005)
    assert left_over(uploader) == []
    assert (await upload_of(uploader, user, plan.video_id)).parts == ()


async def test_a_client_that_falls_silent_is_given_up(uploader: UploaderWorker, user: UUID) -> None:
    plan = await opened(uploader, user, 60_000)
    address = urlsplit(plan.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"PUT {address.path}?{address.query} HTTP/1.1\r\nHost: x\r\nContent-Type: video/mp4\r\n"
    writer.write(f"{head}Content-Length: 60000\r\n\r\nonly this".encode())
    async with asyncio.timeout(10):
        assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
    writer.close()
    assert left_over(uploader) == []


async def test_a_put_without_a_length_is_refused(uploader: UploaderWorker, user: UUID) -> None:
    plan = await opened(uploader, user, 10)
    address = urlsplit(plan.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"PUT {address.path}?{address.query} HTTP/1.1\r\nHost: x\r\nContent-Type: video/mp4\r\nConnection: close\r\n"
    writer.write(f"{head}\r\n".encode())
    assert (await reader.read()).startswith(b"HTTP/1.1 411 ")
    writer.close()


async def test_a_good_url_is_worth_nothing_once_its_upload_has_ended(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    for size in (10, 100_000):
        plan = await opened(uploader, user, size)
        await Videos.reject(plan.video_id, "abandoned", "Nothing came.")
        answer = await http.put(plan.url, content=b"x" * min(size, plan.part_size_bytes), headers=plan.headers)
        assert problem(answer) == (409, "conflict")
        await Videos.forget(user, plan.video_id)
        answer = await http.put(plan.url, content=b"x" * min(size, plan.part_size_bytes), headers=plan.headers)
        assert problem(answer) == (409, "conflict")
    assert left_over(uploader) == []


async def test_a_full_disk_is_said(uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID) -> None:
    plan = await opened(uploader, user, 10)
    local(uploader).folder.reserve_bytes = 2**60
    assert problem(await http.put(plan.url, content=b"x" * 10, headers=plan.headers)) == (507, "out_of_space")
    assert left_over(uploader) == []


async def test_many_at_once(uploader: UploaderWorker, user: UUID) -> None:
    async with httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=20)) as http:

        async def one(number: int) -> None:
            data = os.urandom(60_000 + number)
            plan = await opened(uploader, user, len(data))
            (await http.put(plan.url, content=data, headers=plan.headers)).raise_for_status()
            key = unquote(urlsplit(plan.url).path.removeprefix("/objects/"))
            assert (await http.get(await uploader.store.presign_get(key, None, None, SOON))).content == data

        await asyncio.gather(*(one(number) for number in range(20)))


async def test_a_batch_id_that_nobody_knows_is_no_obstacle(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    plan = await opened(uploader, user, 4, batch_id=uuid4())
    assert (await http.put(plan.url, content=b"film", headers=plan.headers)).status_code == 200
