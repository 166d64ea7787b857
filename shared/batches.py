"""Batches as the rest of the world sees them: settings, statuses, limits and the answers of the API."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct


class BatchStatus(StrEnum):
    """Where a batch job stands."""

    PENDING = "pending"
    PROCESSING = "processing"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class VideoStatus(StrEnum):
    """Where a video of a batch stands. It is `pending` before its first byte, and again once it is uploaded and waits."""

    PENDING = "pending"
    UPLOADING = "uploading"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Tier(StrEnum):
    """What a user has booked; the limits behind each name are settings."""

    FREE = "free"
    CREATOR = "creator"
    PRO = "pro"


class SilenceMode(StrEnum):
    """What is cut: what is quieter than a threshold, or whatever is not speech."""

    LOUDNESS = "loudness"
    SPEECH = "speech"


class Sensitivity(StrEnum):
    """How readily a passage counts as a highlight."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    MAX = "max"


class OutputFormat(StrEnum):
    """The container of a processed video: mp4 and mov carry H.264 + AAC, webm VP9 + Opus."""

    MP4 = "mp4"
    MOV = "mov"
    WEBM = "webm"


class Quality(StrEnum):
    """A cap on the height of the output, each with its own bit rate; `source` keeps the source's size."""

    P720 = "720p"
    P1080 = "1080p"
    UHD = "4K"
    SOURCE = "source"


class ExportFormat(StrEnum):
    """How the videos of a batch are handed over."""

    ZIP = "zip"
    MERGED = "merged"
    PLAYLIST = "playlist"


class ExportStatus(StrEnum):
    """Where an export stands."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


MODEL_NAME = "^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"
"""Speech models are folders or sizes, never paths."""

Word = Annotated[str, Meta(min_length=1, max_length=60)]


class BatchSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is done to every video of a batch. Loudness is in dB relative to full scale, times are in seconds.

    The description of a field is also the sentence a person reads when a value is refused.
    """

    transcribe: Annotated[bool, Meta(description="true to write a transcript and subtitles")] = False
    language: (
        Annotated[str, Meta(description="a language code such as 'en', or null to detect it", pattern="^[a-z]{2,3}$")]
        | None
    ) = None
    model: (
        Annotated[
            str,
            Meta(
                description="the name of a speech model such as 'small', or null for the installation's",
                pattern=MODEL_NAME,
            ),
        ]
        | None
    ) = None
    vocabulary: Annotated[
        tuple[Word, ...],
        Meta(description="up to 100 names and terms to listen for, each up to 60 characters", max_length=100),
    ] = ()
    embed_subtitles: Annotated[
        bool, Meta(description="true to put the subtitles into the video as a track to switch on")
    ] = False

    remove_silence: Annotated[bool, Meta(description="true to cut out silence")] = False
    silence_mode: Annotated[
        SilenceMode,
        Meta(
            description="one of loudness (what is quieter than the threshold goes) and speech (all that is not speech goes)"
        ),
    ] = SilenceMode.LOUDNESS
    auto_threshold: Annotated[
        bool, Meta(description="true to find the threshold from each video's own noise instead of using the one given")
    ] = False
    silence_threshold: Annotated[
        float, Meta(description="a loudness between -60 and -20 dB; what is quieter counts as silence", ge=-60, le=-20)
    ] = -40.0
    min_silence_s: Annotated[
        float, Meta(description="between 0.5 and 5 seconds; shorter silences stay", ge=0.5, le=5)
    ] = 0.5
    margin_before_s: Annotated[
        float, Meta(description="between 0 and 2 seconds of silence kept before sound starts", ge=0, le=2)
    ] = 0.15
    margin_after_s: Annotated[
        float, Meta(description="between 0 and 2 seconds of silence kept after sound ends", ge=0, le=2)
    ] = 0.2

    detect_highlights: Annotated[bool, Meta(description="true to find the passages worth showing first")] = False
    highlight_sensitivity: Annotated[Sensitivity, Meta(description="one of low, medium, high and max")] = (
        Sensitivity.MEDIUM
    )
    keywords: Annotated[
        tuple[Word, ...],
        Meta(description="up to 100 words that mark a highlight, each up to 60 characters", max_length=100),
    ] = ()

    export_format: Annotated[OutputFormat, Meta(description="one of mp4, mov and webm")] = OutputFormat.MP4
    export_quality: Annotated[Quality, Meta(description="one of 720p, 1080p, 4K and source")] = Quality.P1080
    resolution: (
        Annotated[
            str,
            Meta(
                description="an exact size such as '1280x720', even numbers at or below the quality's, or null",
                pattern="^[1-9][0-9]{1,4}x[1-9][0-9]{1,4}$",
            ),
        ]
        | None
    ) = None
    upscale: Annotated[bool, Meta(description="true to enlarge pictures smaller than the chosen quality")] = False
    loudness_lufs: (
        Annotated[
            float,
            Meta(description="the loudness to bring all sound to, between -30 and -10 LUFS, or null", ge=-30, le=-10),
        ]
        | None
    ) = None
