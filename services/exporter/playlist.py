"""A playlist: links to the videos of a batch for a player, good for as long as the playlist itself."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from datetime import timedelta

from services.exporter.product import Product
from services.exporter.service import Exporter
from shared.archive_names import download_name
from shared.media import StoredObject
from shared.messages import BuildExport, ExportItem

CONTENT_TYPE = "audio/x-mpegurl"
SLACK = timedelta(minutes=5)
"""For how much longer than the playlist its links are good: nobody's clock is exact."""


async def playlist_of(command: BuildExport, items: Sequence[ExportItem], at: Exporter) -> Product:
    """An extended M3U8 of the items. It is made anew each time, because its links age."""
    links = [await at.store.presign_get(i.stored.key, None, i.stored.content_type, at.keep + SLACK) for i in items]
    text = extended_m3u8(command.batch_name, items, links).encode()

    async def build(key: str) -> StoredObject:
        return await at.store.put_bytes(key, text, CONTENT_TYPE)

    return Product(
        content_key=hashlib.sha256(f"playlist {command.user_id} ".encode() + text).hexdigest(),
        suffix="m3u8",
        file_name=download_name(command.batch_name, "m3u8"),
        build=build,
    )


def extended_m3u8(title: str, items: Sequence[ExportItem], links: Sequence[str]) -> str:
    """Titles, durations in seconds (-1 for unknown, as players have it) and links, in UTF-8."""
    lines = ["#EXTM3U", f"#PLAYLIST:{on_one_line(title)}"]
    for item, link in zip(items, links, strict=True):
        length = "-1" if item.duration_s is None else f"{item.duration_s:.3f}"
        lines += [f"#EXTINF:{length},{on_one_line(item.name)}", link]
    return "\n".join(lines) + "\n"


def on_one_line(text: str) -> str:
    """Text that cannot begin a line of its own, whatever its owner put into it."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") else c for c in text).strip()
