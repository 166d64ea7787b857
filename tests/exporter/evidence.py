"""What an exporter left behind: messages, rows, files."""

from __future__ import annotations

import subprocess
from pathlib import Path
from uuid import UUID

import msgspec
from piccolo.querystring import QueryString

from services.exporter.service import Exporter
from shared import messages
from shared.messages import ExportBuilt, ExportFailed, ExportItem
from shared.storage import LocalStore, ObjectStore


async def stored_item(store: ObjectStore, position: int, data: bytes, name: str = "") -> ExportItem:
    """Store an output of a run, as the processor would, and give the item for it."""
    stored = await store.put_bytes(f"runs/{UUID(int=position)}/{UUID(int=0)}/output.mp4", data, "video/mp4")
    return ExportItem(position=position, name=name or f"Episode {position}.mov", stored=stored)


async def said(at: Exporter) -> list[ExportBuilt | ExportFailed]:
    """The messages that wait to be sent, oldest first."""
    rows = await at.engine.run_querystring(QueryString("select kind, message from outbox order by id"))
    return [msgspec.json.decode(row["message"], type=getattr(messages, row["kind"])) for row in rows]


async def built(at: Exporter) -> ExportBuilt:
    """The one thing said, which is that the export was built."""
    (message,) = await said(at)
    assert isinstance(message, ExportBuilt), message
    return message


async def failed(at: Exporter) -> ExportFailed:
    """The one thing said, which is that the export failed."""
    (message,) = await said(at)
    assert isinstance(message, ExportFailed), message
    return message


async def rows(at: Exporter) -> int:
    """Deliverables known, built or being built."""
    (row,) = await at.engine.run_querystring(QueryString("select count(*) as n from deliverables"))
    return int(row["n"])


async def deliverables(store: ObjectStore) -> list[str]:
    """Keys of the deliverables in the store."""
    return [stored.key async for stored in store.list("deliverables/")]


def unzip_finds_it_sound(path: Path) -> None:
    """Have Info-ZIP read an archive through."""
    subprocess.run(["unzip", "-tq", path], check=True, capture_output=True)


async def nothing_is_left(at: Exporter, store: LocalStore) -> None:
    """Neither a row nor an object nor a file half written."""
    assert await rows(at) == 0
    assert await deliverables(store) == []
    assert list(store.folder.incoming.iterdir()) == []
