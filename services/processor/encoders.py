"""Encoder settings: the one table of what each format and quality means, and the size of the picture."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from msgspec import Struct

from shared.batches import BatchSettings, OutputFormat, Quality
from shared.media import MediaFacts


class Engine(StrEnum):
    """What encodes H.264: the processors, or a chip for it. VP9 is always encoded by the processors."""

    SOFTWARE = "software"
    NVENC = "nvenc"
    VAAPI = "vaapi"


class Rung(Struct, frozen=True):
    """What one quality means to the encoders. Rates are in bits per second."""

    short_side: int
    """The cap on the height, or on the width of a picture that is higher than wide."""
    h264_crf: int
    vp9_crf: int
    most: int
    """The highest rate over a few seconds; usual material stays far below it."""
    nvenc_cq: int
    vaapi_qp: int
    """Chips see less ahead than x264, so at the same number they look worse or take more room: see decisions/0019."""


LADDER = {
    Quality.P720: Rung(720, 22, 33, 6_000_000, 24, 22),
    Quality.P1080: Rung(1080, 21, 32, 12_000_000, 23, 21),
    Quality.UHD: Rung(2160, 20, 30, 45_000_000, 22, 20),
}
KEY_FRAME_S = 4.0
"""Seconds between key frames: quick seeking in the browser at next to no cost."""
AUDIO_RATES = {1: 96_000, 2: 192_000}
FASTEST_COPY = 1.25
"""A source within this factor of the rate a quality allows is good enough to be copied."""


class Picture(Struct, frozen=True):
    """The size of an output: the picture, and the frame around it, larger only when an exact size was asked for."""

    width: int
    height: int
    frame_width: int
    frame_height: int


def picture_of(facts: MediaFacts, settings: BatchSettings) -> Picture:
    """The size that a video gets: its aspect kept, even, within the quality, and never enlarged unless asked to.

    Portrait stays portrait: caps and exact sizes are turned with the picture. An exact size is filled with black around
    the picture; where that would mean to enlarge it, the whole frame becomes smaller instead.
    """
    source_width, source_height = facts.width, facts.height
    short = min(source_width, source_height)
    rung = LADDER.get(settings.export_quality)
    scale = rung.short_side / short if rung else 1.0
    if not settings.upscale:
        scale = min(1.0, scale)
    if settings.resolution is None:
        width, height = _even(source_width * scale), _even(source_height * scale)
        return Picture(width, height, width, height)
    frame_width, frame_height = (float(side) for side in settings.resolution.split("x"))
    if (frame_width < frame_height) != (source_width < source_height):
        frame_width, frame_height = frame_height, frame_width
    most = rung.short_side if rung else max(short, 2)
    shrink = min(1.0, most / min(frame_width, frame_height)) if rung or not settings.upscale else 1.0
    fit = min(frame_width / source_width, frame_height / source_height)
    if not settings.upscale:
        shrink = min(shrink, 1 / fit)
    return Picture(
        *(_even(side * fit * shrink) for side in (source_width, source_height)),
        *(_even(side * shrink) for side in (frame_width, frame_height)),
    )


def _even(side: float) -> int:
    """The next even number; encoders of 4:2:0 pictures take no other."""
    return max(2, round(side / 2) * 2)


def rung_for(picture: Picture, quality: Quality) -> Rung:
    """The row of the table; for `source` the one that fits the size of the picture."""
    if quality in LADDER:
        return LADDER[quality]
    short = min(picture.frame_width, picture.frame_height)
    return next((rung for rung in LADDER.values() if short <= rung.short_side), LADDER[Quality.UHD])


def video_options(
    form: OutputFormat,
    quality: Quality,
    picture: Picture,
    fps: float,
    threads: int = 0,
    engine: Engine = Engine.SOFTWARE,
) -> dict[str, Any]:
    """Options of ffmpeg for the video encoder. `threads` 0 is as many as there are processors."""
    rung = rung_for(picture, quality)
    options: dict[str, Any] = {"g": max(1, round(fps * KEY_FRAME_S))}
    if form is not OutputFormat.WEBM and engine is not Engine.SOFTWARE:
        return options | _chip_options(engine, rung)
    options |= {"pix_fmt": "yuv420p", "threads": threads}
    if form is OutputFormat.WEBM:
        return options | {
            "c:v": "libvpx-vp9",
            "b:v": rung.most,
            "crf": rung.vp9_crf,
            "deadline": "realtime",
            "cpu-used": 6,
            "row-mt": 1,
            "tile-columns": 2 if picture.frame_width >= 1024 else 1,
        }
    return options | {
        "c:v": "libx264",
        "preset": "veryfast",
        "crf": rung.h264_crf,
        "maxrate": rung.most,
        "bufsize": rung.most * 2,
        "profile:v": "high",
    }


def _chip_options(engine: Engine, rung: Rung) -> dict[str, Any]:
    if engine is Engine.VAAPI:
        # Pictures are on the card by then, in its own format. Of all its ways of control this one is in every driver.
        return {"c:v": "h264_vaapi", "profile:v": "high", "rc_mode": "CQP", "qp": rung.vaapi_qp}
    return {
        "c:v": "h264_nvenc",
        "pix_fmt": "yuv420p",
        "profile:v": "high",
        "preset": "p5",
        "tune": "hq",
        "rc": "vbr",
        "cq": rung.nvenc_cq,
        "b:v": 0,
        "maxrate": rung.most,
        "bufsize": rung.most * 2,
        "spatial-aq": 1,
    }


def audio_options(form: OutputFormat, channels: int) -> dict[str, Any]:
    """Options of ffmpeg for the audio encoder."""
    codec = "libopus" if form is OutputFormat.WEBM else "aac"
    return {"c:a": codec, "b:a": AUDIO_RATES[channels] * (3 if codec == "libopus" else 4) // 4}


def container_options(form: OutputFormat) -> dict[str, Any]:
    """Options of ffmpeg for the container; mp4 and mov get their index in front, so that playing can begin at once."""
    if form is OutputFormat.WEBM:
        return {"f": "webm"}
    return {"f": form.value, "movflags": "+faststart"}


def sound_format(facts: MediaFacts, form: OutputFormat) -> tuple[int, int]:
    """Sample rate and channels of the output's sound: at most stereo, and 48 kHz unless the source's 44.1 can stay."""
    rate = 44_100 if facts.sample_rate == 44_100 and form is not OutputFormat.WEBM else 48_000
    return rate, min(2, max(1, facts.audio_channels))


def can_be_copied(facts: MediaFacts, settings: BatchSettings) -> bool:
    """Whether the source is what was asked for already, so that an uncut video need not be encoded."""
    picture = picture_of(facts, settings)
    codecs = ("vp9", "opus") if settings.export_format is OutputFormat.WEBM else ("h264", "aac")
    return (
        (picture.frame_width, picture.frame_height) == (facts.width, facts.height)
        and facts.video_codec == codecs[0]
        and facts.audio_codec in (None, codecs[1])
        and facts.audio_channels <= 2
        and facts.pixel_format == "yuv420p"
        and not (facts.rotation or facts.interlaced or facts.variable_frame_rate or facts.hdr)
        and 0 < facts.bit_rate <= rung_for(picture, settings.export_quality).most * FASTEST_COPY
    )
