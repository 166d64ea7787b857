"""What is too small for a part, between two large objects, is joined to the end of the first inside of the service.

A part of a multipart upload has at least 5 MiB, except the last one. So the header of a file in an archive would have to take the
first 5 MiB of the file along, through here and back. But it can be the last part of an object of its own, after a copy of
the end of the file before: a joint. That is large enough to be copied into the archive by the service.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from shared.media import StoredObject
from shared.storage.objects import JOINT, BadPiece, Piece, StoredRange
from shared.storage.s3.assembling import LEAST
from shared.storage.s3.transfers import side_by_side


class Joint(Struct, frozen=True):
    """Pieces that become an object of their own first: the end of a large one, and the small ones after it."""

    pieces: tuple[Piece, ...]


def with_joints(pieces: Sequence[Piece], least: int = LEAST) -> list[tuple[int, Piece | Joint]]:
    """The pieces again, with joints where they help; each with the number of the piece that it begins with. Pure."""
    found: list[tuple[int, Piece | Joint]] = []
    small: list[tuple[int, Piece]] = []
    for number, piece in enumerate(pieces):
        if not isinstance(piece, StoredRange) or piece.size_bytes < least:
            small.append((number, piece))
            continue
        at, before = found[-1] if found else (0, b"")
        if small and isinstance(before, StoredRange) and before.size_bytes >= 2 * least:
            cut = before.size_bytes - least
            end = StoredRange(stored=before.stored, start=before.start + cut, length=least)
            found[-1] = (at, replace(before, length=cut))
            found.append((at, Joint((end, *(part for _, part in small)))))
        else:
            found.extend(small)
        small = []
        found.append((number, piece))
    return [*found, *small]


async def assembled(
    key: str,
    pieces: Sequence[Piece],
    *,
    joint: Callable[[str, Sequence[Piece]], Awaitable[StoredObject]],
    whole: Callable[[Sequence[Piece]], Awaitable[StoredObject]],
    delete: Callable[[str], Awaitable[None]],
) -> StoredObject:
    """Make the joints, then the whole of them and the rest, and drop them. Raises `BadPiece` by the original numbers."""
    planned = with_joints(pieces)
    made: list[str] = []

    async def ready(number: int, piece: Piece | Joint) -> Piece:
        if not isinstance(piece, Joint):
            return piece
        place = f"{key}{JOINT}{number}"
        made.append(place)
        try:
            return StoredRange(stored=await joint(place, piece.pieces))
        except BadPiece as bad:
            raise BadPiece(number + bad.number, missing=bad.missing) from bad

    try:
        async with side_by_side() as group:
            tasks = [group.create_task(ready(number, piece)) for number, piece in planned]
        try:
            return await whole([task.result() for task in tasks])
        except BadPiece as bad:
            raise BadPiece(planned[bad.number][0], missing=bad.missing) from bad
    finally:
        for place in made:
            await delete(place)
