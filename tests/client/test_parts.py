"""Planning which bytes go where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.errors import ClientError
from client.parts import pieces
from tests.client.views import plan


@given(st.integers(1, 10_000), st.integers(1, 3000))
def test_the_pieces_cover_the_file_once_and_in_order(size: int, part_size: int) -> None:
    found = pieces(3, size, plan("http://store/1", size=size, part_size=part_size))
    end = 0
    for number, piece in enumerate(found, 1):
        assert (piece.file, piece.number, piece.offset) == (3, number, end)
        assert 0 < piece.size <= part_size
        end += piece.size
    assert end == size
    assert all(piece.size == part_size for piece in found[:-1])


def test_a_small_file_is_one_piece() -> None:
    (piece,) = pieces(0, 77, plan("http://store/1", size=77))
    assert (piece.offset, piece.size) == (0, 77)


def test_what_the_store_has_is_not_sent_again() -> None:
    found = pieces(0, 50, plan("http://store/1", size=50, part_size=10), stored={1, 4})
    assert [piece.number for piece in found] == [2, 3, 5]
    assert pieces(0, 50, plan("http://store/1", size=50), stored={1}) == []


def test_a_plan_for_another_size_is_refused() -> None:
    with pytest.raises(ClientError, match=r"a\.mp4 has 51 bytes"):
        pieces(0, 51, plan("http://store/1", size=50, part_size=10))
