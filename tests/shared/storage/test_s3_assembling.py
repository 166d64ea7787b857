"""Parts of an assembly are large enough for S3, and large stretches are copied by the service."""

from __future__ import annotations

import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.media import StoredObject
from shared.storage import BadPiece, Piece, S3Store, StoredRange
from shared.storage.s3 import assembling
from shared.storage.s3.assembling import Stretch, plans, size_of
from shared.storage.s3.joints import Joint, with_joints
from tests.shared.storage.sending import all_of, keys, on

MIB = 1024 * 1024
KEY = "deliverables/someone/something/whole.zip"


def stored(size: int) -> StoredRange:
    """All of an object of so many bytes."""
    return StoredRange(stored=StoredObject(key="a", size_bytes=size, etag="e"))


PIECES = st.lists(st.one_of(st.binary(max_size=40), st.integers(0, 200).map(stored)), max_size=12)


@given(PIECES)
def test_parts_hold_everything_in_order_and_are_large_enough(pieces: list[Piece]) -> None:
    parts = list(plans(pieces, least=10, most_copied=50))
    flat = [(s.number, at) for part in parts for s in part.stretches for at in range(s.start, s.end)]
    assert flat == [(number, at) for number, piece in enumerate(pieces) for at in range(size_of(piece))]
    sizes = [sum(s.size for s in part.stretches) for part in parts]
    assert all(size >= 10 for size in sizes[:-1])
    for part, size in zip(parts, sizes, strict=True):
        if part.copied:
            assert len(part.stretches) == 1
            assert 10 <= size < 60
        else:
            assert size < 40 + 20
    # Between two literal pieces a large stretch is copied but for its beginning.
    passing = sum(size for part, size in zip(parts, sizes, strict=True) if not part.copied)
    literal = sum(len(piece) for piece in pieces if isinstance(piece, bytes))
    assert passing <= literal + sum(min(size_of(piece), 20) for piece in pieces if isinstance(piece, StoredRange))


def test_what_is_small_goes_with_its_neighbours() -> None:
    parts = list(plans([b"head", stored(100), b"tail"], least=10, most_copied=50))
    assert [(part.copied, part.stretches) for part in parts] == [
        (False, (Stretch(0, 0, 4), Stretch(1, 0, 6))),
        (True, (Stretch(1, 6, 56),)),
        (True, (Stretch(1, 56, 100),)),
        (False, (Stretch(2, 0, 4),)),
    ]


def test_a_checksum_is_put_together_from_those_of_the_pieces() -> None:
    film = os.urandom(1000)
    known = StoredObject(key="a", size_bytes=1000, etag="e", crc32=zlib.crc32(film))
    whole: list[Piece] = [b"head", StoredRange(stored=known), b"tail"]
    assert assembling.checksum(whole) == zlib.crc32(b"head" + film + b"tail")
    assert assembling.checksum([*whole, StoredRange(stored=known, start=1)]) is None


async def test_a_large_stretch_is_copied_by_the_service(s3_store: S3Store) -> None:
    film = os.urandom(12 * MIB)
    known = await s3_store.put_bytes("runs/a/output", film)
    whole = await s3_store.assemble(KEY, [b"head", StoredRange(stored=known), b"tail"], "application/zip")
    assert whole.crc32 == zlib.crc32(b"head" + film + b"tail")
    assert await s3_store.stat(KEY) == whole
    assert await all_of(s3_store, KEY) == b"head" + film + b"tail"


@on("seaweedfs")
@pytest.mark.parametrize("missing", [True, False])
async def test_a_large_stretch_that_is_not_there_any_more_is_named(store: S3Store, missing: bool) -> None:
    known = await store.put_bytes("runs/a/output", os.urandom(6 * MIB))
    if missing:
        await store.delete("runs/a/output")
    else:
        await store.put_bytes("runs/a/output", os.urandom(6 * MIB))
    with pytest.raises(BadPiece) as raised:
        await store.assemble(KEY, [StoredRange(stored=known), b"tail"])
    assert (raised.value.number, raised.value.missing) == (0, missing)
    assert KEY not in await keys(store)
    assert [upload async for upload in store.list_multiparts()] == []


@given(PIECES)
def test_joints_change_nothing_of_the_whole(pieces: list[Piece]) -> None:
    flat: list[tuple[int, int]] = []
    for number, piece in with_joints(pieces, least=10):
        parts = piece.pieces if isinstance(piece, Joint) else (piece,)
        for place, part in enumerate(parts, number):
            start = part.start if isinstance(part, StoredRange) else 0
            flat += [(place, start + at) for at in range(size_of(part))]
        if isinstance(piece, Joint):
            # Its first part is large enough, and so is all of it.
            assert size_of(parts[0]) == 10
    assert flat == [(number, at) for number, piece in enumerate(pieces) for at in range(size_of(piece))]


def test_headers_between_large_files_need_nothing_of_the_files_to_pass() -> None:
    pieces: list[Piece] = [b"one", stored(100), b"two", stored(100), b"three", stored(100), b"end"]
    whole = [piece for _, piece in with_joints(pieces, least=10)]
    substituted = [stored(sum(map(size_of, p.pieces))) if isinstance(p, Joint) else p for p in whole]
    passing = [part for part in plans(substituted, least=10, most_copied=1000) if not part.copied]
    # The first header with the first stretch of the first file, and the end.
    assert [sum(stretch.size for stretch in part.stretches) for part in passing] == [10, 3]
    assert sum(isinstance(piece, Joint) for piece in whole) == 2


async def test_nothing_is_left_of_the_joints(s3_store: S3Store) -> None:
    films = [await s3_store.put_bytes(f"runs/{name}/output", os.urandom(11 * MIB)) for name in "abc"]
    pieces: list[Piece] = [p for film in films for p in (b"head of " + film.key.encode(), StoredRange(stored=film))]
    whole = await s3_store.assemble(KEY, [*pieces, b"end"], "application/zip")
    data = await all_of(s3_store, KEY)
    assert whole.crc32 == zlib.crc32(data)
    expected = [p if isinstance(p, bytes) else await all_of(s3_store, p.stored.key) for p in pieces]
    assert data == b"".join([*expected, b"end"])
    assert await keys(s3_store, "deliverables/") == [KEY]
    assert [upload async for upload in s3_store.list_multiparts()] == []


@on("seaweedfs")
@pytest.mark.parametrize("number", [1, 3, 5])
async def test_a_film_that_is_missing_is_named_by_its_own_number(store: S3Store, number: int) -> None:
    films = [await store.put_bytes(f"runs/{name}/output", os.urandom(11 * MIB)) for name in "abc"]
    pieces: list[Piece] = [p for film in films for p in (b"head", StoredRange(stored=film))]
    await store.delete(films[number // 2].key)
    with pytest.raises(BadPiece) as raised:
        await store.assemble(KEY, [*pieces, b"end"])
    assert (raised.value.number, raised.value.missing) == (number, True)
    assert await keys(store, "deliverables/") == []
    assert [upload async for upload in store.list_multiparts()] == []
