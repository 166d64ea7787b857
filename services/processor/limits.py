"""What the children of a run may take."""

from __future__ import annotations

from services.processor.service import Processor
from services.processor.settings import ProcessorSettings
from shared.messages import ProcessVideo
from shared.processes import Limits

MEGABYTE = 1024 * 1024


def net_s(video: ProcessVideo, at: Processor) -> float:
    """A deadline of a child: a net below that of the run, which comes first, so that two never end a child at once."""
    return at.settings.deadline_s(video.facts.duration_s) + 60.0


def limits_of(settings: ProcessorSettings) -> Limits:
    """What one ffmpeg may take."""
    return Limits(
        memory_bytes=settings.ffmpeg_memory_mb * MEGABYTE,
        file_size_bytes=settings.largest_output_mb * MEGABYTE,
    )
