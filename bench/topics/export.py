"""export: a ZIP of twenty 100 MB files in the local store, beside `cat` into one file and beside `zip -0`.

All three end with the bytes on the disk (fsync), read the same files from the same folder, and take turns. Ours does more
than `cat`: two CRCs, and the record that makes an object of it. Memory is that of a process that only builds archives.
"""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID, uuid4

from bench.place import FOLDER
from bench.rows import Goal, Row, compared, row
from bench.runs import interleaved
from services.exporter.archive import CONTENT_TYPE, plan
from shared.batches import BatchSettings, ExportFormat
from shared.media import StoredObject
from shared.messages import BuildExport, ExportItem, ExportOptions
from shared.storage import LocalStore
from shared.storage.signing import Keys, SigningKey

FILES = 20
FILE_BYTES = 100 * 1000 * 1000
ROUNDS = 3
PIECE = 1000 * 1000
FEW, MANY = 5, 50
MEMORY_BYTES = 8 * 1000 * 1000
"""Size of the files in the measurement of memory: what counts is how many there are."""


def run() -> list[Row]:
    """Measure in a folder on the disk that the stack uses."""
    place = FOLDER / "export"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        return [*_times(place), *_memory(place)]
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _times(place: Path) -> list[Row]:
    store = open_store(place / "store")
    stored = asyncio.run(outputs(store, FILES, FILE_BYTES))
    paths = [str(store.folder.path(item.key)) for item in stored]

    def ours() -> float:
        begun = time.perf_counter()
        made = asyncio.run(build(store, stored))
        took = time.perf_counter() - begun
        asyncio.run(store.delete(made.key))
        return took

    def shell(command: str, *arguments: str) -> float:
        begun = time.perf_counter()
        subprocess.run(["sh", "-ec", f"{command}; sync {place / 'beside'}", "sh", *arguments], check=True)
        took = time.perf_counter() - begun
        (place / "beside").unlink()
        return took

    found = interleaved(
        {
            "ours": ours,
            "cat": lambda: shell(f'cat "$@" > {place / "beside"}', *paths),
            "zip": lambda: shell(f'zip -q -0 - "$@" > {place / "beside"}', *paths),
        },
        rounds=ROUNDS,
    )
    size = f"{FILES} x {FILE_BYTES // 1_000_000} MB"
    return [
        compared(
            f"ZIP of {size}",
            found["ours"],
            found["cat"],
            reference_is="cat of the same files into one, with fsync",
            unit="s",
            goal=Goal(at_most=1.25, of="ratio"),
        ),
        compared(
            f"ZIP of {size}",
            found["ours"],
            found["zip"],
            reference_is="zip -0 of the same files, with fsync",
            unit="s",
            goal=Goal(at_most=1 / 3, of="ratio"),
        ),
    ]


def _memory(place: Path) -> list[Row]:
    peaks = []
    for count in (FEW, MANY):
        argv = [sys.executable, "-m", "bench.topics.export", str(place / f"memory-{count}"), str(count)]
        done = subprocess.run(argv, check=True, capture_output=True, text=True)
        peaks.append(float(done.stdout))
    few, many = peaks
    return [
        row(f"peak memory, {FEW} files", few, unit="MB", n=1, goal=Goal(at_most=150)),
        row(
            f"peak memory, {MANY} files",
            many,
            unit="MB",
            n=1,
            reference=few,
            reference_is=f"{FEW} files",
            goal=Goal(at_most=1.1, of="ratio"),
        ),
    ]


def open_store(folder: Path) -> LocalStore:
    """A store of its own, whose URLs nobody will use."""
    return LocalStore(folder, "http://127.0.0.1", Keys((SigningKey("bench", bytes(32)),)))


async def build(store: LocalStore, stored: list[StoredObject]) -> StoredObject:
    """Build the archive as the exporter does."""
    items = tuple(
        ExportItem(position=number, name=f"Episode {number}.mp4", stored=output)
        for number, output in enumerate(stored, 1)
    )
    command = BuildExport(
        user_id=UUID(int=1),
        batch_id=UUID(int=2),
        batch_name="Bench",
        export_id=uuid4(),
        attempt=1,
        format=ExportFormat.ZIP,
        options=ExportOptions(),
        settings=BatchSettings(),
        items=items,
    )
    return await store.assemble(f"deliverables/{command.export_id}.zip", plan(command, items).pieces, CONTENT_TYPE)


async def outputs(store: LocalStore, count: int, size_bytes: int) -> list[StoredObject]:
    """Files that do not compress, each different."""
    found = []
    for number in range(count):
        path = store.folder.root / f"output-{number}"
        with path.open("wb") as file:
            for _ in range(size_bytes // PIECE):
                file.write(os.urandom(PIECE))
        found.append(await store.put_file(f"runs/{number}/output.mp4", path, "video/mp4"))
        path.unlink()
    return found


async def _build_once(folder: Path, count: int) -> None:
    store = open_store(folder)
    await build(store, await outputs(store, count, MEMORY_BYTES))


if __name__ == "__main__":
    asyncio.run(_build_once(Path(sys.argv[1]), int(sys.argv[2])))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
