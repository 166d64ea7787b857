"""Keys of objects: what may be one. The rule is narrow, so that no key can mean anything to a file system but a name."""

from __future__ import annotations

import re

from shared.errors import Invalid
from shared.storage.objects import MAX_PARTS

MAX_KEY = 900
MAX_SEGMENT = 200

SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*", re.ASCII)
UPLOAD_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


def check_key(key: str) -> str:
    """The key, if it is one. Raises `Invalid` for anything else: absolute, empty, with `..`, hidden names, NUL or spaces."""
    if not 0 < len(key) <= MAX_KEY:
        raise Invalid(f"A key has 1 to {MAX_KEY} characters; this one has {len(key)}.")
    for segment in key.split("/"):
        if len(segment) > MAX_SEGMENT or SEGMENT.fullmatch(segment) is None:
            raise Invalid(
                f"{key!r} is not a key; use names of letters, digits, '.', '_' and '-', separated by single slashes."
            )
    return key


def check_prefix(prefix: str) -> str:
    """The prefix, if it is one: empty for everything, else a key with a slash at its end. Raises `Invalid`."""
    if prefix:
        if not prefix.endswith("/"):
            raise Invalid(f"{prefix!r} is not a prefix; it has to end with a slash.")
        check_key(prefix[:-1])
    return prefix


def check_upload_id(upload_id: str) -> str:
    """The id of a local multipart upload, if it is one. Raises `Invalid`."""
    if UPLOAD_ID.fullmatch(upload_id) is None:
        raise Invalid(f"{upload_id!r} is not the id of an upload; use the one that came with the upload plan.")
    return upload_id


def check_number(number: int) -> int:
    """The number of a part, if it is one. Raises `Invalid`."""
    if not 1 <= number <= MAX_PARTS:
        raise Invalid(f"Parts are numbered from 1 to {MAX_PARTS}; there is no part {number}.")
    return number


def check_size(size: int, most: int) -> int:
    """The size of an upload. Raises `Invalid` when it is none, or more than the store takes in one object."""
    if not 1 <= size <= most:
        raise Invalid(f"An upload has 1 to {most} bytes; {size} were announced.")
    return size
