"""`dailies submit` and `dailies resume`: files in, a running batch out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from client import tables, text
from client.batch_settings import settings_from
from client.bodies import NewFile
from client.commands.batches import show_job
from client.commands.export import ForceOption, OutOption, build, check_target, save, show_saved
from client.commands.watch import status_of, watch_batch
from client.errors import ExitStatus, UsageError
from client.files import checked, content_of
from client.finding import find_batch, find_videos
from client.sending import entry_for, journal_in, outgoing, send
from client.session import Call, JsonOption, login_file, run
from client.upload import Outgoing
from shared.batches import BatchStatus, ExportFormat, OutputFormat, Quality, Sensitivity, SilenceMode
from shared.views import BatchJob


def submit(
    context: typer.Context,
    name: Annotated[str, typer.Option("--name", "-n", help="What the batch is called.")],
    files: Annotated[
        list[Path] | None, typer.Argument(help="The videos: MP4, MOV, AVI or WebM, up to 2 GB each.")
    ] = None,
    from_library: Annotated[
        list[str] | None,
        typer.Option(metavar="VIDEO", help="A video that was uploaded before, by id or name; repeat it for more."),
    ] = None,
    description: Annotated[str | None, typer.Option(help="A note to go with it.")] = None,
    priority: Annotated[
        int | None, typer.Option(min=0, max=10, help="Among your own batches; higher goes first.")
    ] = None,
    transcribe: Annotated[bool | None, typer.Option("--transcribe", help="Write a transcript and subtitles.")] = None,
    language: Annotated[str | None, typer.Option(help="The language spoken, such as en; detected by default.")] = None,
    model: Annotated[str | None, typer.Option(help="The speech model.")] = None,
    term: Annotated[list[str] | None, typer.Option(help="A name or term to listen for; repeat it for more.")] = None,
    embed_subtitles: Annotated[
        bool | None, typer.Option("--embed-subtitles", help="Put the subtitles into the videos, to be switched on.")
    ] = None,
    remove_silence: Annotated[bool | None, typer.Option("--remove-silence", help="Cut out silence.")] = None,
    silence_mode: Annotated[
        SilenceMode | None, typer.Option(help="Cut by loudness (default), or all that is not speech.")
    ] = None,
    auto_threshold: Annotated[
        bool | None, typer.Option("--auto-threshold", help="Find the threshold from each video's own noise.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="What is quieter is silence: -60 to -20 dB, default -40.")
    ] = None,
    min_silence: Annotated[float | None, typer.Option(help="Shorter silences stay: 0.5 to 5 s, default 0.5.")] = None,
    margin_before: Annotated[float | None, typer.Option(help="Silence kept before sound, 0 to 2 s.")] = None,
    margin_after: Annotated[float | None, typer.Option(help="Silence kept after sound, 0 to 2 s.")] = None,
    highlights: Annotated[bool | None, typer.Option("--highlights", help="Find the passages worth showing.")] = None,
    sensitivity: Annotated[Sensitivity | None, typer.Option(help="How readily a passage is a highlight.")] = None,
    keyword: Annotated[
        list[str] | None, typer.Option(help="A word that marks a highlight; repeat it for more.")
    ] = None,
    container: Annotated[
        OutputFormat | None, typer.Option("--format", help="Container of the results; mp4 by default.")
    ] = None,
    quality: Annotated[Quality | None, typer.Option(help="Largest picture; 1080p by default.")] = None,
    resolution: Annotated[str | None, typer.Option(help="An exact size, such as 1280x720.")] = None,
    upscale: Annotated[bool | None, typer.Option("--upscale", help="Enlarge smaller pictures.")] = None,
    loudness: Annotated[
        float | None, typer.Option(help="Bring all sound to one loudness: -30 to -10 LUFS, -16 is usual.")
    ] = None,
    no_start: Annotated[bool, typer.Option("--no-start", help="Only upload; do not start.")] = False,
    skip_known: Annotated[
        bool, typer.Option("--skip-known", help="Do not send again what is in the library already.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Watch until the batch has ended.")] = False,
    export: Annotated[ExportFormat | None, typer.Option(help="Wait for the end and download the results.")] = None,
    out: OutOption = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Upload videos as one batch and have them processed with the same settings."""
    options: dict[str, Any] = {
        "transcribe": transcribe,
        "language": language,
        "model": model,
        "vocabulary": term or None,
        "embed_subtitles": embed_subtitles,
        "remove_silence": remove_silence,
        "silence_mode": silence_mode,
        "auto_threshold": auto_threshold,
        "silence_threshold": threshold,
        "min_silence_s": min_silence,
        "margin_before_s": margin_before,
        "margin_after_s": margin_after,
        "detect_highlights": highlights,
        "highlight_sensitivity": sensitivity,
        "keywords": keyword or None,
        "export_format": container,
        "export_quality": quality,
        "resolution": resolution,
        "upscale": upscale,
        "loudness_lufs": loudness,
    }

    async def work(call: Call) -> ExitStatus | None:
        settings = settings_from(options)
        videos = checked(files or []) if files or not from_library else []
        if no_start and (watch or export):
            raise UsageError("--no-start leaves nothing to watch or export; leave one of them out.")
        if out is not None:
            if export is None:
                raise UsageError("--out says where an export is saved; ask for one with --export zip.")
            check_target(out, force=force)
        known = [await asyncio.to_thread(content_of, video.path) if skip_known else None for video in videos]
        new = [
            NewFile(name=video.name, size=video.size_bytes, type=video.content_type, sha256=sha256)
            for video, sha256 in zip(videos, known, strict=True)
        ]
        library = [video.id for video in await find_videos(call.api, from_library or [])]
        created = await call.api.create_batch(
            name, settings, new, description=description, priority=priority, library=library
        )
        journal = journal_in(login_file().parent)
        entry = entry_for(call.api.url, created, videos, start=not no_start)
        journal.write(entry)
        call.terminal.say(
            f"Batch {created.batch_job_id} with {len(created.videos)} {'video' if len(created.videos) == 1 else 'videos'}"
        )
        sent = [
            Outgoing(
                path=video.path,
                size_bytes=video.size_bytes,
                plan=plan,
                stored=frozenset({1} if plan.arrived else ()),
            )
            for video, plan in zip(videos, created.uploads, strict=True)
        ]
        job = await send(call, journal, entry, sent)
        if watch or export:
            return await _to_the_end(call, job, export, out, force=force)
        show_job(call, job)
        return None

    run(context, work, as_json=as_json)


