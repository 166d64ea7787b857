"""How long the work on a video takes on this installation: a first guess from its facts and settings, corrected by what was measured.

Pure. The guess knows what makes the difference (how many pixels are read and written, whether speech is recognised); how fast this
machine is, only finished runs can tell. They correct the guess for settings like theirs, and a little for all others.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct, field

from shared.batches import BatchSettings, OutputFormat, Quality
from shared.media import MediaFacts

START_S = 1.0
"""Claiming, fetching, starting programs, storing: what even an empty video takes."""
COPIED_PER_S = 60.0
"""Seconds of media in one second where nothing has to be encoded."""
LISTENED_PER_S = 800.0
TRANSCRIBED_PER_S = 5.0
HIGHLIGHTED_PER_S = 100.0
DECODED_PIXELS_PER_S = 690e6
ENCODED_PIXELS_PER_S = {OutputFormat.MP4: 200e6, OutputFormat.MOV: 200e6, OutputFormat.WEBM: 120e6}
HEIGHTS = {Quality.P720: 720, Quality.P1080: 1080, Quality.UHD: 2160}
DOUBT = 1.0
"""How many measurements the guess is worth."""
MOST_OFF = 30.0
"""A measurement that is further off than that says something of the machine's night, not of the work."""


class Kind(NamedTuple):
    """What of the settings and the video decides how fast the work goes."""

    transcribe: bool
    model: str | None
    highlights: bool
    silence: bool
    format: OutputFormat
    height: int
    copied: bool


class Sample(Struct, frozen=True, kw_only=True):
    """A run that succeeded at once, and the seconds that it took."""

    settings: BatchSettings
    facts: MediaFacts
    took_s: float


class Pace(Struct, frozen=True, kw_only=True):
    """What was learned. Without measurements it is the guess."""

    usual: float = 1.0
    """How much longer than guessed the work takes here."""
    by_kind: Mapping[Kind, float] = field(default_factory=dict)
    per_media_s: float | None = None
    """Seconds of work for a second of media, over everything that was measured; None while that is nothing."""

    def work_s(self, settings: BatchSettings, facts: MediaFacts) -> float:
        """Seconds that a processor will be busy with a video."""
        return guess_s(settings, facts) * self.by_kind.get(kind_of(settings, facts), self.usual)


def learned(samples: Iterable[Sample]) -> Pace:
    """What finished runs say: per kind the geometric mean of measured over guessed, with the mean of all as a first opinion."""
    off: defaultdict[Kind, list[float]] = defaultdict(list)
    took_s = media_s = 0.0
    for sample in samples:
        ratio = sample.took_s / guess_s(sample.settings, sample.facts)
        off[kind_of(sample.settings, sample.facts)].append(math.log(min(max(ratio, 1 / MOST_OFF), MOST_OFF)))
        took_s, media_s = took_s + sample.took_s, media_s + sample.facts.duration_s
    every = [value for values in off.values() for value in values]
    usual = sum(every) / (len(every) + DOUBT)
    return Pace(
        usual=math.exp(usual),
        by_kind={kind: math.exp((DOUBT * usual + sum(own)) / (DOUBT + len(own))) for kind, own in off.items()},
        per_media_s=took_s / media_s if media_s else None,
    )


def left_s(work_s: float, done: float | None, busy_s: float | None) -> float:
    """Seconds that are left of a run of `work_s` seconds that is `done` (0 to 1) after `busy_s` seconds; None is not known.

    At the start the estimate counts, towards the end the run's own pace.
    """
    if done is None:
        return max(work_s - (busy_s or 0.0), work_s / 10)
    if busy_s is None or done <= 0:
        return (1 - done) * work_s
    return (1 - done) * ((1 - done) * work_s + busy_s)


def guess_s(settings: BatchSettings, facts: MediaFacts) -> float:
    """Seconds of work on a machine with two cores."""
    length_s = max(facts.duration_s, 0.0)
    seconds = START_S
    if settings.remove_silence and facts.has_audio:
        seconds += length_s / LISTENED_PER_S
    if settings.transcribe and facts.has_audio:
        seconds += length_s / TRANSCRIBED_PER_S
    if settings.detect_highlights:
        seconds += length_s / HIGHLIGHTED_PER_S
    if _copied(settings, facts):
        return seconds + length_s / COPIED_PER_S
    frames = length_s * max(float(facts.timeline_fps), 1.0)
    decoded = facts.width * facts.height / DECODED_PIXELS_PER_S
    return seconds + frames * (decoded + _pixels(settings, facts) / ENCODED_PIXELS_PER_S[settings.export_format])


def kind_of(settings: BatchSettings, facts: MediaFacts) -> Kind:
    """The kind of work that a video is."""
    return Kind(
        transcribe=settings.transcribe,
        model=settings.model if settings.transcribe else None,
        highlights=settings.detect_highlights,
        silence=settings.remove_silence,
        format=settings.export_format,
        height=_height(settings, facts),
        copied=_copied(settings, facts),
    )


def _height(settings: BatchSettings, facts: MediaFacts) -> int:
    if settings.resolution is not None:
        return int(settings.resolution.partition("x")[2])
    most = HEIGHTS.get(settings.export_quality, facts.height)
    return most if settings.upscale else min(most, facts.height)


def _pixels(settings: BatchSettings, facts: MediaFacts) -> float:
    return facts.width * facts.height * (_height(settings, facts) / max(facts.height, 1)) ** 2


def _copied(settings: BatchSettings, facts: MediaFacts) -> bool:
    """Whether the streams can stay as they are."""
    return (
        not settings.remove_silence
        and settings.export_format is not OutputFormat.WEBM
        and facts.video_codec == "h264"
        and facts.audio_codec in (None, "aac")
        and _height(settings, facts) == facts.height
    )
