"""What every store promises, whatever it is made of."""

from __future__ import annotations

import asyncio
import os
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.errors import Invalid, NotFound
from shared.storage import ObjectStore
from tests.shared.storage.sending import all_of, chunks, keys, on

MIB = 1024 * 1024
KEY = "sources/someone/something/source"

BAD_KEYS = [
    "",
    "/etc/passwd",
    "../outside",
    "a/../../outside",
    "a/..",
    "./a",
    "a//b",
    "a/",
    "a\x00b",
    "a\\b",
    ".hidden",
    "a/.json",
    "naïve",
    "a b",
    "a\nb",
    "~root",
    "%2e%2e/a",
    "x" * 201,
    "x/" * 460 + "x",
]


async def test_bytes_come_back_as_they_were_put(store: ObjectStore) -> None:
    data = os.urandom(3 * MIB + 17)
    put = await store.put_bytes(KEY, data, "video/mp4")
    assert (put.key, put.size_bytes, put.crc32, put.content_type) == (KEY, len(data), zlib.crc32(data), "video/mp4")
    assert await store.stat(KEY) == put
    assert await all_of(store, KEY) == data


async def test_a_file_is_stored_and_fetched_with_its_checksum(store: ObjectStore, scratch: Path) -> None:
    data = os.urandom(2 * MIB + 1)
    (scratch / "in").write_bytes(data)
    put = await store.put_file(KEY, scratch / "in", "video/webm")
    assert put.crc32 == zlib.crc32(data)
    assert await store.fetch(KEY, scratch / "out") == put
    assert (scratch / "out").read_bytes() == data


async def test_the_object_outlives_the_file_it_was_made_from(store: ObjectStore, scratch: Path) -> None:
    (scratch / "in").write_bytes(b"film")
    await store.put_file(KEY, scratch / "in")
    (scratch / "in").unlink()
    (scratch / "in").write_bytes(b"another film")
    assert await all_of(store, KEY) == b"film"


async def test_the_same_file_can_be_stored_under_two_keys(store: ObjectStore, scratch: Path) -> None:
    (scratch / "in").write_bytes(b"film")
    first = await store.put_file("a/one", scratch / "in")
    second = await store.put_file("a/two", scratch / "in")
    assert await store.stat("a/one") == first
    assert await store.stat("a/two") == second


async def test_a_fetch_replaces_what_was_there(store: ObjectStore, scratch: Path) -> None:
    (scratch / "out").write_bytes(b"an older and longer file")
    await store.put_bytes(KEY, b"film")
    await store.fetch(KEY, scratch / "out")
    assert (scratch / "out").read_bytes() == b"film"


async def test_writing_again_puts_a_new_object_in_place_of_the_old(store: ObjectStore) -> None:
    before = await store.put_bytes(KEY, b"first")
    after = await store.put_bytes(KEY, b"second", "video/mp4")
    assert before.etag != after.etag
    assert await store.stat(KEY) == after
    assert await all_of(store, KEY) == b"second"


async def test_a_reader_keeps_the_version_it_began_with(store: ObjectStore) -> None:
    old = os.urandom(3 * MIB)
    await store.put_bytes(KEY, old)
    reader = store.read(KEY)
    got = await anext(reader)
    await store.put_bytes(KEY, os.urandom(3 * MIB))
    async for chunk in reader:
        got += chunk
    assert got == old


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [(0, None, b"0123456789"), (3, 4, b"3456"), (3, None, b"3456789"), (8, 100, b"89"), (10, None, b""), (4, 0, b"")],
)
async def test_a_stretch_is_read(store: ObjectStore, start: int, length: int | None, expected: bytes) -> None:
    await store.put_bytes(KEY, b"0123456789")
    assert await all_of(store, KEY, start, length) == expected


@pytest.mark.parametrize(("start", "length"), [(-1, None), (11, None), (0, -1)])
async def test_a_stretch_outside_of_the_object_is_refused(store: ObjectStore, start: int, length: int | None) -> None:
    await store.put_bytes(KEY, b"0123456789")
    with pytest.raises(Invalid, match="10 bytes"):
        await all_of(store, KEY, start, length)


async def test_a_stream_that_breaks_leaves_nothing(store: ObjectStore) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield os.urandom(2 * MIB)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.put_stream(KEY, broken())
    with pytest.raises(NotFound):
        await store.stat(KEY)
    assert await keys(store) == []


async def test_a_stream_that_breaks_leaves_the_object_that_was_there(store: ObjectStore) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    put = await store.put_bytes(KEY, b"whole")
    with pytest.raises(ConnectionResetError):
        await store.put_stream(KEY, broken())
    assert await store.stat(KEY) == put
    assert await all_of(store, KEY) == b"whole"


