"""criteria: what the product promises of time, as rates measured here times what is promised.

Nobody waits ten hours for a benchmark: each row measures a rate with less material, and multiplies. What is multiplied by what stands
in the name of the row; rates of long videos do not fall with their length, which `cutting` and `listening` show.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import clips, sizes
from bench.place import FOLDER, Installation, installation
from bench.rows import Goal, Row, row
from bench.topics import export
from bench.topics.batch import processed, unlimited, uploaded
from client.api import Api
from shared.probing import facts_of

VIDEOS, MINUTES = 20, 30
SENT_BYTES, PROMISED_BYTES = 25_000_000, 1_000_000_000
"""Size of the files that are sent here, and of those in the promise: half an hour of 1080p."""
PACKED_BYTES = 50_000_000
CLIP_S = 90.0


def run() -> list[Row]:
    """Measure on an installation of its own."""
    with (
        TemporaryDirectory() as name,
        installation("gateway", "scheduler", "uploader", "processor", tiers=unlimited()) as at,
    ):
        folder = Path(name)
        clip = clips.talk(folder / "talk.mp4", sizes.seconds(CLIP_S), noise=8)
        rate = asyncio.run(processed(at, [clip])) / asyncio.run(facts_of(clip)).duration_s
        files = [_bytes(folder / f"{number}.mp4") for number in range(VIDEOS)]
        sent_s = asyncio.run(_sent(at, files))
    packed_s = asyncio.run(_packed())
    whole_s = VIDEOS * MINUTES * 60
    return [
        row(
            f"upload of {VIDEOS} videos: measured with {SENT_BYTES // 10**6} MB each, x {PROMISED_BYTES // SENT_BYTES}",
            sent_s * PROMISED_BYTES / SENT_BYTES / 60,
            unit="min",
            n=VIDEOS,
            goal=Goal(at_most=5),
        ),
        row(
            f"processing {VIDEOS} videos of {MINUTES} minutes, one after the other: {rate:.2f} s for each second of 1080p",
            rate * whole_s / 3600,
            unit="h",
            n=1,
            goal=Goal(at_most=10),
        ),
        row(
            "the same on five machines like this one: a fifth",
            rate * whole_s / 5 / 3600,
            unit="h",
            n=1,
            goal=Goal(at_most=2),
        ),
        row(
            f"ZIP of {VIDEOS} videos: measured with {PACKED_BYTES // 10**6} MB each, x {PROMISED_BYTES // PACKED_BYTES}",
            packed_s * PROMISED_BYTES / PACKED_BYTES / 60,
            unit="min",
            n=VIDEOS,
            goal=Goal(at_most=10),
        ),
    ]


def _bytes(path: Path) -> Path:
    path.write_bytes(os.urandom(SENT_BYTES))
    return path


async def _sent(at: Installation, files: Sequence[Path]) -> float:
    async with Api(at.url) as api:
        await api.sign_in(*at.account)
        begun = time.perf_counter()
        await uploaded(api, files)
        return time.perf_counter() - begun


async def _packed() -> float:
    with TemporaryDirectory(dir=FOLDER) as folder:
        store = export.open_store(Path(folder))
        stored = await export.outputs(store, VIDEOS, PACKED_BYTES)
        begun = time.perf_counter()
        await export.build(store, stored)
        return time.perf_counter() - begun
