"""Facts about a media file, by its content alone; its name is never trusted."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from shared.errors import PermanentFailure
from shared.ffmpeg import Probed, ProbedStream, ffprobe, run_ffmpeg, source
from shared.media import Chapter, MediaFacts

STEADY_RATES = tuple(
    Fraction(rate)
    for rate in ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60", "120000/1001", "120")
)
_LOOKED_AT = 3000
"""Packets from which the rate of an unsteady stream is found."""
_MAX_CHAPTERS = 500
_MAX_TITLE = 300


async def facts_of(path: Path) -> MediaFacts:
    """Read what there is to know of a file without decoding it whole.

    Raises `PermanentFailure` when it is empty, is no readable media file, or has no picture that moves.
    """
    if path.stat().st_size == 0:
        raise PermanentFailure("This file is empty; upload it again.")
    probed = await ffprobe(path)
    video = _chosen(probed, "video")
    if video is None:
        if _chosen(probed, "audio") is not None:
            raise PermanentFailure("This file has sound but no picture; upload a video.")
        raise PermanentFailure("There is no picture in this file; upload a video.")
    audio = _chosen(probed, "audio")
    start_s = probed.format.start_time
    duration_s = probed.format.duration or await _measured_duration(path)
    width, height, rotation = _displayed_size(video)
    average, steady = await _rates(path, video)
    return MediaFacts(
        container=_container(path, probed),
        duration_s=duration_s,
        width=width,
        height=height,
        rotation=rotation,
        frame_rate=str(average),
        variable_frame_rate=average != steady,
        timeline_rate=str(steady),
        video_codec=video.codec_name,
        pixel_format=video.pix_fmt,
        color_transfer=video.color_transfer,
        audio_codec=audio.codec_name if audio else None,
        audio_channels=audio.channels if audio else 0,
        sample_rate=audio.sample_rate if audio else 0,
        audio_streams=sum(stream.codec_type == "audio" for stream in probed.streams),
        bit_rate=probed.format.bit_rate,
        video_stream=video.index,
        audio_stream=audio.index if audio else 1,
        video_end_s=_end_s(video, start_s),
        audio_end_s=_end_s(audio, start_s) if audio else None,
        interlaced=video.field_order in ("tt", "bb", "tb", "bt"),
        title=probed.format.tags.get("title", "")[:_MAX_TITLE],
        chapters=_chapters(probed, duration_s),
    )


def _chosen(probed: Probed, kind: str) -> ProbedStream | None:
    """The stream that a player would take: the one marked as default, else the first; never a cover picture."""
    streams = [
        stream
        for stream in probed.streams
        if stream.codec_type == kind and not stream.disposition.get("attached_pic") and stream.codec_name
    ]
    streams.sort(key=lambda stream: not stream.disposition.get("default"))
    return streams[0] if streams else None


def _container(path: Path, probed: Probed) -> str:
    names = probed.format.format_name.split(",")
    if "matroska" in names:
        with path.open("rb") as file:
            # The document type stands in the EBML header (RFC 8794, 11.2.6), which is the first few dozen bytes.
            return "webm" if b"\x42\x82\x84webm" in file.read(128) else "matroska"
    if "mp4" in names:
        brand = probed.format.tags.get("major_brand", "qt")
        return "mov" if brand.strip() == "qt" else "mp4"
    return names[0]


def _displayed_size(video: ProbedStream) -> tuple[int, int, int]:
    """Width and height with square pixels and after rotation, and the rotation in degrees clockwise."""
    turned = next((side["rotation"] for side in video.side_data_list if "rotation" in side), 0)
    rotation = round(-float(turned) / 90) * 90 % 360
    width, height = video.width, video.height
    shape = _fraction(video.sample_aspect_ratio.replace(":", "/"))
    if shape > 0:
        width = round(width * shape)
    return (height, width, rotation) if rotation in (90, 270) else (width, height, rotation)


async def _rates(path: Path, video: ProbedStream) -> tuple[Fraction, Fraction]:
    """The average rate, and the steady one to use. They are equal unless the distance between frames varies."""
    average, base = _fraction(video.avg_frame_rate), _fraction(video.r_frame_rate)
    if base > 0 and average > 0 and abs(average / base - 1) < Fraction(1, 100) and 10 <= base <= 240:
        return base, base
    steps = await _steps(path, video)
    if not steps:
        return (average or Fraction(25)), Fraction(25)
    average = average or Fraction(len(steps) / sum(steps)).limit_denominator(1001)
    return average, _steady_rate(1 / steps[len(steps) // 4])


def _steady_rate(rate: float) -> Fraction:
    """The usual rate next to the one of the denser quarter of the frames.

    Frames of a variable rate are repeated or, beyond 60 a second, dropped; the clock stays right. A slide show gets 25,
    so that sound can be cut finely.
    """
    if rate < 10:
        return Fraction(25)
    near = min(STEADY_RATES, key=lambda usual: abs(usual - rate))
    if abs(near / rate - 1) < Fraction(1, 50):
        return near
    return next((usual for usual in STEADY_RATES if rate <= usual <= 60), Fraction(60))


async def _steps(path: Path, video: ProbedStream) -> list[float]:
    """Sorted distances in seconds between the first frames of a stream."""
    probed = await ffprobe(
        path,
        *("-select_streams", str(video.index), "-show_entries", "packet=pts_time"),
        *("-read_intervals", f"%+#{_LOOKED_AT}"),
    )
    times = sorted(packet.pts_time for packet in probed.packets if packet.pts_time is not None)
    return sorted(after - before for before, after in pairwise(times) if after > before)


async def _measured_duration(path: Path) -> float:
    """Read all packets of a file whose header does not tell its duration, as browsers record them."""
    last = 0.0

    def read(piece: bytes) -> None:
        nonlocal last
        for line in piece.split(b"\n"):
            name, _, value = line.partition(b"=")
            if name == b"out_time_us" and value.isdigit():
                last = int(value) / 1e6

    arguments = source(path).output("-", f="null", c="copy", map="0", progress="pipe:1").get_args()
    await run_ffmpeg(arguments, doing="The length of this file could not be found", deadline_s=600, on_output=read)
    if last <= 0:
        raise PermanentFailure("This file has no length: it was not recorded to its end; export it again.")
    return last


def _end_s(stream: ProbedStream, start_s: float) -> float | None:
    """When a stream ends; in matroska and webm a tag says so, or nothing does."""
    if stream.duration is not None:
        return (stream.start_time or 0.0) + stream.duration - start_s
    parts = stream.tags.get("DURATION", "").split(":")
    if len(parts) != 3:
        return None
    try:
        return sum(float(part) * unit for part, unit in zip(parts, (3600, 60, 1), strict=True))
    except ValueError:
        return None


def _chapters(probed: Probed, duration_s: float) -> tuple[Chapter, ...]:
    start_s = probed.format.start_time
    found = []
    for chapter in probed.chapters[:_MAX_CHAPTERS]:
        begin, end = max(0.0, chapter.start_time - start_s), min(duration_s, chapter.end_time - start_s)
        if end > begin:
            found.append(Chapter(begin, end, chapter.tags.get("title", "")[:_MAX_TITLE]))
    return tuple(found)


def _fraction(text: str) -> Fraction:
    """A positive ratio as ffprobe writes it; 0 for `0/0` and whatever else has no value."""
    try:
        return max(Fraction(text), Fraction(0))
    except (ValueError, ZeroDivisionError):
        return Fraction(0)
