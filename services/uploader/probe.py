"""Inspection of an uploaded file: what it is, whether it can be worked on, and a picture of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import ffmpeg
import numpy as np
from msgspec import Struct

from services.uploader.containers import require_whole
from shared.errors import PermanentFailure
from shared.ffmpeg import MAX_PIXELS, run_ffmpeg, source
from shared.media import MediaFacts
from shared.probing import facts_of

CONTAINERS = frozenset({"mp4", "mov", "avi", "webm", "matroska"})
_THUMBNAIL_WIDTH = 640
_THUMBNAIL_PLACES = (0.1, 0.3, 0.5, 0.7, 0.0)
_SAMPLE = (48, 27)


class InspectionLimits(Struct, frozen=True, kw_only=True):
    """What a video may be at most to be accepted."""

    duration_s: float = 12 * 3600.0
    pixels: int = MAX_PIXELS
    side: int = 8192
    frame_rate: int = 240
    streams: int = 32
    """Sound tracks."""


async def inspect(path: Path, *, limits: InspectionLimits | None = None) -> MediaFacts:
    """Decide by its content whether a file is a video that can be processed, and say what it is.

    Raises `PermanentFailure` with the reason when it is not.
    """
    limits = limits or InspectionLimits()
    size = path.stat().st_size
    if size == 0:
        raise PermanentFailure("This file is empty; upload it again.")
    # Before ffprobe, which takes a minute over a million empty boxes; and the reason is the better one.
    known = _starts_like_a_video(path)
    if known:
        await asyncio.to_thread(require_whole, path)
    facts = await facts_of(path)
    if not known:
        await asyncio.to_thread(require_whole, path)
    _require_sane(facts, limits)
    return facts


def _starts_like_a_video(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] in (b"RIFF", b"\x1a\x45\xdf\xa3") or head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free")


def _require_sane(facts: MediaFacts, limits: InspectionLimits) -> None:
    if facts.container not in CONTAINERS:
        raise PermanentFailure(f"Files of the kind {facts.container} are not accepted; upload mp4, mov, avi or webm.")
    if min(facts.width, facts.height) < 16 or facts.width * facts.height > limits.pixels:
        raise PermanentFailure(
            f"A picture of {facts.width}x{facts.height} cannot be processed; upload 16x16 to 8192x4320."
        )
    if max(facts.width, facts.height) > limits.side:
        raise PermanentFailure(
            f"The picture is more than {limits.side} wide or high; make it smaller and upload again."
        )
    if facts.duration_s > limits.duration_s:
        raise PermanentFailure(
            f"The video is longer than {limits.duration_s / 3600:g} hours; split it and upload the parts."
        )
    if facts.duration_s < 0.04:
        raise PermanentFailure("The video is shorter than one frame; there is nothing to process.")
    if facts.fps > limits.frame_rate:
        raise PermanentFailure(f"The video has more than {limits.frame_rate} frames a second; convert it first.")
    if facts.audio_streams > limits.streams:
        raise PermanentFailure(f"The file has more than {limits.streams} sound tracks; remove some and upload again.")


async def thumbnail(path: Path, facts: MediaFacts, to: Path, *, deadline_s: float = 60.0) -> None:
    """Write a JPEG of the first place that is neither dark nor flat, at most 640 pixels wide.

    Raises `PermanentFailure` when no place of the video can be decoded.
    """
    best: tuple[float, bytes] | None = None
    for place in _THUMBNAIL_PLACES:
        interest, picture = await _picture_at(path, facts, facts.duration_s * place, to.with_suffix(".try"), deadline_s)
        if picture and (best is None or interest > best[0]):
            best = interest, picture
        if interest >= 1:
            break
    if best is None:
        raise PermanentFailure("No picture of this video can be decoded: it is damaged, or its codec is not supported.")
    to.write_bytes(best[1])


async def _picture_at(
    path: Path, facts: MediaFacts, at_s: float, scratch: Path, deadline_s: float
) -> tuple[float, bytes | None]:
    """A JPEG and how interesting it is: 1 and more is neither dark, nor blank, nor a single colour."""
    width = max(2, min(_THUMBNAIL_WIDTH, facts.width) // 2 * 2)
    height = max(2, round(width * facts.height / facts.width / 2) * 2)
    shown = source(path, ss=f"{at_s:.3f}")[str(facts.video_stream)].filter("scale", width, height).filter("setsar", 1)
    large, small = (shown.split()[part] for part in (0, 1))
    jpeg = large.filter("format", "yuvj420p").output(
        f"file:{scratch}", f="mjpeg", **{"frames:v": 1, "q:v": 4, "map_metadata": -1}
    )
    sample = small.filter("scale", *_SAMPLE).output("pipe:1", f="rawvideo", pix_fmt="gray", **{"frames:v": 1})
    try:
        arguments = ffmpeg.merge_outputs(jpeg, sample).get_args()
        done = await run_ffmpeg(arguments, doing="A picture of this video could not be made", deadline_s=deadline_s)
        if not done.output:
            return 0.0, None
        grey = np.frombuffer(done.output, np.uint8)
        interest = min(grey.mean() / 24, (255 - grey.mean()) / 16, grey.std() / 8)
        return float(interest), scratch.read_bytes()
    except PermanentFailure:
        return 0.0, None
    finally:
        scratch.unlink(missing_ok=True)
