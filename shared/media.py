"""What is known about a piece of media, and what is kept of it: plain data for all that listens, cuts or stores."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from msgspec import Struct


class Stage(StrEnum):
    """A part of the work on one video, as people see it, in its order."""

    UPLOADING = "uploading"
    TRANSCRIBING = "transcribing"
    REMOVING_SILENCE = "removing_silence"
    DETECTING_HIGHLIGHTS = "detecting_highlights"
    EXPORTING = "exporting"


class Chapter(Struct, frozen=True):
    """A named stretch of a video, in seconds on its timeline."""

    start_s: float
    end_s: float
    title: str = ""


class MediaFacts(Struct, frozen=True, kw_only=True):
    """What ffprobe says of a file that passed inspection. Width and height are as displayed, after rotation."""

    container: str
    """The real container, by its content: `mp4`, `mov`, `avi`, `webm` or `matroska`."""
    duration_s: float
    width: int
    height: int
    rotation: int = 0
    """Degrees, clockwise, that a player turns the coded picture: 0, 90, 180 or 270."""
    frame_rate: str = "0/1"
    """Average frames per second as a fraction, e.g. `30000/1001`."""
    variable_frame_rate: bool = False
    video_codec: str
    pixel_format: str = ""
    color_transfer: str = ""
    """How brightness is coded, as ffprobe calls it; empty when the file does not say."""
    audio_codec: str | None = None
    """None when the file has no sound."""
    audio_channels: int = 0
    sample_rate: int = 0
    audio_streams: int = 0
    bit_rate: int = 0
    """Bits per second of the whole file; 0 when unknown."""
    video_stream: int = 0
    """Position in the file of the stream that is shown; cover pictures don't count."""
    audio_stream: int = 1
    """Position in the file of the stream that is heard, when there is sound: the one marked default, else the first."""
    video_end_s: float | None = None
    """When the picture ends, where that is known: sound may go on."""
    audio_end_s: float | None = None
    timeline_rate: str = "0/1"
    """Frames per second of the steady grid for cuts and renders; the same as `frame_rate` where that is steady."""
    interlaced: bool = False
    title: str = ""
    chapters: tuple[Chapter, ...] = ()

    @property
    def fps(self) -> Fraction:
        """Average frames per second, exact."""
        return Fraction(self.frame_rate)

    @property
    def timeline_fps(self) -> Fraction:
        """Frames per second of the grid for cuts and renders, exact."""
        rate = Fraction(self.timeline_rate)
        return rate if rate > 0 else self.fps

    @property
    def hdr(self) -> bool:
        """Whether its brightness goes beyond what usual screens show: PQ (SMPTE ST 2084) or HLG (ARIB STD-B67)."""
        return self.color_transfer in ("smpte2084", "arib-std-b67")

    @property
    def has_audio(self) -> bool:
        """Whether there is anything to listen to."""
        return self.audio_codec is not None


class Span(Struct, frozen=True):
    """A stretch of time in seconds: from `start_s`, up to but not including `end_s`."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """Seconds in the span."""
        return self.end_s - self.start_s


class CutList(Struct, frozen=True, kw_only=True):
    """What of a source is kept, in order, on the source's timeline. What lies between the spans is cut."""

    source_duration_s: float
    keep: tuple[Span, ...]

    @property
    def kept_s(self) -> float:
        """Seconds that remain."""
        return sum(span.length_s for span in self.keep)

    @property
    def cuts_nothing(self) -> bool:
        """Whether the whole source is kept."""
        return len(self.keep) == 1 and self.keep[0].length_s >= self.source_duration_s - 1e-6


class StoredObject(Struct, frozen=True, kw_only=True):
    """An object in the store, as recorded when it was written or read whole."""

    key: str
    size_bytes: int
    etag: str
    crc32: int | None = None
    """CRC-32 (ISO 3309, as in ZIP) of the whole object; None until somebody has read it once."""
    content_type: str = "application/octet-stream"
