"""What was said in a video, and what in it is worth showing first: plain data, stored beside the output."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from shared.batches import Sensitivity

# The names in a transcript are those that Whisper's tools write and read; all times are in seconds.


class Word(Struct, frozen=True, kw_only=True):
    """A word, with the space before it."""

    word: str
    start: float
    end: float
    probability: float
    source_start: float
    source_end: float


class Segment(Struct, frozen=True, kw_only=True):
    """A sentence, or as much of one as is said without a long pause."""

    id: int
    start: float
    end: float
    text: str
    words: tuple[Word, ...]
    source_start: float
    source_end: float


class Transcript(Struct, frozen=True, kw_only=True):
    """What is said in a video. `start` and `end` are times in the output, `source_start` and `source_end` in the source."""

    language: str | None
    """None when nobody speaks."""
    model: str
    text: str = ""
    segments: tuple[Segment, ...] = ()


class Why(StrEnum):
    """What makes a passage stand out."""

    LOUD = "loud"
    FAST = "fast"
    KEYWORD = "keyword"
    QUESTION = "question"
    EXCLAMATION = "exclamation"
    PAUSE = "pause"
    REACTION = "reaction"
    SCENE = "scene"


class Reason(Struct, frozen=True, kw_only=True):
    """One thing that makes a passage stand out, in a sentence for people."""

    why: Why
    sentence: str
    points: float


class Highlight(Struct, frozen=True, kw_only=True):
    """A passage worth showing first. Seconds in the output, and of the source."""

    start_s: float
    end_s: float
    source_start_s: float
    source_end_s: float
    score: float
    """The points of its reasons together; comparable between videos."""
    reasons: tuple[Reason, ...]
    text: str = ""


class Highlights(Struct, frozen=True, kw_only=True):
    """The highlights of a video in the order in which they are heard."""

    sensitivity: Sensitivity
    highlights: tuple[Highlight, ...] = ()
    notes: tuple[str, ...] = ()
    """What could not be looked for, in sentences."""
