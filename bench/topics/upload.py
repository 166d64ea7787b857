"""upload: bytes into and out of the local store, beside nginx, and how long the plan for many large files takes.

nginx writes no file through to the disk, so the benchmark does that for it, in the time that counts: ours answers only when
a file is on the disk. Both get the same file by `sendfile` from one client that does nothing else.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec
from msgspec.structs import replace

from bench import wire
from bench.nginx import nginx
from bench.place import Installation, installation
from bench.rows import Goal, Row, compared, row
from bench.runs import interleaved
from client.api import Api
from client.bodies import BatchCreated, NewFile
from shared.batches import BatchSettings, Tier
from shared.storage import LocalStore
from shared.storage.signing import parse_keys
from shared.tiers import DEFAULT_TIERS

MB = 1_000_000
ROUNDS = 9
"""Many, because a disk is not equally fast from one second to the next."""
LARGE = 400 * MB
MANY, EACH = 20, 50 * MB
PLANNED, PLANNED_SIZE = 50, 2 * 1024**3
PLANS = 5
CHUNK = 4 * 1024 * 1024


def run() -> list[Row]:
    """Measure on an installation of its own."""
    # One PUT for any file, so that the same is done as by nginx.
    limits = {tier: replace(DEFAULT_TIERS[tier], batches_per_hour=10_000) for tier in Tier}
    tiers = msgspec.json.encode(limits).decode()
    with installation("gateway", "scheduler", "uploader", single_put_bytes=str(LARGE), tiers=tiers) as at:
        folder = at.stack.folder / "upload"
        with nginx(folder) as (reference, files):
            file = _made(folder / "large", LARGE)
            rows = _one(at, file, reference, files)
            rows += _many(at, _made(folder / "each", EACH), reference, files)
        rows.append(asyncio.run(_planned(at)))
    return rows


def _one(at: Installation, file: Path, reference: str, files: Path) -> list[Row]:
    plan = asyncio.run(_batch(at, [file.stat().st_size])).uploads[0]
    objects = Path(at.stack.environment("uploader.app")["DAILIES_STORE_FOLDER"])

    def theirs() -> float:
        began = time.perf_counter()
        wire.put(f"{reference}/large", file)
        _sync(files / "large")
        return time.perf_counter() - began

    puts = interleaved({"ours": lambda: wire.put(plan.url, file, plan.headers), "nginx": theirs}, rounds=ROUNDS)
    # That of this very upload: others may be left from an earlier run.
    stored = next(objects.glob(f"objects/sources/*/{plan.video_id}/arrival"))
    key = str(stored.relative_to(objects / "objects"))
    url = _get_url(at, key)
    gets = interleaved({"ours": lambda: wire.get(url), "nginx": lambda: wire.get(f"{reference}/large")}, rounds=ROUNDS)
    return [
        _speed(f"PUT of {LARGE // MB} MB", puts["ours"], puts["nginx"], 0.8, "nginx, DAV PUT and fsync"),
        _speed(f"GET of {LARGE // MB} MB", gets["ours"], gets["nginx"], 0.5, "nginx, sendfile"),
    ]


def _many(at: Installation, file: Path, reference: str, files: Path) -> list[Row]:
    before = _memory_mb(at)

    def ours() -> float:
        plans = asyncio.run(_batch(at, [EACH] * MANY)).uploads
        return _together([partial(wire.put, plan.url, file, plan.headers) for plan in plans])

    def put_there(number: int) -> float:
        took = wire.put(f"{reference}/{number}", file)
        _sync(files / str(number))
        return took

    def theirs() -> float:
        return _together([partial(put_there, number) for number in range(MANY)])

    took = interleaved({"ours": ours, "nginx": theirs}, rounds=2)
    total = MANY * EACH / MB
    return [
        compared(
            f"{MANY} x {EACH // MB} MB side by side",
            [total / seconds for seconds in took["ours"]],
            [total / seconds for seconds in took["nginx"]],
            reference_is="nginx, DAV PUT and fsync",
            unit="MB/s",
        ),
        row(
            "most memory of the endpoint, more than before",
            _memory_mb(at, peak=True) - before,
            unit="MB",
            n=2,
            goal=Goal(at_most=64),
        ),
    ]


async def _planned(at: Installation) -> Row:
    took = []
    async with Api(at.url) as api:
        await api.sign_in(*at.account)
        files = [NewFile(name=f"{n}.mp4", size=PLANNED_SIZE, type="video/mp4") for n in range(PLANNED)]
        for number in range(PLANS):
            began = time.perf_counter()
            created = await api.create_batch(f"Plan {number}", BatchSettings(), files)
            took.append(1000 * (time.perf_counter() - began))
            assert all(plan.upload_id for plan in created.uploads)
    return row(
        f"a batch with {PLANNED} uploads in parts, in one request",
        statistics.median(took),
        unit="ms",
        n=PLANS,
        goal=Goal(at_most=200),
    )


async def _batch(at: Installation, sizes: Sequence[int]) -> BatchCreated:
    async with Api(at.url) as api:
        await api.sign_in(*at.account)
        files = [NewFile(name=f"{n}.mp4", size=size, type="video/mp4") for n, size in enumerate(sizes)]
        return await api.create_batch("Upload", BatchSettings(), files)


def _together(calls: Sequence[Callable[[], float]]) -> float:
    with ThreadPoolExecutor(len(calls)) as pool:
        began = time.perf_counter()
        list(pool.map(lambda call: call(), calls))
        return time.perf_counter() - began


def _get_url(at: Installation, key: str) -> str:
    settings = at.stack.environment("uploader.app")
    store = LocalStore(
        Path(settings["DAILIES_STORE_FOLDER"]),
        settings["DAILIES_STORE_URL"],
        parse_keys(settings["DAILIES_SIGNING_KEYS"]),
    )
    return asyncio.run(store.presign_get(key, None, None, timedelta(hours=1)))


def _speed(name: str, ours: Sequence[float], theirs: Sequence[float], at_least: float, reference: str) -> Row:
    return compared(
        name,
        [LARGE / MB / seconds for seconds in ours],
        [LARGE / MB / seconds for seconds in theirs],
        reference_is=reference,
        unit="MB/s",
        goal=Goal(at_least=at_least, of="ratio"),
    )


def _made(path: Path, size: int) -> Path:
    if not path.exists() or path.stat().st_size != size:
        with path.open("wb") as file:
            for offset in range(0, size, CHUNK):
                file.write(os.urandom(min(CHUNK, size - offset)))
    return path


def _sync(path: Path) -> None:
    for what in (path, path.parent):
        descriptor = os.open(what, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def _memory_mb(at: Installation, *, peak: bool = False) -> float:
    text = Path(f"/proc/{at.stack.pid('uploader.app')}/status").read_text()
    line = next(line for line in text.splitlines() if line.startswith("VmHWM" if peak else "VmRSS"))
    return int(line.split()[1]) / 1024
