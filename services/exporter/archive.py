"""What a ZIP export will be, decided before a byte of it is written: names, places, size, and the key of its content."""

from __future__ import annotations

import hashlib

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from services.exporter.naming import archive_names, download_name, with_companions
from services.exporter.zip64 import Entry, Layout, lay_out
from shared.errors import PermanentFailure
from shared.messages import BuildExport, ExportItem

VERSION = 1
"""Grows whenever the same videos would give different bytes, so that no old deliverable is taken for a new one."""

CONTENT_TYPE = "application/zip"


class Plan(Struct, frozen=True, kw_only=True):
    """A ZIP to be: its layout, and for each file in it the item that it is made of."""

    items: tuple[ExportItem, ...]
    layout: Layout
    content_key: str
    """Equal for equal archives of the same user, and for no others."""
    file_name: str


def plan(command: BuildExport) -> Plan:
    """Plan the archive that a command asks for, in the order of the positions; every item's checksum must be known.

    Raises `PermanentFailure` when there is nothing to pack.
    """
    videos = sorted(command.items, key=lambda item: item.position)
    if not videos:
        raise PermanentFailure("There is no finished video in this export; process one, then export again.")
    names = with_companions(videos, archive_names(videos, command.batch_name, command.options))
    items = tuple(each for item in videos for each in with_beside(item))
    entries = []
    for item, name in zip(items, names, strict=True):
        assert item.stored.crc32 is not None
        entries.append(Entry(name=name, size_bytes=item.stored.size_bytes, crc32=item.stored.crc32))
    return Plan(
        items=items,
        layout=lay_out(entries),
        content_key=_content_key(command, items, entries),
        file_name=download_name(command.batch_name, "zip"),
    )


def with_beside(item: ExportItem) -> tuple[ExportItem, ...]:
    """A video, and each file that goes with it as an item of its own."""
    return (replace(item, beside=()), *(replace(item, stored=stored, beside=()) for stored in item.beside))


def _content_key(command: BuildExport, items: tuple[ExportItem, ...], entries: list[Entry]) -> str:
    what = (
        VERSION,
        command.user_id,
        command.format,
        command.options,
        [
            (item.position, entry.name, entry.size_bytes, entry.crc32)
            for item, entry in zip(items, entries, strict=True)
        ],
    )
    return hashlib.sha256(msgspec.json.encode(what)).hexdigest()
