"""ffmpeg and ffprobe: how they are run on files that strangers made, and what their failures mean.

Whatever is opened, only files and pipes are read, only by the demuxers named (a playlist or a script under the name of
a film opens nothing), with bounds on pixels, streams, memory and time.
"""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import ffmpeg
import msgspec
from msgspec import Struct

from shared.errors import PermanentFailure, TransientFailure
from shared.logs import logger
from shared.processes import Finished, Limits, read_tail, run, started

SOURCE_DEMUXERS = "mov,matroska,avi"
"""What a source may be: mp4 and mov, webm and matroska, avi."""
MAX_PIXELS = 8192 * 4352
MAX_STREAMS = 64
CHILD_LIMITS = Limits(memory_bytes=6 * 1024**3)
"""Enough for 4K encoders with their threads; a picture bomb ends here."""

_NO_MEMORY = ("Cannot allocate memory", "malloc of size", "Resource temporarily unavailable", "Out of memory")

_FFMPEG = ("ffmpeg", "-hide_banner", "-nostdin", "-v", "warning", "-y")
_PIECE = 256 * 1024

_log = logger(__name__)


class ProbedStream(Struct, frozen=True, kw_only=True):
    """A stream as ffprobe tells of it; what it does not know is missing."""

    index: int
    codec_type: str = ""
    codec_name: str = ""
    profile: str = ""
    width: int = 0
    height: int = 0
    pix_fmt: str = ""
    sample_aspect_ratio: str = "1:1"
    field_order: str = "progressive"
    color_transfer: str = ""
    r_frame_rate: str = "0/0"
    avg_frame_rate: str = "0/0"
    start_time: float | None = None
    duration: float | None = None
    nb_read_packets: int = 0
    """Only when packets were counted."""
    channels: int = 0
    sample_rate: int = 0
    disposition: dict[str, int] = {}
    side_data_list: list[dict[str, Any]] = []
    tags: dict[str, str] = {}
    time_base: str = "0/1"
    extradata_hash: str = ""
    """Only when hashes of data were asked for."""


class ProbedFormat(Struct, frozen=True, kw_only=True):
    """A container as ffprobe tells of it."""

    format_name: str = ""
    start_time: float = 0.0
    duration: float | None = None
    bit_rate: int = 0
    tags: dict[str, str] = {}


class ProbedChapter(Struct, frozen=True, kw_only=True):
    """A chapter mark, in seconds."""

    start_time: float
    end_time: float
    tags: dict[str, str] = {}


class ProbedPacket(Struct, frozen=True, kw_only=True):
    """A packet, when packets were asked for."""

    stream_index: int = 0
    pts_time: float | None = None
    dts_time: float | None = None
    duration_time: float | None = None
    flags: str = ""
    size: int = 0
    pos: int | None = None
    """Where in the file it begins, in bytes."""


class Probed(Struct, frozen=True, kw_only=True):
    """All that ffprobe says of a file."""

    format: ProbedFormat = ProbedFormat()
    streams: list[ProbedStream] = []
    chapters: list[ProbedChapter] = []
    packets: list[ProbedPacket] = []


def source(path: Path, demuxers: str = SOURCE_DEMUXERS, **options: Any) -> Any:
    """A file as an input of an ffmpeg-python graph, with the defences that hostile media calls for."""
    return ffmpeg.input(f"file:{path}", **_defences(demuxers), **options)


def _defences(demuxers: str) -> dict[str, str | int]:
    return {
        "protocol_whitelist": "file,pipe",
        "format_whitelist": demuxers,
        "max_pixels": MAX_PIXELS,
        "max_streams": MAX_STREAMS,
    }


async def ffprobe(
    path: Path,
    *arguments: str,
    demuxers: str = SOURCE_DEMUXERS,
    deadline_s: float = 60.0,
    limits: Limits = CHILD_LIMITS,
) -> Probed:
    """Ask ffprobe about a file; `arguments` ask for more than format, streams and chapters.

    Raises `PermanentFailure` for what is no media file, or none of the containers allowed.
    """
    defences = [word for name, value in _defences(demuxers).items() for word in (f"-{name}", str(value))]
    wanted = arguments or ("-show_format", "-show_streams", "-show_chapters")
    argv = ["ffprobe", "-v", "error", *defences, "-print_format", "json=c=1", *wanted, f"file:{path}"]
    done = await run(argv, deadline_s=deadline_s, limits=limits, output_limit=512 * 1024 * 1024)
    _raise_for(done.exit_code, done.errors, "This is not a video file that can be read")
    try:
        return msgspec.json.decode(done.output, type=Probed, strict=False)
    except msgspec.DecodeError as error:
        _log.warning("ffprobe_not_understood", error=str(error), complaints=done.errors)
        raise PermanentFailure("This is not a video file that can be read: its description makes no sense.") from None


