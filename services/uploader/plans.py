"""How the bytes of a file are divided, what has to be there before it is whole, and where it lies. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from shared.errors import Conflict, Invalid
from shared.storage.objects import MAX_PARTS
from shared.views import StoredPart

FEW_PARTS = 64
PROXY = "proxy-"


class Shape(Struct, frozen=True):
    """So many parts of this size, of which only the last may be smaller."""

    part_size_bytes: int
    part_count: int


def shape(size_bytes: int | None, *, single_put_bytes: int, part_bytes: int, most_bytes: int) -> Shape:
    """One part up to `single_put_bytes`, and for a file of unknown size; else parts of `part_bytes`, or larger for large files.

    Parts double once when there would be more than 64 of them, so that a large file has fewer requests, and then only as far as
    the limit of 10,000 parts demands, so that little has to be sent again after an interruption.
    """
    if size_bytes is None:
        return Shape(most_bytes, 1)
    if size_bytes <= single_put_bytes:
        return Shape(size_bytes, 1)
    part = part_bytes
    while _count(size_bytes, part) > (FEW_PARTS if part == part_bytes else MAX_PARTS):
        part *= 2
    return Shape(part, _count(size_bytes, part))


def size_of_part(number: int, size_bytes: int, form: Shape) -> int:
    """Bytes of one part. Raises `Invalid` when there is no such part."""
    if not 1 <= number <= form.part_count:
        raise Invalid(f"This upload has parts 1 to {form.part_count}; there is no part {number}.")
    return min(form.part_size_bytes, size_bytes - (number - 1) * form.part_size_bytes)


def require_all_parts(parts: Sequence[StoredPart], size_bytes: int, form: Shape) -> None:
    """Raise `Conflict` when parts are missing, and `Invalid` when one has the wrong size; the sentence says which."""
    there = {part.number: part for part in parts}
    missing = [number for number in range(1, form.part_count + 1) if number not in there]
    if missing:
        some = ", ".join(str(number) for number in missing[:5])
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        noun = "Part" if len(missing) == 1 else "Parts"
        raise Conflict(f"{noun} {some}{more} of {form.part_count} have not arrived; send them, then complete again.")
    for number, part in there.items():
        expected = size_of_part(number, size_bytes, form)
        if part.size_bytes != expected:
            raise Invalid(f"Part {number} has {part.size_bytes} bytes instead of {expected}; send it again.")


def prefix_of(user_id: UUID, video_id: UUID) -> str:
    """Where everything of a video lies."""
    return f"sources/{user_id}/{video_id}/"


def source_key(user_id: UUID, video_id: UUID) -> str:
    """Where the whole file lies once its upload was completed; parts are put together here."""
    return f"{prefix_of(user_id, video_id)}source"


def arrival_key(user_id: UUID, video_id: UUID) -> str:
    """Where a single PUT goes: a place apart, so that a late PUT never replaces what was inspected."""
    return f"{prefix_of(user_id, video_id)}arrival"


def thumbnail_key(user_id: UUID, video_id: UUID) -> str:
    """Where the picture of a video lies."""
    return f"{prefix_of(user_id, video_id)}thumbnail.jpg"


def proxy_key(user_id: UUID, video_id: UUID, token: UUID) -> str:
    """Where the copy for browsers lies that one worker makes; a place for each, so that none overwrites another's."""
    return f"{prefix_of(user_id, video_id)}{PROXY}{token}.mp4"


def is_proxy(key: str) -> bool:
    """Whether a key below `sources/` is that of a copy for browsers."""
    return key.rpartition("/")[2].startswith(PROXY)


def owner_of(key: str) -> tuple[UUID, UUID] | None:
    """User and video of a key below `sources/`; None for a key that nobody of ours made."""
    try:
        _, user, video, _ = key.split("/", 3)
        return UUID(user), UUID(video)
    except ValueError:
        return None


def _count(size_bytes: int, part: int) -> int:
    return -(-size_bytes // part)