async def _to_the_end(
    call: Call, job: BatchJob, export: ExportFormat | None, out: Path | None, *, force: bool
) -> ExitStatus:
    details = await watch_batch(call, job.id)
    call.terminal.show(tables.batch_details(details))
    if export is not None and details.batch_job.completed_videos:
        built = await build(call, job.id, export)
        saved = await save(call, job.id, built, out, force=force)
        show_saved(call, built, saved, batch_job=details.batch_job, videos=details.videos)
    else:
        call.terminal.document(details)
    return status_of(details)


def resume(
    context: typer.Context,
    batch: Annotated[
        str | None,
        typer.Argument(metavar="[BATCH]", help="A batch; without it, all whose upload from here was interrupted."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Go on with a paused batch, or with an interrupted upload."""

    async def one(call: Call, batch_id: UUID) -> BatchJob:
        journal = journal_in(login_file().parent)
        entry = journal.find(batch_id)
        if entry is not None and entry.url == call.api.url:
            state = (await call.api.batch(batch_id)).batch_job
            if state.status is BatchStatus.PENDING:
                return await send(call, journal, entry, await outgoing(call.api, entry))
            journal.remove(batch_id)
        return await call.api.resume(batch_id)

    async def work(call: Call) -> None:
        if batch is not None:
            show_job(call, await one(call, await find_batch(call.api, batch)))
            return
        entries = list(journal_in(login_file().parent).entries(call.api.url))
        jobs = []
        for entry in entries:
            call.terminal.say(f"Going on with {text.shown(entry.name)} ({entry.batch_id})")
            jobs.append(await one(call, entry.batch_id))
        call.terminal.document({"batch_jobs": jobs})
        call.terminal.show(tables.batch_list(jobs) if jobs else "No upload from this machine was interrupted.")

    run(context, work, as_json=as_json)
