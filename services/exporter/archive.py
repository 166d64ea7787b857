"""What a ZIP export will be, decided before a byte of it is written: names, places, size, and the key of its content."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Sequence
from zlib import crc32

from msgspec import Struct

from services.exporter.manifest import manifest
from services.exporter.product import Product, Unusable
from services.exporter.progress import Tally
from services.exporter.zip64 import DAWN, Entry, Layout, lay_out
from shared.archive_names import MANIFEST, archive_names, download_name
from shared.media import StoredObject
from shared.messages import BuildExport, ExportItem
from shared.storage import BadPiece, ObjectStore, Piece, StoredRange
from shared.views import LeftOut

VERSION = 2
"""Grows whenever the same videos would give different bytes, so that no old deliverable is taken for a new one."""

CONTENT_TYPE = "application/zip"


class Plan(Struct, frozen=True, kw_only=True):
    """A ZIP to be: its layout, and for each file in it what it is made of."""

    layout: Layout
    sources: tuple[tuple[ExportItem, StoredObject] | bytes, ...]
    content_key: str

    @property
    def pieces(self) -> list[Piece]:
        """The archive from its first byte to its last: headers and files in turn, and the directory."""
        found: list[Piece] = []
        for placed, source in zip(self.layout.files, self.sources, strict=True):
            found += [placed.header, source if isinstance(source, bytes) else StoredRange(stored=source[1])]
        return [*found, self.layout.directory]


def plan(command: BuildExport, items: Sequence[ExportItem], left_out: Sequence[LeftOut] = ()) -> Plan:
    """Plan the archive that a command asks for; every file's checksum must be known."""
    names = archive_names(items, command.batch_name, command.options)
    entries: list[Entry] = []
    sources: list[tuple[ExportItem, StoredObject] | bytes] = []
    for item, of_item in zip(items, names, strict=True):
        for name, stored in zip(of_item, (item.stored, *(extra.stored for extra in item.extras)), strict=True):
            assert stored.crc32 is not None
            modified = item.made_at or DAWN
            entries.append(Entry(name=name, size_bytes=stored.size_bytes, crc32=stored.crc32, modified=modified))
            sources.append((item, stored))
    told = manifest(command, items, names, left_out)
    newest = max((item.made_at for item in items if item.made_at), default=DAWN)
    entries.append(Entry(name=MANIFEST, size_bytes=len(told), crc32=crc32(told), modified=newest))
    layout = lay_out(entries)
    # The directory has names, sizes, checksums and times of everything.
    what = f"{VERSION} zip {command.user_id} ".encode() + layout.directory
    return Plan(layout=layout, sources=(*sources, told), content_key=hashlib.sha256(what).hexdigest())


def zip_of(
    command: BuildExport, items: Sequence[ExportItem], left_out: Sequence[LeftOut], store: ObjectStore, tally: Tally
) -> Product:
    """A ZIP of the items, in one pass."""
    planned = plan(command, items, left_out)

    async def build(key: str) -> StoredObject:
        tally.begin(planned.layout.size_bytes)
        try:
            return await store.assemble(key, planned.pieces, CONTENT_TYPE, _counting(planned, items, tally))
        except BadPiece as bad:
            source = planned.sources[bad.number // 2]
            assert isinstance(source, tuple)
            raise Unusable(source[0], "missing" if bad.missing else "damaged") from None

    return Product(
        content_key=planned.content_key,
        suffix="zip",
        file_name=download_name(command.batch_name, "zip"),
        build=build,
    )


def _counting(planned: Plan, items: Sequence[ExportItem], tally: Tally) -> Callable[[int], None]:
    """Counts bytes and says which video they belong to."""
    offsets = [
        placed.offset
        for placed, source in zip(planned.layout.files, planned.sources, strict=True)
        if isinstance(source, tuple) and source[1] is source[0].stored
    ]

    def count(more: int) -> None:
        tally.done += more
        number = bisect_right(offsets, tally.done)
        tally.operation = f"Adding video {number} of {len(items)}"
        if tally.done >= tally.total:
            tally.operation = "Finishing the archive"

    return count
