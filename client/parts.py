"""Which bytes of a file go where: pure planning of an upload."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from client.errors import ClientError
from shared.views import UploadPlan


class Piece(Struct, frozen=True, kw_only=True):
    """What is sent in one PUT: a part of a multipart upload, or a whole file as number 1."""

    file: int
    """Which of the files, from 0."""
    number: int
    offset: int
    size: int


def pieces(file: int, size_bytes: int, plan: UploadPlan, stored: Collection[int] = ()) -> list[Piece]:
    """The pieces of a file that are still to be sent, in order. Raises `ClientError` when the plan is not for it."""
    if plan.upload_id is None:
        return [] if 1 in stored else [Piece(file=file, number=1, offset=0, size=size_bytes)]
    step = plan.part_size_bytes
    if step <= 0 or -(-size_bytes // step) != plan.part_count:
        raise ClientError(
            f"{plan.name} has {size_bytes} bytes, which is not what the server expects; submit it again.",
            code="wrong_size",
        )
    return [
        Piece(file=file, number=number, offset=offset, size=min(step, size_bytes - offset))
        for number, offset in enumerate(range(0, size_bytes, step), start=1)
        if number not in stored
    ]
