"""People at work: they upload batches, watch them, pause or cancel one now and then, and download what came out of it.

They use the public client with much patience: an answer that does not come is asked for again, a refusal is a finding.
"""

from __future__ import annotations

import asyncio
import random
import zipfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
from msgspec import Struct, field

from chaos.clips import LIAR
from client.api import Api
from client.bodies import NewFile
from client.download import Wanted, download
from client.errors import ClientError, Refused
from client.events import Lost, listen
from client.retrying import Backoff
from client.upload import Outgoing, upload_all
from shared.batches import BatchSettings, BatchStatus, ExportFormat, ExportStatus, VideoStatus

PATIENCE = Backoff(attempts=60, first_s=0.2, factor=1.5, longest_s=2.0)
LONGEST_S = 240.0
"""A batch that takes longer than this stands still for good."""
NEWS_S = 20.0
"""Within this time of its end a batch's watchers must have heard of it."""
OVER = frozenset({BatchStatus.COMPLETED, BatchStatus.FAILED, BatchStatus.CANCELLED})


class Done(Struct, kw_only=True):
    """What all users did together, and what was wrong with it."""

    batches: dict[UUID, bool] = field(default_factory=dict)
    """Each batch, and whether it was cancelled."""
    liars: set[UUID] = field(default_factory=set)
    """Videos of batches whose file is none."""
    exports: int = 0
    wrong: list[str] = field(default_factory=list)


class Sending:
    """Nobody looks at the terminal of these users."""

    def sent(self, file: int, count: int) -> None:
        """Bytes left."""

    def again(self, file: int, reason: str) -> None:
        """A piece is tried again."""

    def ended(self, file: int, error: ClientError | None) -> None:
        """A file is complete, or given up."""


class Fetching:
    """Nor at what comes back."""

    def total(self, size: int) -> None:
        """A download has so many bytes."""

    def have(self, size: int) -> None:
        """So many bytes are here."""

    def again(self, reason: str) -> None:
        """The connection broke."""


async def sign_up(url: str, email: str) -> Api:
    """A new account, and a connection with a key of it."""
    credentials = {"email": email, "password": "correct horse battery staple"}
    async with httpx.AsyncClient(base_url=url, headers={"Origin": url}, timeout=30) as browser:
        (await browser.post("/api/accounts", json=credentials)).raise_for_status()
        made = await browser.post("/api/api-keys", json={"name": "chaos"})
        made.raise_for_status()
    return Api(url, made.json()["key"], backoff=PATIENCE)


async def work(
    api: Api, clips: Sequence[Path], folder: Path, enough: asyncio.Event, luck: random.Random, done: Done
) -> None:
    """One batch after another until it is enough, at least one."""
    first = True
    while first or not enough.is_set():
        try:
            await asyncio.wait_for(_one_batch(api, clips, folder, luck, done, calm=first), LONGEST_S)
        except TimeoutError:
            done.wrong.append(f"a batch had not ended after {LONGEST_S:.0f} s")
        except ClientError as error:
            done.wrong.append(f"a user met an error: {error}")
        first = False


async def _one_batch(
    api: Api, clips: Sequence[Path], folder: Path, luck: random.Random, done: Done, *, calm: bool
) -> None:
    *good, liar = clips
    files = [luck.choice(good) for _ in range(luck.randint(2, 3))]
    action = "" if calm else luck.choice(["", "", "", "pause", "cancel"])
    if luck.random() < 0.2:
        files.append(liar)
    new = [NewFile(name=path.name, size=path.stat().st_size, type="video/mp4") for path in files]
    made = await api.create_batch("Chaos", BatchSettings(remove_silence=True), new)
    batch = made.batch_job_id
    done.batches[batch] = action == "cancel"
    by_video = {video.video_id: video.id for video in made.videos}
    for plan, path in zip(made.uploads, files, strict=True):
        if path.name == LIAR:
            done.liars.add(by_video[plan.video_id])
    watching = asyncio.create_task(_told_of_the_end(api, batch))
    try:
        await _upload(
            api,
            [
                Outgoing(path=path, size_bytes=path.stat().st_size, plan=plan)
                for path, plan in zip(files, made.uploads, strict=True)
            ],
        )
        await _start(api, batch)
        if action:
            await asyncio.sleep(luck.uniform(0, 3))
            await _interfere(api, batch, action, luck)
        ended = await _end_of(api, batch)
        try:
            told = await asyncio.wait_for(watching, NEWS_S)
            if told is not ended:
                done.wrong.append(f"batch {batch} is {ended}, and its watcher was told {told}")
        except TimeoutError:
            done.wrong.append(f"the watcher of batch {batch} was not told that it is {ended}")
    finally:
        watching.cancel()
    completed = sum(video.status is VideoStatus.COMPLETED for video in (await api.batch(batch)).videos)
    if completed:
        await _export(api, batch, completed, folder / f"{batch}.zip", done)


