"""A merged video: the videos of a batch one behind the other in one file, encoded only where they differ."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import msgspec
from isal.isal_zlib import crc32

from services.exporter.joining import into_frame, join
from services.exporter.parts import Part, agree, common_frame, read_part
from services.exporter.product import Product, Unusable
from services.exporter.progress import Tally
from services.exporter.service import Exporter
from shared.archive_names import download_name, extension
from shared.errors import NotFound, PermanentFailure
from shared.files import BY_CONTAINER
from shared.media import StoredObject
from shared.messages import BuildExport, ExportItem

VERSION = 1
"""Grows whenever the same videos would be merged differently."""

READ_WEIGHT, JOIN_WEIGHT, ENCODE_WEIGHT = 1.0, 2.0, 30.0
"""How much work a second of video is to look at, to join and to encode, about."""
CHUNK = 1024 * 1024


def merged(command: BuildExport, items: Sequence[ExportItem], at: Exporter, tally: Tally) -> Product:
    """One video of all items, with a chapter for each."""
    kinds = {extension(item.stored, item.name) for item in items}
    suffix = kinds.pop() if len(kinds) == 1 and kinds <= set(BY_CONTAINER) - {"avi"} else "mp4"
    what = [(item.name, item.stored.size_bytes, item.stored.crc32) for item in items]
    content = f"{VERSION} merged {command.user_id} {suffix} ".encode() + msgspec.json.encode(what)

    async def build(key: str) -> StoredObject:
        with at.scratch.room() as room:
            whole = await _merge(items, suffix, room, at, tally)
            tally.operation = "Storing the video"
            return await at.store.put_file(key, whole, BY_CONTAINER[suffix])

    return Product(
        content_key=hashlib.sha256(content).hexdigest(),
        suffix=suffix,
        file_name=download_name(command.batch_name, suffix),
        build=build,
    )


async def _merge(items: Sequence[ExportItem], suffix: str, room: Path, at: Exporter, tally: Tally) -> Path:
    deadline_s = at.settings.merge_hours * 3600
    playing_s = sum(item.duration_s or 60.0 for item in items)
    tally.begin((READ_WEIGHT + JOIN_WEIGHT) * playing_s)
    parts = []
    for number, item in enumerate(items, 1):
        tally.operation = f"Reading video {number} of {len(items)}"
        parts.append(await _part(item, room / f"{number:04d}.{extension(item.stored, item.name)}", at, deadline_s))
        tally.done += READ_WEIGHT * (item.duration_s or 60.0)
    pictures = parts
    if not agree(parts) or parts[0].path.suffix != f".{suffix}":
        pictures = await _encoded(parts, suffix, room, deadline_s, tally)
    tally.operation = "Joining the videos"
    before = tally.done

    def joined(share: float) -> None:
        tally.done = before + share * (tally.total - before)

    whole = room / f"whole.{suffix}"
    await join(pictures, parts, room, whole, deadline_s, joined)
    return whole


async def _part(item: ExportItem, path: Path, at: Exporter, deadline_s: float) -> Part:
    """Bring a video here and look at it. Raises `Unusable`."""
    try:
        await at.store.fetch(item.stored.key, path)
        if item.stored.crc32 is not None and await asyncio.to_thread(_crc_of, path) != item.stored.crc32:
            raise Unusable(item, "damaged")
        return await read_part(path, PurePosixPath(item.name).stem, deadline_s)
    except NotFound:
        raise Unusable(item, "missing") from None
    except Unusable:
        raise
    except PermanentFailure:
        raise Unusable(item, "damaged") from None


async def _encoded(parts: Sequence[Part], suffix: str, room: Path, deadline_s: float, tally: Tally) -> list[Part]:
    """The pictures of all parts in one frame, each encoded once."""
    frame = common_frame(parts)
    tally.total += ENCODE_WEIGHT * float(sum(part.length_s for part in parts))
    pictures = []
    for number, part in enumerate(parts, 1):
        tally.operation = f"Encoding video {number} of {len(parts)}"
        before, weight = tally.done, ENCODE_WEIGHT * float(part.length_s)

        def encoded(share: float, before: float = before, weight: float = weight) -> None:
            tally.done = before + share * weight

        to = room / f"framed-{number:04d}.{suffix}"
        await into_frame(part, frame, to, deadline_s, encoded)
        pictures.append(await read_part(to, part.title, deadline_s))
    return pictures


def _crc_of(path: Path) -> int:
    crc = 0
    with path.open("rb", buffering=0) as file:
        while data := file.read(CHUNK):
            crc = crc32(data, crc)
    return crc
