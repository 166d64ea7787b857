"""What people say of a file before they send it, checked: by the gateway to name what is wrong, by the uploader to be sure."""

from __future__ import annotations

from pathlib import PurePosixPath

from msgspec import Struct

from shared.errors import Invalid, TooLarge
from shared.names import name_of

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


class Described(Struct, frozen=True, kw_only=True):
    """A file as it was announced, after the check."""

    name: str
    size_bytes: int | None
    content_type: str | None
    """None when nobody said what it is; its content will tell."""


def clean_name(text: str) -> str:
    """A file's name for display. Raises `Invalid` when it is empty or too long."""
    name = name_of(text, what="A file's name", at_most=MAX_NAME)
    if name in (".", ".."):
        raise Invalid(f"{name!r} is no name for a file; give it another.")
    return name


def checked(name: str, size_bytes: int | None, content_type: str | None, most_bytes: int) -> Described:
    """The file, if it may be sent. Raises `Invalid` or `TooLarge` with its name when not.

    A file without a size was not described at all: then its extension says nothing either, and its content decides.
    """
    name = clean_name(name)
    said = (content_type or "").partition(";")[0].strip().lower()
    said = SAME.get(said, said)
    if said not in UNSAID and said not in TYPES.values():
        raise Invalid(f"{name!r} is announced as {said!r}; upload mp4, mov, avi or webm videos.")
    if size_bytes is None:
        return Described(name=name, size_bytes=None, content_type=None if said in UNSAID else said)
    if size_bytes < 1:
        raise Invalid(f"{name!r} is empty; choose a file that has something in it.")
    if size_bytes > most_bytes:
        raise TooLarge(f"{name!r} has {size_bytes} bytes; a video may have up to {most_bytes}.")
    extension = PurePosixPath(name).suffix.lower()
    if extension and extension not in TYPES:
        raise Invalid(f"{name!r} does not end in .mp4, .mov, .avi or .webm; only such videos are accepted.")
    if not extension and said in UNSAID:
        raise Invalid(f"{name!r} has no extension and no type; name it .mp4, .mov, .avi or .webm.")
    return Described(name=name, size_bytes=size_bytes, content_type=TYPES[extension] if said in UNSAID else said)
