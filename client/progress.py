"""Progress that people see: bars where there is a terminal, lines where there is none, nothing for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from client import text
from client.errors import ClientError
from client.terminal import Terminal
from client.upload import Outgoing
from shared.batches import VideoStatus
from shared.views import BatchDetails, BatchExport, BatchVideo

NAME = TextColumn("{task.description}", markup=False)
DONE = frozenset({VideoStatus.COMPLETED, VideoStatus.FAILED, VideoStatus.CANCELLED})


class _Bars:
    """Bars on stderr for as long as it is entered; without somebody to see them they are not drawn."""

    def __init__(self, terminal: Terminal, progress: Progress) -> None:
        self.terminal = terminal
        self.progress = progress

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.progress.stop()


def _transfer_bars(terminal: Terminal) -> Progress:
    columns = (NAME, BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    return Progress(*columns, console=terminal.notes, disable=not terminal.bars)


class UploadBars(_Bars):
    """One bar for everything, and one for each file that is under way."""

    def __init__(self, terminal: Terminal, files: Sequence[Outgoing]) -> None:
        super().__init__(terminal, _transfer_bars(terminal))
        self.files = files
        total = sum(file.size_bytes for file in files)
        self.whole = self.progress.add_task(f"Uploading {len(files)} files", total=total)
        self.tasks: list[TaskID] = [
            self.progress.add_task(f"  {text.shown(file.name)}", total=file.size_bytes, visible=False) for file in files
        ]

    def sent(self, file: int, count: int) -> None:
        """So many more bytes have left."""
        self.progress.update(self.tasks[file], advance=count, visible=True)
        self.progress.update(self.whole, advance=count)

    def again(self, file: int, reason: str) -> None:
        """A piece failed and is tried again."""
        self.terminal.say(f"{text.shown(self.files[file].name)}: {text.shown(reason)}; trying again")

    def ended(self, file: int, error: ClientError | None) -> None:
        """The file is complete, or given up."""
        self.progress.update(self.tasks[file], visible=False)
        name = text.shown(self.files[file].name)
        if error is None:
            self.terminal.say(Text(f"{name}: uploaded ({text.size(self.files[file].size_bytes)})", style="green"))
        else:
            self.terminal.say(Text(f"{name}: {text.shown(str(error))}", style="red"))


class BatchBars(_Bars):
    """One bar for the batch, one for each video that is being processed, and a line for each that is done."""

    def __init__(self, terminal: Terminal) -> None:
        columns = (
            SpinnerColumn(),
            NAME,
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[note]}"),
        )
        super().__init__(terminal, Progress(*columns, console=terminal.notes, disable=not terminal.bars))
        self.whole: TaskID | None = None
        self.tasks: dict[str, TaskID] = {}
        self.told: dict[str, str] = {}

    def update(self, details: BatchDetails) -> None:
        """Show how things stand."""
        job = details.batch_job
        done = sum(video.status in DONE for video in details.videos)
        note = f"{done} of {len(details.videos)} videos"
        if job.estimated_time_remaining is not None:
            note += f", {text.duration(job.estimated_time_remaining)} left"
        if job.status == "paused":
            note += ", paused"
        if self.whole is None:
            self.whole = self.progress.add_task(text.shown(job.name), total=100, note=note)
        self.progress.update(self.whole, completed=overall_percentage(details), note=note)
        for video in details.videos:
            self._video(video)

    def _video(self, video: BatchVideo) -> None:
        key, name = str(video.id), text.shown(video.name)
        if key not in self.tasks:
            self.tasks[key] = self.progress.add_task(f"  {name}", total=100, note="", visible=False)
        running = video.status is VideoStatus.PROCESSING
        note = text.stage(video.current_stage) if running else ""
        self.progress.update(self.tasks[key], completed=video.progress_percentage, visible=running, note=note)
        state = f"{video.status}: {note}" if running and note and not self.terminal.bars else str(video.status)
        before = self.told.get(key)
        self.told[key] = state
        if state == before or (before is None and video.status is VideoStatus.PENDING):
            return
        if video.status in DONE or not self.terminal.bars:
            line = Text.assemble(f"{name}: ", text.status(video.status), f" ({note})" if note else "")
            if video.status is VideoStatus.FAILED and video.error_message:
                line.append(f": {text.shown(video.error_message)}")
            self.terminal.say(line)


class ExportBar(_Bars):
    """The bar of an export that is being built."""

    def __init__(self, terminal: Terminal) -> None:
        columns = (SpinnerColumn(), NAME, BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
        super().__init__(terminal, Progress(*columns, console=terminal.notes, disable=not terminal.bars))
        self.task = self.progress.add_task("Packing", total=100)

    def update(self, export: BatchExport) -> None:
        """Show how far it is."""
        self.progress.update(
            self.task, completed=export.progress, description=text.shown(export.operation or "Packing")
        )


class DownloadBar(_Bars):
    """The bar of a download."""

    def __init__(self, terminal: Terminal, name: str) -> None:
        super().__init__(terminal, _transfer_bars(terminal))
        self.task = self.progress.add_task(f"Downloading {text.shown(name)}", total=None)

    def total(self, size: int) -> None:
        """The file has so many bytes."""
        self.progress.update(self.task, total=size)

    def have(self, size: int) -> None:
        """So many bytes are here."""
        self.progress.update(self.task, completed=size)

    def again(self, reason: str) -> None:
        """The connection broke; the download goes on."""
        self.terminal.say(f"Download: {text.shown(reason)}; going on")


def overall_percentage(details: BatchDetails) -> float:
    """How much of a batch is done, in percent; longer videos count for more once their lengths are known."""
    if not details.videos:
        return 0.0
    known = all(video.duration_s for video in details.videos)
    weights = [(video.duration_s or 0.0) if known else 1.0 for video in details.videos]
    parts = [_part(video) for video in details.videos]
    return sum(weight * part for weight, part in zip(weights, parts, strict=True)) / sum(weights)


def _part(video: BatchVideo) -> float:
    # While a video is being uploaded its percentage tells of the upload.
    running = video.status is VideoStatus.PROCESSING
    return 100.0 if video.status in DONE else float(video.progress_percentage) if running else 0.0