async def test_a_stream_is_stored_whole(store: ObjectStore) -> None:
    pieces = [os.urandom(700_001) for _ in range(5)]
    put = await store.put_stream(KEY, chunks(*pieces))
    assert put.size_bytes == 5 * 700_001
    assert put.crc32 == zlib.crc32(b"".join(pieces))
    assert await all_of(store, KEY) == b"".join(pieces)


async def test_a_copy_is_an_object_of_its_own(store: ObjectStore) -> None:
    put = await store.put_bytes("a/one", b"film", "video/mp4")
    copied = await store.copy("a/one", "b/two")
    assert (copied.key, copied.size_bytes, copied.crc32, copied.content_type) == ("b/two", 4, put.crc32, "video/mp4")
    await store.put_bytes("a/one", b"something else")
    assert await store.stat("b/two") == copied
    await store.delete("a/one")
    assert await all_of(store, "b/two") == b"film"


async def test_copying_twice_or_onto_itself_changes_nothing(store: ObjectStore) -> None:
    await store.put_bytes("a/one", b"film")
    first = await store.copy("a/one", "b/two")
    assert await store.copy("a/one", "b/two") == first
    assert (await store.copy("b/two", "b/two")).size_bytes == 4
    assert await keys(store) == ["a/one", "b/two"]


async def test_what_is_not_there_is_not_found(store: ObjectStore, scratch: Path) -> None:
    await store.put_bytes("a/b", b"x")
    for key in ("nothing", "a", "a/b/c"):
        with pytest.raises(NotFound):
            await store.stat(key)
        with pytest.raises(NotFound):
            await store.fetch(key, scratch / "out")
        with pytest.raises(NotFound):
            await all_of(store, key)
        with pytest.raises(NotFound):
            await store.copy(key, "c")
    assert list(scratch.iterdir()) == []


async def test_deleting_is_final_and_may_be_repeated(store: ObjectStore) -> None:
    await store.put_bytes(KEY, b"film")
    await store.delete(KEY)
    await store.delete(KEY)
    with pytest.raises(NotFound):
        await store.stat(KEY)


async def test_a_prefix_is_deleted_with_everything_under_it_and_nothing_else(store: ObjectStore) -> None:
    for key in ("runs/1/a", "runs/1/b/c", "runs/10/a", "runs/2"):
        await store.put_bytes(key, b"x")
    assert await store.delete_prefix("runs/1/") == 2
    assert await store.delete_prefix("runs/1/") == 0
    assert await keys(store) == ["runs/10/a", "runs/2"]


@pytest.mark.parametrize("prefix", ["", "runs", "/", "../", "a/../"])
async def test_a_careless_prefix_deletes_nothing(store: ObjectStore, prefix: str) -> None:
    await store.put_bytes("runs/1", b"x")
    with pytest.raises(Invalid):
        await store.delete_prefix(prefix)
    assert await keys(store) == ["runs/1"]


@on("local", "moto")
async def test_objects_are_listed_in_the_order_of_their_keys(store: ObjectStore) -> None:
    names = sorted(["a-b", "a/b", "a/c/d", "a.b", "b", "a0", "B"])
    for name in reversed(names):
        await store.put_bytes(name, name.encode())
    assert await keys(store) == names
    assert await keys(store, "a/") == ["a/b", "a/c/d"]
    assert await keys(store, "c/") == []


@pytest.mark.parametrize("key", BAD_KEYS)
async def test_no_operation_takes_what_is_not_a_key(store: ObjectStore, scratch: Path, key: str) -> None:
    (scratch / "in").write_bytes(b"x")
    await store.put_bytes("good", b"x")
    soon = timedelta(minutes=1)
    for attempt in (
        lambda: store.put_file(key, scratch / "in"),
        lambda: store.put_bytes(key, b"x"),
        lambda: store.fetch(key, scratch / "out"),
        lambda: store.stat(key),
        lambda: all_of(store, key),
        lambda: store.delete(key),
        lambda: store.copy("good", key),
        lambda: store.copy(key, "good"),
        lambda: store.create_multipart(key),
        lambda: store.presign_put(key, 1, "video/mp4", soon),
        lambda: store.presign_get(key, None, None, soon),
    ):
        with pytest.raises(Invalid):
            await attempt()
    assert await keys(store) == ["good"]


async def test_many_at_once_on_one_key_leave_one_whole_object(store: ObjectStore) -> None:
    versions = [bytes([number]) * 300_000 for number in range(12)]
    put = await asyncio.gather(*(store.put_bytes(KEY, data) for data in versions))
    left = await store.stat(KEY)
    assert left in put
    data = await all_of(store, KEY)
    assert data in versions
    assert zlib.crc32(data) == left.crc32


async def test_putting_and_deleting_side_by_side_in_one_folder_never_fails(store: ObjectStore) -> None:
    async def churn(name: str) -> None:
        for _ in range(15):
            await store.put_bytes(f"deep/er/{name}", b"x")
            await store.delete(f"deep/er/{name}")

    await asyncio.gather(*(churn(name) for name in "abcd"))
    assert await keys(store) == []
