"""What every store promises of uploads in parts."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta

import pytest

from shared.errors import Invalid, NotFound
from shared.media import StoredObject
from shared.storage import ObjectStore
from shared.views import StoredPart
from tests.shared.storage.sending import all_of, on, send_part

MIB = 1024 * 1024
KEY = "sources/someone/something/source"


async def test_parts_are_put_together_in_their_order(store: ObjectStore) -> None:
    upload_id = await store.create_multipart(KEY, "video/mp4")
    pieces = {number: os.urandom(5 * MIB if number < 3 else 11) for number in (2, 3, 1)}
    sent = {number: await send_part(store, KEY, upload_id, number, data) for number, data in pieces.items()}
    parts = await store.list_parts(KEY, upload_id)
    assert [(part.number, part.size_bytes) for part in parts] == [(1, 5 * MIB), (2, 5 * MIB), (3, 11)]
    assert {part.number: part.etag for part in parts} == sent

    done = await store.complete_multipart(KEY, upload_id, parts)

    assert (done.size_bytes, done.content_type) == (10 * MIB + 11, "video/mp4")
    assert await store.stat(KEY) == done
    assert await all_of(store, KEY) == pieces[1] + pieces[2] + pieces[3]


async def test_completing_twice_gives_the_same_answer(store: ObjectStore) -> None:
    upload_id = await store.create_multipart(KEY)
    await send_part(store, KEY, upload_id, 1, b"film")
    parts = await store.list_parts(KEY, upload_id)
    assert await store.complete_multipart(KEY, upload_id, parts) == await store.complete_multipart(
        KEY, upload_id, parts
    )
    with pytest.raises(NotFound):
        await store.list_parts(KEY, upload_id)


async def test_completing_at_the_same_time_gives_the_same_answer(store: ObjectStore) -> None:
    upload_id = await store.create_multipart(KEY)
    await send_part(store, KEY, upload_id, 1, os.urandom(5 * MIB))
    parts = await store.list_parts(KEY, upload_id)
    answers = await asyncio.gather(*(store.complete_multipart(KEY, upload_id, parts) for _ in range(4)))
    assert len({answer.etag for answer in answers}) == 1


@on("local", "moto")
async def test_an_earlier_part_gives_way_to_one_sent_again(store: ObjectStore) -> None:
    upload_id = await store.create_multipart(KEY)
    old = await send_part(store, KEY, upload_id, 1, b"broken")
    new = await send_part(store, KEY, upload_id, 1, b"film")
    assert old != new
    parts = await store.list_parts(KEY, upload_id)
    assert [(part.number, part.size_bytes, part.etag) for part in parts] == [(1, 4, new)]
    await store.complete_multipart(KEY, upload_id, parts)
    assert await all_of(store, KEY) == b"film"


@pytest.mark.parametrize(
    "named",
    [
        lambda parts: [],
        lambda parts: parts[1:],
        lambda parts: parts[:1] + parts[2:],
        lambda parts: [parts[1], parts[0], parts[2]],
        lambda parts: [parts[0], parts[0], parts[1]],
        lambda parts: [*parts, StoredPart(number=4, size_bytes=1, etag="0")],
        lambda parts: [StoredPart(number=1, size_bytes=parts[0].size_bytes, etag="f" * 32), *parts[1:]],
    ],
    ids=["none", "first missing", "gap", "order", "twice", "one too many", "wrong etag"],
)
async def test_parts_that_do_not_add_up_are_refused_and_stay(store: ObjectStore, named: object) -> None:
    assert callable(named)
    upload_id = await store.create_multipart(KEY)
    for number in (1, 2, 3):
        await send_part(store, KEY, upload_id, number, os.urandom(5 * MIB if number < 3 else 1))
    parts = list(await store.list_parts(KEY, upload_id))
    with pytest.raises(Invalid):
        await store.complete_multipart(KEY, upload_id, named(parts))
    with pytest.raises(NotFound):
        await store.stat(KEY)
    assert list(await store.list_parts(KEY, upload_id)) == parts
    assert isinstance(await store.complete_multipart(KEY, upload_id, parts), StoredObject)


async def test_an_aborted_upload_is_gone(store: ObjectStore) -> None:
    upload_id = await store.create_multipart(KEY)
    await send_part(store, KEY, upload_id, 1, b"film")
    parts = await store.list_parts(KEY, upload_id)
    await store.abort_multipart(KEY, upload_id)
    await store.abort_multipart(KEY, upload_id)
    with pytest.raises(NotFound):
        await store.list_parts(KEY, upload_id)
    with pytest.raises(NotFound):
        await store.complete_multipart(KEY, upload_id, parts)
    with pytest.raises(NotFound):
        await store.stat(KEY)


@on("local", "seaweedfs")
async def test_open_uploads_are_listed_until_they_end(store: ObjectStore) -> None:
    one = await store.create_multipart("sources/a/1/source")
    two = await store.create_multipart("sources/b/2/source")
    found = {upload.upload_id: upload async for upload in store.list_multiparts("sources/")}
    assert set(found) == {one, two}
    assert found[one].key == "sources/a/1/source"
    assert abs(datetime.now(UTC) - found[one].created_at) < timedelta(minutes=1)
    await store.abort_multipart("sources/a/1/source", one)
    assert [upload.upload_id async for upload in store.list_multiparts("sources/")] == [two]
    assert [upload.upload_id async for upload in store.list_multiparts("runs/")] == []


@on("local", "seaweedfs")
async def test_an_upload_belongs_to_its_key(store: ObjectStore) -> None:
    upload_id = await store.create_multipart("a/mine")
    with pytest.raises(NotFound):
        await store.list_parts("a/yours", upload_id)
    with pytest.raises(NotFound):
        await store.complete_multipart("a/yours", upload_id, [])
    await store.abort_multipart("a/yours", upload_id)
    assert await store.list_parts("a/mine", upload_id) == ()


@pytest.mark.parametrize("number", [0, -1, 10_001])
async def test_a_part_has_a_number_from_1_to_10000(store: ObjectStore, number: int) -> None:
    upload_id = await store.create_multipart(KEY)
    with pytest.raises(Invalid, match="10000"):
        await store.presign_part(KEY, upload_id, number, 1, timedelta(minutes=1))


@pytest.mark.parametrize("size", [0, -1, 2 * 1024**3 + 1])
async def test_no_url_is_signed_for_nothing_or_too_much(store: ObjectStore, size: int) -> None:
    upload_id = await store.create_multipart(KEY)
    with pytest.raises(Invalid, match=str(size)):
        await store.presign_put(KEY, size, "video/mp4", timedelta(minutes=1))
    with pytest.raises(Invalid, match=str(size)):
        await store.presign_part(KEY, upload_id, 1, size, timedelta(minutes=1))
