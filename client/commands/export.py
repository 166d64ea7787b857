"""`dailies export`: the videos of a batch as one download."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from client import text
from client.download import Wanted, download
from client.errors import ClientError, UsageError
from client.finding import find_batch
from client.progress import DownloadBar, ExportBar
from client.session import BatchArgument, Call, JsonOption, run
from client.watching import follow_export
from shared.batches import ExportFormat, ExportStatus
from shared.views import BatchExport, ExportEstimate

OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", help="Where to save it; by default under the export's own name, here.")
]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace the file if it is there already.")]


def export(
    context: typer.Context,
    batch: BatchArgument,
    kind: Annotated[
        ExportFormat, typer.Option("--format", help="A ZIP of files, one merged video, or a playlist.")
    ] = ExportFormat.ZIP,
    out: OutOption = None,
    force: ForceOption = False,
    include_failed: Annotated[
        bool, typer.Option("--include-failed", help="Put the originals of failed videos in.")
    ] = False,
    original_names: Annotated[bool, typer.Option("--original-names", help="No numbers before the names.")] = False,
    batch_prefix: Annotated[bool, typer.Option("--batch-prefix", help="The batch's name before each name.")] = False,
    transcripts: Annotated[bool, typer.Option(help="Transcripts and subtitles in a ZIP.")] = True,
    highlights: Annotated[bool, typer.Option(help="Highlights in a ZIP.")] = True,
    naming: Annotated[
        str | None, typer.Option(help="A pattern such as '{position:03}_{name}', with {batch} as well, for the names.")
    ] = None,
    video: Annotated[
        list[UUID] | None,
        typer.Option(help="Only this video, by its id as `status --json` has it; repeat it for more."),
    ] = None,
    skip_damaged: Annotated[
        bool, typer.Option("--skip-damaged", help="Leave out videos whose files are missing or damaged.")
    ] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what it would be.")] = False,
    no_download: Annotated[bool, typer.Option("--no-download", help="Only show the download URL.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Pack the results of a batch and download them."""
    options: dict[str, Any] = {
        "include_failed": include_failed,
        "original_names": original_names,
        "batch_prefix": batch_prefix,
        "transcripts": transcripts,
        "highlights": highlights,
        "naming": naming,
        "video_ids": video or None,
        "skip_damaged": skip_damaged,
    }

    async def work(call: Call) -> None:
        if out is not None and not no_download:
            check_target(out, force=force)
        batch_id = await find_batch(call.api, batch)
        if preview:
            show_estimate(call, await call.api.estimate_export(batch_id, kind, options))
            return
        built = await build(call, batch_id, kind, options)
        if no_download:
            call.terminal.document({"export": built})
            call.terminal.show(built.download_url or "")
        else:
            show_saved(call, built, await save(call, batch_id, built, out, force=force))

    run(context, work, as_json=as_json)


def show_estimate(call: Call, estimate: ExportEstimate) -> None:
    """Tell what an export would be."""
    call.terminal.document({"estimate": estimate})
    size = f", about {text.size(estimate.size_bytes)}" if estimate.size_bytes else ""
    length = text.duration(estimate.duration_s)
    count = f"{estimate.videos} {'video' if estimate.videos == 1 else 'videos'}"
    call.terminal.show(f"{text.shown(estimate.file_name)}: {count}, {length}{size}")
    for name in estimate.files:
        call.terminal.show(f"  {text.shown(name)}")
    for video in estimate.left_out:
        call.terminal.show(f"  not included: {text.shown(video.name)} ({text.shown(video.reason)})")


def check_target(out: Path, *, force: bool) -> None:
    """See that a download could be saved there, before the work is done. Raises `UsageError`."""
    if out.is_dir():
        raise UsageError(f"{out} is a folder; give the name of a file in it.")
    if out.exists() and not force:
        raise UsageError(f"{out} is there already; choose another name, or replace it with --force.")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"The folder {out.absolute().parent} does not exist; make it first.")


async def build(call: Call, batch_id: UUID, kind: ExportFormat, options: dict[str, Any] | None = None) -> BatchExport:
    """Have an export built and wait until it is there. Raises `ClientError` with the reason when it is not."""
    requested = await call.api.request_export(batch_id, kind, options)
    built = requested.export
    with ExportBar(call.terminal) as bar:
        async with aclosing(follow_export(call.api, batch_id, requested.export_job_id)) as states:
            async for built in states:
                bar.update(built)
    if built.status is not ExportStatus.COMPLETED or built.download_url is None:
        reason = text.shown(built.error_message or f"it is {built.status}")
        raise ClientError(f"The export was not built: {reason}", code="export_failed")
    for video in built.left_out:
        call.terminal.say(f"Left out: {text.shown(video.name)} ({text.shown(video.reason)})")
    return built


async def save(call: Call, batch_id: UUID, built: BatchExport, out: Path | None, *, force: bool) -> Path:
    """Download an export; returns where it is."""
    if out is None:
        # The name comes from the server: only its last part counts, so that it cannot lead out of this folder.
        out = Path(Path(text.shown(built.file_name or f"export.{built.format}")).name.lstrip(".") or "export")
        check_target(out, force=force)

    urls = [built.download_url]

    async def url() -> str:
        ready = urls.pop() if urls else (await call.api.export(batch_id, built.id)).download_url
        if ready is None:
            raise ClientError("The export is not there any more; export the batch again.", code="expired")
        return ready

    wanted = Wanted(size_bytes=built.file_size, crc32=built.deliverable.crc32 if built.deliverable else None)
    with DownloadBar(call.terminal, out.name) as bar:
        await download(url, out, wanted, bar)
    return out


def show_saved(call: Call, built: BatchExport, saved: Path, **more: Any) -> None:
    """Tell where the download is."""
    call.terminal.document({**more, "export": built, "file": str(saved.absolute())})
    call.terminal.show(f"{saved} ({text.size(saved.stat().st_size)})")
