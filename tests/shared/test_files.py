"""What people say of their files."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid, TooLarge
from shared.files import MAX_NAME, Described, checked, clean_name

MOST = 1000


def announced(name: str, size: int | None = 10, kind: str | None = None) -> Described:
    """A file as it is announced, after the check."""
    return checked(name, size, kind, MOST)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("film.mp4", "film.mp4"),
        ("  two   words.mp4 ", "two words.mp4"),
        ("Zoe\u0308.mp4", "Zoë.mp4"),
        ("gpj.\u202e4pm.mp4", "gpj.4pm.mp4"),
        ("a\u2066b\u200fc.mp4", "abc.mp4"),
        ("line\nbreak\t.mp4", "line break .mp4"),
        ("nul\x00 bell\x07.mp4", "nul bell.mp4"),
        ("../../etc/passwd.mp4", "../../etc/passwd.mp4"),
        ("<script>.mp4", "<script>.mp4"),
        ("映画🎬.webm", "映画🎬.webm"),
    ],
)
def test_names_are_made_safe_to_show(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "\x00", ".", "..", "x" * (MAX_NAME + 1)])
def test_names_of_nothing_or_too_much_are_refused(name: str) -> None:
    with pytest.raises(Invalid, match="file"):
        clean_name(name)


@given(st.text(max_size=300))
def test_a_name_is_never_unsafe_and_cleaning_it_again_changes_nothing(text: str) -> None:
    try:
        name = clean_name(text)
    except Invalid:
        return
    assert clean_name(name) == name
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name)
    assert unicodedata.is_normalized("NFC", name)


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("a.mp4", None, "video/mp4"),
        ("a.MP4", "", "video/mp4"),
        ("a.mov", "application/octet-stream", "video/quicktime"),
        ("a.avi", "video/avi", "video/x-msvideo"),
        ("a.avi", "VIDEO/MSVIDEO; x=y", "video/x-msvideo"),
        ("a.webm", "video/webm", "video/webm"),
        ("a.b.c.mov", None, "video/quicktime"),
        ("no extension", "video/mp4", "video/mp4"),
    ],
)
def test_the_four_kinds_are_accepted(name: str, kind: str | None, expected: str) -> None:
    assert announced(name, kind=kind).content_type == expected


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.txt", None),
        ("a.mp4.exe", None),
        ("a.mkv", None),
        ("a.mp4", "text/html"),
        ("a.mp4", "image/svg+xml"),
        ("a.mp4", "audio/mpeg"),
        ("a.txt", "video/mp4"),
        ("no extension", None),
        ("no extension", "application/octet-stream"),
    ],
)
def test_other_kinds_are_refused_by_name(name: str, kind: str | None) -> None:
    with pytest.raises(Invalid, match=name.replace(".", r"\.")):
        announced(name, kind=kind)


@pytest.mark.parametrize("size", [0, -1])
def test_an_empty_file_is_refused(size: int) -> None:
    with pytest.raises(Invalid, match="empty"):
        announced("a.mp4", size)


def test_the_limit_is_exact() -> None:
    assert announced("a.mp4", MOST).size_bytes == MOST
    with pytest.raises(TooLarge, match="1001"):
        announced("a.mp4", MOST + 1)


def test_a_file_that_was_not_described_may_be_called_anything() -> None:
    found = announced("Video 1", None)
    assert (found.name, found.size_bytes, found.content_type) == ("Video 1", None, None)