async def run_ffmpeg(
    arguments: Sequence[str],
    *,
    doing: str,
    deadline_s: float,
    duration_s: float = 0.0,
    on_progress: Callable[[float], None] | None = None,
    on_output: Callable[[bytes], None] | None = None,
    feed: AsyncIterable[bytes] | None = None,
    stdin: int | None = None,
    stdout: int | None = None,
    pass_fds: Sequence[int] = (),
    limits: Limits = CHILD_LIMITS,
) -> Finished:
    """Run ffmpeg with the arguments that come after its name.

    `doing` begins the sentence that people read when it fails, such as "The audio could not be read". `on_progress`
    hears the part of `duration_s` that is written, from 0 to 1, never less than before, and 1 only after success; it
    takes standard output, so it excludes `on_output` and `stdout`. Raises `PermanentFailure` for a damaged or
    unsupported file, `TransientFailure` for lack of memory, disk or time and for a kill from outside.
    """
    argv = [*_FFMPEG]
    if on_progress is not None:
        argv += ["-stats_period", "0.25", "-progress", "pipe:1"]
        on_output = _progress_reader(duration_s, on_progress)
    done = await run(
        [*argv, *arguments],
        deadline_s=deadline_s,
        limits=limits,
        feed=feed,
        stdin=stdin,
        stdout=stdout,
        on_output=on_output,
        pass_fds=pass_fds,
    )
    _raise_for(done.exit_code, done.errors, doing)
    if on_progress is not None:
        on_progress(1.0)
    return done


@asynccontextmanager
async def ffmpeg_output(
    arguments: Sequence[str], *, doing: str, to: int | None = None, limits: Limits = CHILD_LIMITS
) -> AsyncIterator[AsyncIterator[bytes]]:
    """Hold a running ffmpeg and iterate over what it writes to `pipe:1`, only as fast as it is consumed.

    With a descriptor `to` it writes there instead, and there is nothing to iterate over. Whoever has enough leaves the
    block, which ends it. If it failed by itself, that is raised at the end of the iteration or of the block, as by
    `run_ffmpeg`.
    """
    sink = PIPE if to is None else to
    async with started([*_FFMPEG, *arguments], limits=limits, stdout=sink, stderr=PIPE) as process:
        complaints = asyncio.create_task(read_tail(process.stderr))

        async def pieces() -> AsyncIterator[bytes]:
            while process.stdout is not None and (piece := await process.stdout.read(_PIECE)):
                yield piece
            if to is None:
                _raise_for(await process.wait(), await complaints, doing)

        try:
            yield pieces()
            if to is not None and process.returncode:
                _raise_for(process.returncode, await complaints, doing)
        finally:
            complaints.cancel()
            with suppress(asyncio.CancelledError):
                await complaints


def _progress_reader(duration_s: float, on_progress: Callable[[float], None]) -> Callable[[bytes], None]:
    """Turn the lines of `-progress` into a share of the duration that only grows and stays below 1."""
    rest, highest = b"", 0.0

    def read(piece: bytes) -> None:
        nonlocal rest, highest
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            name, _, value = line.partition(b"=")
            if name == b"out_time_us" and value.isdigit() and duration_s > 0:
                share = min(int(value) / 1e6 / duration_s, 0.999)
                if share > highest:
                    highest = share
                    on_progress(share)

    return read


def _raise_for(exit_code: int, complaints: str, doing: str) -> None:
    if exit_code == 0:
        return
    _log.warning("ffmpeg_failed", exit_code=exit_code, complaints=complaints)
    if exit_code in (-signal.SIGXFSZ, -signal.SIGXCPU) or "File too large" in complaints:
        raise PermanentFailure(f"{doing}: it would take more room or time than is allowed for one file.")
    if "exceeds max_streams" in complaints:
        raise PermanentFailure(f"{doing}: it has more than {MAX_STREAMS} streams; remove some and upload it again.")
    if "No space left on device" in complaints:
        raise TransientFailure(f"{doing}: the scratch disk is full.")
    if any(text in complaints for text in _NO_MEMORY):
        raise TransientFailure(f"{doing}: there was not enough memory.")
    if exit_code in (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, 255):
        raise TransientFailure(f"{doing}: the program was stopped from outside.")
    raise PermanentFailure(f"{doing}: the file is damaged, or of a kind that is not supported.")
