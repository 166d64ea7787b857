"""The main job through the public API: upload, process, watch, export, download, as any other client would."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from client.api import Api
from client.bodies import NewFile
from client.commands.export import build, save
from client.commands.watch import watch_batch
from client.errors import ClientError
from client.progress import UploadBars
from client.session import Call, Place
from client.terminal import Terminal
from client.upload import Outgoing, upload_all
from demo import verify
from demo.place import MODEL
from demo.place import Place as Installation
from demo.samples import Sample
from demo.verify import Expected
from demo.words import Written, beside, written
from shared.archive_names import MANIFEST
from shared.batches import BatchSettings, BatchStatus, ExportFormat, OutputFormat, Quality, Sensitivity
from shared.views import BatchDetails, BatchVideo

NAME, DESCRIPTION = "Demo", "Three samples with speech and pauses, made by make demo."
SETTINGS = BatchSettings(
    transcribe=True,
    language="en",
    model=MODEL.name,
    remove_silence=True,
    detect_highlights=True,
    highlight_sensitivity=Sensitivity.HIGH,
    keywords=("highlight", "answer", "story"),
    export_format=OutputFormat.MP4,
    export_quality=Quality.P720,
)
HEIGHTS = {"episode-1.mp4": 720, "episode-2.mp4": 720, "episode-3.mp4": 540}
"""Lines of each output: at most 720, and never more than the source has."""


@dataclass(frozen=True)
class Checked:
    """An output, and what is wrong with it. Times are in seconds."""

    name: str
    before_s: float
    after_s: float
    took_s: float
    wrong_words: float
    """The word error rate of its transcript, 0 to 1."""
    highlights: int
    problems: list[str]


async def run(place: Installation, samples: Sequence[Sample], to: Path) -> list[Checked]:
    """Do the job; the ZIP and what is in it are left in `to`. Raises `ClientError` when a step of it fails."""
    async with Api(place.url) as api:
        call = Call(api, Terminal(as_json=False), Place(url=place.url))
        await api.sign_in(place.email, place.password)
        try:
            await _end_earlier_demos(api)
            details = await _processed(call, samples)
            built = await build(call, details.batch_job.id, ExportFormat.ZIP)
            to.mkdir(exist_ok=True)
            archive = await save(call, details.batch_job.id, built, to / "dailies-demo.zip", force=True)
        finally:
            await api.sign_out()
    return check(archive, to, details.videos, samples)


async def _end_earlier_demos(api: Api) -> None:
    """Cancel what a demo that was killed left in the queue: it would only be in the way."""
    for status in (BatchStatus.PENDING, BatchStatus.PROCESSING):
        for job in (await api.batches(status=status, limit=100)).batch_jobs:
            if (job.name, job.description) == (NAME, DESCRIPTION):
                await api.cancel(job.id)


async def _processed(call: Call, samples: Sequence[Sample]) -> BatchDetails:
    paths = [sample.path for sample in samples]
    files = [NewFile(name=path.name, size=path.stat().st_size, type="video/mp4") for path in paths]
    created = await call.api.create_batch(NAME, SETTINGS, files, description=DESCRIPTION)
    sent = [
        Outgoing(path=path, size_bytes=file.size, plan=plan)
        for path, file, plan in zip(paths, files, created.uploads, strict=True)
    ]
    with UploadBars(call.terminal, sent) as bars:
        outcomes = await upload_all(call.api, sent, bars)
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
    await call.api.start(created.batch_job_id)
    details = await watch_batch(call, created.batch_job_id)
    failed = [f"{video.name}: {video.error_message}" for video in details.videos if video.status != "completed"]
    if failed:
        raise ClientError("\n".join(["Not every video was completed.", *failed]))
    return details


def check(archive: Path, to: Path, videos: Sequence[BatchVideo], samples: Sequence[Sample]) -> list[Checked]:
    """Open the ZIP and check every file in it. Raises `ClientError` when the ZIP itself is not as it should be."""
    wanted = [f"{video.position:03}_{video.name}" for video in videos]
    expected = [*(name for video in wanted for name in (video, *beside(video))), MANIFEST]
    try:
        with zipfile.ZipFile(archive) as opened:
            names = opened.namelist()
            if names != expected:
                raise ClientError(f"The ZIP has {', '.join(names) or 'nothing'} instead of {', '.join(expected)}.")
            if (broken := opened.testzip()) is not None:
                raise ClientError(f"{broken} in the ZIP is damaged.")
            # The names were compared with what they must be, so none of them leads out of the folder.
            opened.extractall(to, members=expected)
            return [
                _checked(to / name, video, sample, opened)
                for name, video, sample in zip(wanted, videos, samples, strict=True)
            ]
    except zipfile.BadZipFile as error:
        raise ClientError(f"The ZIP does not open: {error}") from error


def _checked(path: Path, video: BatchVideo, sample: Sample, opened: zipfile.ZipFile) -> Checked:
    result = video.processing_result
    if result is None:
        raise ClientError(f"{video.name} is completed, but has no result.")
    expected = Expected(
        output_s=result.output_s,
        source_s=result.source_s,
        silence_removed_s=result.silence_removed_s,
        pauses_s=sample.pauses_s,
        pause_count=sample.pause_count,
        height=HEIGHTS[video.name],
    )
    took_s = 0.0
    if video.completed_at is not None and video.started_at is not None:
        took_s = (video.completed_at - video.started_at).total_seconds()
    found: Written = written(opened, path.name, sample.spoken, result.output_s)
    return Checked(
        path.name,
        sample.duration_s,
        verify.probe(path)[1],
        took_s,
        found.wrong,
        found.highlights,
        [*verify.problems(path, expected), *found.problems],
    )
