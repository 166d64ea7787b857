"""What people say of a file before they send it: its name and its kind, checked and made safe to keep and show. Pure."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from msgspec import Struct

from shared.errors import Invalid, TooLarge
from shared.messages import NewUpload

MAX_NAME = 255

TYPES = {".mp4": "video/mp4", ".mov": "video/quicktime", ".avi": "video/x-msvideo", ".webm": "video/webm"}
"""The kinds of files that are accepted, by their extension."""

SAME = {
    "video/avi": "video/x-msvideo",
    "video/msvideo": "video/x-msvideo",
    "video/vnd.avi": "video/x-msvideo",
    "application/x-troff-msvideo": "video/x-msvideo",
}
"""Other names of the same types."""

UNSAID = frozenset({"", "application/octet-stream", "binary/octet-stream"})
"""Types that say nothing."""

BY_CONTAINER = {"mp4": "video/mp4", "mov": "video/quicktime", "avi": "video/x-msvideo", "webm": "video/webm"}

REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Direction marks: with them `gpj.mp4` can be made to look like `4pm.jpg` (Unicode TR 36, section 2)."""


class Described(Struct, frozen=True, kw_only=True):
    """A file as it was announced, after the check."""

    name: str
    size_bytes: int | None
    content_type: str | None
    """None when nobody said what it is; its content will tell."""


def clean_name(text: str) -> str:
    """A name for display: NFC, one line, no control or direction characters. Raises `Invalid` when empty or too long."""
    kept = "".join(
        letter
        for letter in unicodedata.normalize("NFC", re.sub(r"\s", " ", text))
        if letter not in REORDERING and unicodedata.category(letter) not in ("Cc", "Cs", "Co", "Cn")
    )
    name = re.sub(" +", " ", kept).strip()
    if not 1 <= len(name) <= MAX_NAME or name in (".", ".."):
        raise Invalid(f"A file's name has 1 to {MAX_NAME} characters; this one has {len(name)}.")
    return name


def checked(file: NewUpload, most_bytes: int) -> Described:
    """The file, if it may be sent. Raises `Invalid` or `TooLarge` with its name when not.

    A file without a size was not described at all: then its extension says nothing either, and its content decides.
    """
    name = clean_name(file.name)
    said = (file.content_type or "").partition(";")[0].strip().lower()
    said = SAME.get(said, said)
    if said not in UNSAID and said not in TYPES.values():
        raise Invalid(f"{name!r} is announced as {said!r}; upload mp4, mov, avi or webm videos.")
    if file.size_bytes is None:
        return Described(name=name, size_bytes=None, content_type=None if said in UNSAID else said)
    if file.size_bytes < 1:
        raise Invalid(f"{name!r} is empty; choose a file that has something in it.")
    if file.size_bytes > most_bytes:
        raise TooLarge(f"{name!r} has {file.size_bytes} bytes; a video may have up to {most_bytes}.")
    extension = PurePosixPath(name).suffix.lower()
    if extension and extension not in TYPES:
        raise Invalid(f"{name!r} does not end in .mp4, .mov, .avi or .webm; only such videos are accepted.")
    if not extension and said in UNSAID:
        raise Invalid(f"{name!r} has no extension and no type; name it .mp4, .mov, .avi or .webm.")
    return Described(name=name, size_bytes=file.size_bytes, content_type=TYPES[extension] if said in UNSAID else said)
