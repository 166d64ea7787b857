"""From files to a started batch, also in several goes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from client.api import Api
from client.bodies import BatchCreated
from client.errors import ClientError, Refused
from client.files import LocalVideo
from client.journal import Entry, Journal, JournalFile, unchanged
from client.progress import UploadBars
from client.session import Call
from client.upload import Outgoing, upload_all
from shared.views import BatchJob


def entry_for(url: str, created: BatchCreated, videos: Sequence[LocalVideo], *, start: bool) -> Entry:
    """What the journal keeps of a new batch."""
    files = tuple(
        JournalFile(
            video_id=plan.video_id,
            path=str(video.path.absolute()),
            size_bytes=video.size_bytes,
            mtime_ns=video.path.stat().st_mtime_ns,
        )
        for plan, video in zip(created.uploads, videos, strict=True)
    )
    return Entry(url=url, batch_id=created.batch_job_id, name=created.batch_job.name, start=start, files=files)


async def outgoing(api: Api, entry: Entry) -> list[Outgoing]:
    """What of an interrupted upload is still to be sent; the server knows."""
    files = []
    for file in entry.files:
        state = await api.upload_state(file.video_id)
        if not state.complete:
            stored = frozenset(part.number for part in state.parts)
            path = unchanged(file)
            files.append(Outgoing(path=path, size_bytes=file.size_bytes, plan=state.plan, stored=stored))
    return files


async def send(call: Call, journal: Journal, entry: Entry, files: Sequence[Outgoing]) -> BatchJob:
    """Upload the files and start the batch. Raises `ClientError` that says what is missing and how to go on."""
    go_on = f"go on with: dailies resume {entry.batch_id}"
    if files:
        try:
            with UploadBars(call.terminal, files) as bars:
                outcomes = await upload_all(call.api, files, bars)
        except asyncio.CancelledError:
            call.terminal.say(f"The upload is not complete; {go_on}")
            raise
        failed = [outcome for outcome in outcomes if outcome.error is not None]
        if failed:
            lines = [f"{outcome.file.name}: {outcome.error}" for outcome in failed]
            raise ClientError(
                "\n".join([*lines, f"{_count(failed)} not uploaded; {go_on}"]),
                code="upload_failed",
            )
    journal.remove(entry.batch_id)
    if not entry.start:
        return (await call.api.batch(entry.batch_id)).batch_job
    try:
        return (await call.api.start(entry.batch_id)).batch_job
    except Refused as error:
        if error.code != "conflict":
            raise
        raise ClientError(
            f"All files were sent, but the batch cannot start: {error}\nSee: dailies status {entry.batch_id}",
            code="conflict",
            status=error.status,
        ) from error


def _count(failed: Sequence[object]) -> str:
    return "1 file was" if len(failed) == 1 else f"{len(failed)} files were"


def journal_in(folder: Path) -> Journal:
    """The journal beside the stored login."""
    return Journal(folder / "uploads")
