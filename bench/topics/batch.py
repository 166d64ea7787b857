"""batch: short videos through the whole system, beside the sum of the ffmpeg commands that somebody would run by hand on them.

By hand means: silencedetect, then one ffmpeg that cuts by trim and concat with our encoder settings, one file after the other. What
Dailies does besides (claims, checks of the output, the store) and does not (a second program start for each file) is the overhead.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import msgspec
from msgspec.structs import replace

from bench import clips, encoder, sizes
from bench.bustle import Nobody
from bench.place import Installation, installation
from bench.rows import Goal, Row, row
from client.api import Api
from client.bodies import NewFile
from client.upload import Outgoing, upload_all
from shared.batches import BatchSettings, BatchStatus, Quality, Tier
from shared.probing import facts_of
from shared.tiers import DEFAULT_TIERS
from shared.views import BatchDetails

COUNTS = (5, 10, 20, 50)
PROCESSORS = (1, 2)
CLIP_S = 8.0
SETTINGS = BatchSettings(remove_silence=True, export_quality=Quality.P720)
_SILENCE = re.compile(r"silence_(start|end): (-?[0-9.]+)")
_ENDED = (BatchStatus.COMPLETED, BatchStatus.FAILED, BatchStatus.CANCELLED)


def run() -> list[Row]:
    """Measure on installations of their own, one after the other."""
    counts = [count for count in COUNTS if count <= max(COUNTS[0], COUNTS[-1] * sizes.scale)]
    rows: list[Row] = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = [
            clips.talk(folder / f"{number}.mp4", CLIP_S + number % 3, "1280x720", noise=8)
            for number in range(counts[-1])
        ]
        by_hand = _by_hand(files, folder)
        for processors in PROCESSORS:
            with installation(
                "gateway", "scheduler", "uploader", "processor", processors=processors, tiers=unlimited()
            ) as at:
                for count in counts:
                    took = asyncio.run(processed(at, files[:count]))
                    rows.append(_row(count, processors, took, sum(by_hand[:count])))
    return rows


def unlimited() -> str:
    """The setting with which nobody meets a limit, and one user may keep all processors busy."""
    free = {
        "batches_per_hour": 10_000,
        "open_batches": 1000,
        "minutes_per_month": 1_000_000,
        "videos_per_batch": 50,
        "concurrency": 5,
    }
    return msgspec.json.encode({tier: replace(DEFAULT_TIERS[tier], **free) for tier in Tier}).decode()


def _row(count: int, processors: int, took_s: float, by_hand_s: float) -> Row:
    name = f"{count} videos, {processors} processor{'s' if processors > 1 else ''}"
    reference_is = "the bare ffmpeg commands, one after the other"
    if processors > 1:
        return row(f"{name}, in all", took_s, unit="s", n=count, reference=by_hand_s, reference_is=reference_is)
    return row(
        f"{name}, over what ffmpeg takes, for each",
        (took_s - by_hand_s) / count,
        unit="s",
        n=count,
        reference=by_hand_s / count,
        reference_is=reference_is,
        goal=Goal(at_most=0.5),
    )


async def processed(at: Installation, files: Sequence[Path]) -> float:
    """Seconds from the start of a batch, uploaded before, to its end."""
    async with Api(at.url) as api:
        await api.sign_in(*at.account)
        batch_id = await uploaded(api, files)
        await _until_inspected(api, batch_id)
        begun = time.perf_counter()
        await api.start(batch_id)
        details = await _until_ended(api, batch_id)
        took = time.perf_counter() - begun
        assert details.batch_job.completed_videos == len(files), [video.error_message for video in details.videos]
        return took


async def uploaded(api: Api, files: Sequence[Path]) -> UUID:
    """Make a batch of these files, and send them."""
    named = [NewFile(name=file.name, size=file.stat().st_size, type="video/mp4") for file in files]
    created = await api.create_batch("Bench", SETTINGS, named)
    outgoing = [
        Outgoing(path=file, size_bytes=one.size, plan=plan)
        for file, one, plan in zip(files, named, created.uploads, strict=True)
    ]
    for outcome in await upload_all(api, outgoing, Nobody()):
        if outcome.error:
            raise outcome.error
    return created.batch_job_id


async def _until_inspected(api: Api, batch_id: UUID) -> None:
    while not all(video.duration_s for video in (await api.batch(batch_id)).videos):
        await asyncio.sleep(0.1)


async def _until_ended(api: Api, batch_id: UUID) -> BatchDetails:
    while (details := await api.batch(batch_id)).batch_job.status not in _ENDED:
        await asyncio.sleep(0.1)
    return details


def _by_hand(files: Sequence[Path], folder: Path) -> list[float]:
    options = encoder.arguments(asyncio.run(facts_of(files[0])), SETTINGS)
    return [_cut_by_hand(file, folder / "by-hand.mp4", options) for file in files]


def _cut_by_hand(file: Path, to: Path, options: Sequence[str]) -> float:
    """Seconds that the two commands take."""
    begun = time.perf_counter()
    detect = f"silencedetect=noise={SETTINGS.silence_threshold}dB:d={SETTINGS.min_silence_s}"
    command = ["nice", "-n", "10", "ffmpeg", "-nostdin", "-vn", "-i", str(file), "-af", detect, "-f", "null", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    edges, graph = [0.0], ""
    for kind, at in _SILENCE.findall(said):
        edges.append(float(at) + (SETTINGS.margin_after_s if kind == "start" else -SETTINGS.margin_before_s))
    if len(edges) % 2:
        edges.append(1e6)
    kept = list(zip(edges[::2], edges[1::2], strict=True))
    for number, (start, end) in enumerate(kept):
        graph += f"[0:v]trim={start}:{end},setpts=PTS-STARTPTS[v{number}];"
        graph += f"[0:a]atrim={start}:{end},asetpts=PTS-STARTPTS[a{number}];"
    graph += "".join(f"[v{number}][a{number}]" for number in range(len(kept)))
    graph += f"concat=n={len(kept)}:v=1:a=1[v][a]"
    clips.ffmpeg("-i", file, "-filter_complex", graph, "-map", "[v]", "-map", "[a]", *options, to)
    return time.perf_counter() - begun
