"""An object is put together from bytes and stretches of others, checked, whole or not at all."""

from __future__ import annotations

import asyncio
import os
import zlib

import pytest
from msgspec.structs import replace

from shared.storage import BadPiece, LocalStore, ObjectStore, StoredRange
from tests.shared.storage.sending import all_of, keys

MIB = 1024 * 1024
KEY = "deliverables/someone/something/whole.zip"


async def test_pieces_lie_one_behind_the_other(store: ObjectStore) -> None:
    large, small = os.urandom(6 * MIB + 11), os.urandom(100)
    first, second = await store.put_bytes("runs/a/output", large), await store.put_bytes("runs/b/output", small)
    told: list[int] = []
    whole = await store.assemble(
        KEY,
        [
            b"head",
            StoredRange(stored=first),
            b"",
            b"between",
            StoredRange(stored=second),
            StoredRange(stored=first, start=5, length=10),
            StoredRange(stored=second, start=90),
            b"tail",
        ],
        "application/zip",
        told.append,
    )
    expected = b"head" + large + b"between" + small + large[5:15] + small[90:] + b"tail"
    assert await all_of(store, KEY) == expected
    assert (whole.size_bytes, whole.content_type) == (len(expected), "application/zip")
    assert whole.crc32 in (None, zlib.crc32(expected))
    assert whole == await store.stat(KEY)
    assert sum(told) == len(expected)


async def test_nothing_at_all_is_an_empty_object(store: ObjectStore) -> None:
    assert (await store.assemble(KEY, [])).size_bytes == 0


async def test_a_missing_piece_is_named_and_nothing_is_stored(store: ObjectStore) -> None:
    there = await store.put_bytes("runs/a/output", b"film")
    await store.delete("runs/a/output")
    with pytest.raises(BadPiece) as raised:
        await store.assemble(KEY, [b"head", StoredRange(stored=there)])
    assert (raised.value.number, raised.value.missing) == (1, True)
    assert await keys(store) == []


@pytest.mark.parametrize("data", [b"flim", b"fil", b"films"])
async def test_a_piece_that_was_replaced_since_is_named_and_nothing_is_stored(store: ObjectStore, data: bytes) -> None:
    recorded = await store.put_bytes("runs/a/output", b"film")
    await store.put_bytes("runs/a/output", data)
    with pytest.raises(BadPiece) as raised:
        await store.assemble(KEY, [StoredRange(stored=recorded), b"tail"])
    assert (raised.value.number, raised.value.missing) == (0, False)
    assert await keys(store) == ["runs/a/output"]


async def test_an_assembly_that_is_cancelled_ends_soon_and_leaves_nothing(local_store: LocalStore) -> None:
    film = await local_store.put_bytes("runs/a/output", bytes(8 * MIB))
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    passed = 0

    def heard(count: int) -> None:
        nonlocal passed
        passed += count
        loop.call_soon_threadsafe(begun.set)

    task = asyncio.create_task(local_store.assemble(KEY, [StoredRange(stored=film)] * 500, on_bytes=heard))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert passed < 500 * film.size_bytes
    assert await keys(local_store) == ["runs/a/output"]
    assert list(local_store.folder.incoming.iterdir()) == []


async def test_a_piece_without_a_recorded_checksum_is_taken_by_its_size(local_store: LocalStore) -> None:
    film = await local_store.put_bytes("runs/a/output", b"film")
    whole = await local_store.assemble(KEY, [StoredRange(stored=replace(film, crc32=None))])
    assert whole.crc32 == film.crc32
