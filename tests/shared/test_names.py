from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.names import DIRECTION_MARKS, name_of, normalised, paragraphs


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Season\t3 \n", "Season 3"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\x00b\x1bc", "abc"),
        ("Cafe\x07\u0301", "Caf\u00e9"),
        ("👩\u200d👧 family", "👩\u200d👧 family"),
    ],
)
def test_a_name_is_one_line_without_hidden_characters(typed: str, kept: str) -> None:
    assert normalised(typed) == kept


def test_a_description_keeps_its_lines() -> None:
    assert paragraphs("one\r\ntwo\x07\u2066\n") == "one\ntwo"


@pytest.mark.parametrize("typed", ["", "   ", "\u202e\x00", "x" * 101])
def test_a_name_that_is_empty_or_too_long_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="must have 1 to 100 characters"):
        name_of(typed, what="The name", at_most=100)


@given(st.text())
def test_normalising_twice_changes_nothing_more(typed: str) -> None:
    once = normalised(typed)
    assert normalised(once) == once
    assert not any(letter in DIRECTION_MARKS or unicodedata.category(letter) == "Cc" for letter in once)
