"""How files are divided into parts."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.uploader.plans import Shape, owner_of, require_all_parts, shape, size_of_part, source_key
from shared.errors import Conflict, Invalid
from shared.views import StoredPart

MIB = 1024 * 1024
GIB = 1024 * MIB


def planned(size: int | None) -> Shape:
    """The shape by the usual settings."""
    return shape(size, single_put_bytes=64 * MIB, part_bytes=16 * MIB, most_bytes=2 * GIB)


@pytest.mark.parametrize(
    ("size", "part", "count"),
    [
        (None, 2 * GIB, 1),
        (1, 1, 1),
        (64 * MIB, 64 * MIB, 1),
        (64 * MIB + 1, 16 * MIB, 5),
        (GIB, 16 * MIB, 64),
        (GIB + 1, 32 * MIB, 33),
        (2 * GIB, 32 * MIB, 64),
        (400 * GIB, 64 * MIB, 6400),
        (5 * 1024 * GIB, 1024 * MIB, 5120),
    ],
)
def test_parts_grow_with_the_file(size: int | None, part: int, count: int) -> None:
    assert planned(size) == Shape(part, count)


@given(st.integers(1, 5 * 1024 * GIB))
def test_the_parts_are_the_file(size: int) -> None:
    form = planned(size)
    assert 1 <= form.part_count <= 10_000
    ends = {1, 2, form.part_count - 1, form.part_count} & set(range(1, form.part_count + 1))
    assert all(1 <= size_of_part(number, size, form) <= form.part_size_bytes for number in ends)
    before_last = (form.part_count - 1) * form.part_size_bytes
    assert before_last + size_of_part(form.part_count, size, form) == size


@pytest.mark.parametrize("number", [0, -1, 4])
def test_there_are_no_other_parts(number: int) -> None:
    with pytest.raises(Invalid, match="parts 1 to 3"):
        size_of_part(number, 25, Shape(10, 3))


def part(number: int, size: int) -> StoredPart:
    """A part that the store has."""
    return StoredPart(number=number, size_bytes=size, etag="x")


@pytest.mark.parametrize(
    ("there", "sentence"),
    [
        ([], "Parts 1, 2, 3 of 3"),
        ([part(2, 10)], "Parts 1, 3 of 3"),
        ([part(1, 10), part(2, 10)], "Part 3 of 3"),
    ],
)
def test_missing_parts_are_named(there: list[StoredPart], sentence: str) -> None:
    with pytest.raises(Conflict, match=f"^{sentence} have not arrived"):
        require_all_parts(there, 25, Shape(10, 3))


def test_many_missing_parts_are_counted() -> None:
    with pytest.raises(Conflict, match="Parts 1, 2, 3, 4, 5 and 59 more of 64"):
        require_all_parts([], 640, Shape(10, 64))


@pytest.mark.parametrize("last", [4, 6, 10])
def test_a_part_of_the_wrong_size_is_named(last: int) -> None:
    with pytest.raises(Invalid, match=f"Part 3 has {last} bytes instead of 5"):
        require_all_parts([part(1, 10), part(2, 10), part(3, last)], 25, Shape(10, 3))


def test_all_parts_are_enough() -> None:
    require_all_parts([part(3, 5), part(1, 10), part(2, 10)], 25, Shape(10, 3))


def test_a_key_tells_its_owner() -> None:
    user, video = UUID(int=1), UUID(int=2)
    assert owner_of(source_key(user, video)) == (user, video)
    assert owner_of("sources/x/y/z") is None
    assert owner_of("sources/x") is None
