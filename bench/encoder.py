"""Dailies' encoder settings as arguments of ffmpeg, so that what is done by hand does the same work."""

from __future__ import annotations

from services.processor.encoders import audio_options, picture_of, video_options
from shared.batches import BatchSettings
from shared.media import MediaFacts


def arguments(facts: MediaFacts, settings: BatchSettings) -> list[str]:
    """What comes between input and output."""
    form, quality = settings.export_format, settings.export_quality
    options = video_options(form, quality, picture_of(facts, settings), float(facts.timeline_fps))
    return [word for name, value in (options | audio_options(form, 2)).items() for word in (f"-{name}", str(value))]