async def _start(api: Api, batch: UUID) -> None:
    """Start it; an answer that is lost is no reason to give up."""
    while True:
        try:
            await api.start(batch)
            return
        except ClientError as error:
            if (await api.batch(batch)).batch_job.status is not BatchStatus.PENDING:
                return
            if isinstance(error, Refused) and error.problem.status < 500:
                raise
        await asyncio.sleep(0.5)


async def _upload(api: Api, files: Sequence[Outgoing]) -> None:
    while True:
        outcomes = await upload_all(api, files, Sending(), backoff=PATIENCE)
        errors = [outcome.error for outcome in outcomes if outcome.error is not None]
        # A liar may be found out before its completion is answered.
        if not [error for error in errors if not isinstance(error, Refused) or error.problem.status >= 500]:
            return
        await asyncio.sleep(1.0)
        states = [await api.upload_state(file.plan.video_id) for file in files]
        files = [
            Outgoing(
                path=file.path,
                size_bytes=file.size_bytes,
                plan=state.plan,
                stored=frozenset(part.number for part in state.parts),
            )
            for file, state in zip(files, states, strict=True)
            if not state.complete
        ]


async def _interfere(api: Api, batch: UUID, action: str, luck: random.Random) -> None:
    try:
        if action == "cancel":
            await api.cancel(batch)
        else:
            await api.pause(batch)
            await asyncio.sleep(luck.uniform(0, 3))
            await api.resume(batch)
    except Refused as error:
        # It may have ended meanwhile, and what was asked twice may have been done the first time.
        if error.code != "conflict":
            raise
        if action == "pause" and (await api.batch(batch)).batch_job.status is BatchStatus.PAUSED:
            await api.resume(batch)


async def _end_of(api: Api, batch: UUID) -> BatchStatus:
    """How it ended, by asking."""
    while (job := (await api.batch(batch)).batch_job).status not in OVER:
        await asyncio.sleep(1.0)
    return job.status


async def _told_of_the_end(api: Api, batch: UUID) -> BatchStatus:
    """How it ended, by the live events alone."""
    async with aclosing(_statuses(api, batch)) as statuses:
        async for status in statuses:
            if status in OVER:
                return status
    raise AssertionError("live events never end by themselves")


async def _statuses(api: Api, batch: UUID) -> AsyncGenerator[BatchStatus, None]:
    async with aclosing(listen(api.http, f"batch-jobs/{batch}/progress", PATIENCE)) as events:
        async for event in events:
            if isinstance(event, Lost):
                continue
            told = msgspec.json.decode(event.data)
            if told["type"] in ("snapshot", "batch"):
                yield BatchStatus(told.get("batch_job", told)["status"])


async def _export(api: Api, batch: UUID, completed: int, to: Path, done: Done) -> None:
    wanted = (await api.request_export(batch, ExportFormat.ZIP)).export_job_id
    while (export := await api.export(batch, wanted)).status in (ExportStatus.PENDING, ExportStatus.PROCESSING):
        await asyncio.sleep(0.5)
    if export.status is not ExportStatus.COMPLETED:
        done.wrong.append(f"export {wanted} of batch {batch} is {export.status}: {export.error_message}")
        return

    async def url() -> str:
        return str((await api.export(batch, wanted)).download_url)

    await download(url, to, Wanted(size_bytes=export.file_size), Fetching(), backoff=PATIENCE)
    with zipfile.ZipFile(to) as archive:
        broken = archive.testzip()
        videos = [name for name in archive.namelist() if name.endswith(".mp4")]
        if broken is not None or len(videos) != completed:
            done.wrong.append(f"the ZIP of batch {batch} has {len(videos)} videos; broken: {broken}")
    to.unlink()
    done.exports += 1
