"""The file in an archive that tells about the others: what they are, how they were made, and what is not there and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from shared.batches import BatchSettings
from shared.media import StoredObject
from shared.messages import BuildExport, ExportItem
from shared.views import LeftOut


class File(Struct, frozen=True, kw_only=True):
    """A file of the archive."""

    file: str
    size_bytes: int
    crc32: str
    """CRC-32 as in ZIP, eight hex digits."""


class ManifestVideo(File, frozen=True, kw_only=True):
    """A video of the archive."""

    position: int
    name: str
    """As its owner gave it."""
    duration_s: float | None
    finished_at: datetime | None
    extras: tuple[File, ...]


class Manifest(Struct, frozen=True, kw_only=True):
    """The content of the file."""

    version: int = 1
    batch: str
    settings: BatchSettings
    videos: tuple[ManifestVideo, ...]
    left_out: tuple[LeftOut, ...]


def manifest(
    command: BuildExport, items: Sequence[ExportItem], names: Sequence[Sequence[str]], left_out: Sequence[LeftOut]
) -> bytes:
    """JSON for people and programs, the same bytes for the same archive."""
    told = Manifest(
        batch=command.batch_name,
        settings=command.settings,
        videos=tuple(
            ManifestVideo(
                file=of_item[0],
                size_bytes=item.stored.size_bytes,
                crc32=_hex(item.stored),
                position=item.position,
                name=item.name,
                duration_s=item.duration_s,
                finished_at=item.made_at,
                extras=tuple(
                    File(file=name, size_bytes=extra.stored.size_bytes, crc32=_hex(extra.stored))
                    for name, extra in zip(of_item[1:], item.extras, strict=True)
                ),
            )
            for item, of_item in zip(items, names, strict=True)
        ),
        left_out=tuple(sorted((*command.left_out, *left_out), key=lambda video: video.position)),
    )
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"


def _hex(stored: StoredObject) -> str:
    return f"{stored.crc32 or 0:08x}"
