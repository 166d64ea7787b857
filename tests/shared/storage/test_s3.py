"""What stores on S3 promise beyond the contract: large objects in pieces, bound URLs, and clear words when it fails."""

from __future__ import annotations

import asyncio
import os
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from shared.errors import Invalid, NotFound, OutOfSpace, Unavailable
from shared.storage import S3Store
from shared.storage.s3 import connection, documents, transfers
from shared.storage.s3.connection import Connection, Place
from shared.storage.s3.signature import Credentials
from tests.shared.storage.s3_servers import BUCKET, LOGIN, empty, store_at
from tests.shared.storage.sending import all_of, chunks, keys, send_part

MIB = 1024 * 1024
KEY = "sources/someone/something/source"
SOON = timedelta(minutes=1)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces as small as S3 takes them, so that a small file travels in several."""
    monkeypatch.setattr(transfers, "PIECE", 5 * MIB)
    monkeypatch.setattr("shared.storage.s3.store.PIECE", 5 * MIB)


@pytest.mark.usefixtures("small_pieces")
async def test_a_large_file_travels_in_pieces_both_ways(s3_store: S3Store, scratch: Path) -> None:
    data = os.urandom(13 * MIB + 7)
    (scratch / "in").write_bytes(data)
    put = await s3_store.put_file(KEY, scratch / "in", "video/mp4")
    assert (put.size_bytes, put.crc32, put.etag[-2:]) == (len(data), zlib.crc32(data), "-3")
    assert await s3_store.stat(KEY) == put == await s3_store.fetch(KEY, scratch / "out")
    assert (scratch / "out").read_bytes() == data
    assert await all_of(s3_store, KEY, 5 * MIB - 1, 2) == data[5 * MIB - 1 : 5 * MIB + 1]


@pytest.mark.usefixtures("small_pieces")
async def test_a_large_stream_is_stored_without_being_known_before(s3_store: S3Store) -> None:
    pieces = [os.urandom(3 * MIB) for _ in range(4)]
    put = await s3_store.put_stream(KEY, chunks(*pieces), "application/zip")
    assert (put.size_bytes, put.crc32) == (12 * MIB, zlib.crc32(b"".join(pieces)))
    assert await all_of(s3_store, KEY) == b"".join(pieces)


@pytest.mark.usefixtures("small_pieces")
async def test_a_large_stream_that_breaks_leaves_nothing(s3_store: S3Store) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield os.urandom(11 * MIB)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await s3_store.put_stream(KEY, broken())
    assert await keys(s3_store) == []
    assert [upload async for upload in s3_store.list_multiparts()] == []


async def begun(store: S3Store) -> bool:
    """Whether parts of some upload have arrived."""
    uploads = [upload async for upload in store.list_multiparts()]
    return any([await store.list_parts(upload.key, upload.upload_id) for upload in uploads])


@pytest.mark.usefixtures("small_pieces")
async def test_a_file_that_is_not_sent_whole_leaves_nothing(s3_store: S3Store, scratch: Path) -> None:
    (scratch / "in").write_bytes(os.urandom(41 * MIB))
    sending = asyncio.create_task(s3_store.put_file(KEY, scratch / "in"))
    while not await begun(s3_store):
        assert not sending.done()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert [upload async for upload in s3_store.list_multiparts()] == []


async def test_a_url_takes_only_what_it_was_signed_for(seaweedfs: str) -> None:
    store = store_at(seaweedfs)
    await empty(store)
    whole = await store.presign_put("a/whole", 4, "video/mp4", SOON)
    upload_id = await store.create_multipart("a/parts")
    part = await store.presign_part("a/parts", upload_id, 1, 4, SOON)
    film = {"Content-Type": "video/mp4"}
    async with httpx.AsyncClient() as http:
        for url, data, headers, status in (
            (whole, b"films", film, 403),
            (whole, b"film", {"Content-Type": "text/html"}, 403),
            (whole.replace("a/whole", "a/other"), b"film", film, 403),
            (whole.replace("X-Amz-Expires=60", "X-Amz-Expires=600"), b"film", film, 403),
            (part, b"films", {}, 403),
            (part.replace("partNumber=1", "partNumber=2"), b"film", {}, 403),
            (whole, b"film", film, 200),
            (part, b"film", {}, 200),
        ):
            assert (await http.put(url, content=data, headers=headers)).status_code == status
        open_put = await store.presign_put("a/open", None, None, SOON)
        assert (await http.put(open_put, content=b"of any size")).status_code == 200
    assert await keys(store) == ["a/open", "a/whole"]
    await store.close()


async def test_a_download_has_its_name_and_type_and_knows_ranges(s3_store: S3Store) -> None:
    await s3_store.put_bytes(KEY, b"0123456789", "video/mp4")
    url = await s3_store.presign_get(KEY, "Zoë.mp4", "video/webm", SOON)
    async with httpx.AsyncClient() as http:
        got = await http.get(url, headers={"Range": "bytes=2-4"})
    assert (got.status_code, got.content, got.headers["content-type"]) == (206, b"234", "video/webm")
    assert got.headers["content-disposition"].startswith("attachment;")
    assert "Zo%C3%AB.mp4" in got.headers["content-disposition"]


async def test_links_lead_to_the_public_address_and_requests_to_the_internal_one(seaweedfs: str) -> None:
    store = store_at(seaweedfs, public="https://films.example")
    await empty(store)
    await store.put_bytes("a", b"film")
    assert (await store.presign_get("a", None, None, SOON)).startswith(f"https://films.example/{BUCKET}/a?")
    await store.close()


async def test_the_bucket_may_stand_in_the_name_of_the_host(seaweedfs: str) -> None:
    port = urlsplit(seaweedfs).port
    store = store_at(seaweedfs)
    await empty(store)
    await store.put_bytes("a", b"film")
    place = Place(endpoint=f"http://localhost:{port}", bucket=BUCKET, path_style=False)
    url = await S3Store(Connection(place, place, LOGIN)).presign_get("a", None, None, SOON)
    assert url.startswith(f"http://{BUCKET}.localhost:{port}/a?")
    # Not every machine resolves that name, so it is sent to the address.
    async with httpx.AsyncClient() as http:
        got = await http.get(
            url.replace(f"{BUCKET}.localhost", "127.0.0.1"), headers={"Host": f"{BUCKET}.localhost:{port}"}
        )
    assert got.content == b"film"
    await store.close()


async def test_encryption_and_storage_class_go_with_everything_written(moto: str, scratch: Path) -> None:
    store = store_at(moto, server_side_encryption="AES256", storage_class="STANDARD_IA")
    await empty(store)
    await store.put_bytes("put", b"film")
    await store.copy("put", "copied")
    upload_id = await store.create_multipart("parts")
    await send_part(store, "parts", upload_id, 1, b"film")
    await store.complete_multipart("parts", upload_id, await store.list_parts("parts", upload_id))
    for key in ("put", "copied", "parts"):
        headers = (await store.connection.ask("HEAD", key)).headers
        assert headers["x-amz-server-side-encryption"] == "AES256"
        assert headers["x-amz-storage-class"] == "STANDARD_IA"
    await store.close()


async def test_long_listings_are_read_to_their_end(moto: str) -> None:
    store = store_at(moto)
    await empty(store)
    names = [f"many/{number:04d}" for number in range(1005)]
    await asyncio.gather(*(store.put_bytes(name, b"") for name in names))
    assert await keys(store, "many/") == names
    assert await store.delete_prefix("many/") == 1005
    assert await keys(store) == []
    await store.close()


async def test_a_wrong_login_says_what_to_check(seaweedfs: str) -> None:
    place = Place(endpoint=seaweedfs, bucket=BUCKET, path_style=True)
    store = S3Store(Connection(place, place, Credentials(LOGIN.access_key, "another", "us-east-1")))
    with pytest.raises(Unavailable, match="DAILIES_S3_SECRET_KEY"):
        await store.put_bytes("a", b"film")
    await store.close()


async def test_a_store_that_is_away_is_asked_again_and_then_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "FIRST_PAUSE_S", 0.001)
    store = store_at("http://127.0.0.1:9")
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:9 does not answer"):
        await store.stat("a")
    await store.close()


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (404, "NoSuchKey", NotFound),
        (404, "NoSuchUpload", NotFound),
        (404, "NoSuchBucket", Unavailable),
        (400, "EntityTooSmall", Invalid),
        (403, "AccessDenied", Unavailable),
        (507, "XMinioStorageFull", OutOfSpace),
        (503, "SlowDown", Unavailable),
    ],
)
def test_refusals_are_said_in_the_words_of_the_store(status: int, code: str, error: type[Exception]) -> None:
    place = Place(endpoint="http://films.example", bucket=BUCKET, path_style=True)
    made = connection.failed(status, documents.Failure(code, ""), "a", place)
    assert type(made) is error
    assert str(made).endswith(".")
