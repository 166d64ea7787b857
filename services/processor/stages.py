"""What the settings of a batch ask for, step by step, and how far along a run is: pure, and the same on every worker."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from services.processor.encoders import can_be_copied, picture_of
from shared.batches import BatchSettings, OutputFormat
from shared.errors import Invalid
from shared.media import MediaFacts, Stage


class Step(StrEnum):
    """A part of a run, in its order. People see the stage that it belongs to."""

    FETCHING = "fetching"
    LISTENING = "listening"
    RENDERING = "rendering"
    STORING = "storing"


class Planned(Struct, frozen=True):
    """A step that a run will take, and about how many seconds it takes on the machine where the rates were measured."""

    step: Step
    stage: Stage
    weight_s: float


class Progress(Struct, frozen=True):
    """How far a run is, as people see it, in whole percent."""

    stage: Stage
    stage_percentage: int
    progress_percentage: int


BYTES_PER_S = 400e6
"""Fetching a source and storing an output, on a local disk."""
LISTENED_PER_S = 800.0
"""Seconds of sound decoded and measured in one second."""
DECODED_PIXELS_PER_S = 690e6
ENCODED_PIXELS_PER_S = {
    OutputFormat.MP4: 200e6,
    OutputFormat.MOV: 200e6,
    OutputFormat.WEBM: 170e6,
}
AT_LEAST_S = 0.05
"""Starting a program costs that much, however short the video."""


def plan(settings: BatchSettings, facts: MediaFacts, size_bytes: int) -> tuple[Planned, ...]:
    """The steps that a video with these facts needs. Raises `Invalid` for what this processor cannot do."""
    if settings.transcribe or settings.detect_highlights:
        raise Invalid(
            "Transcripts and highlights are not offered by this installation; switch both off and start the video again."
        )
    listens = settings.remove_silence and facts.has_audio
    first = Stage.REMOVING_SILENCE if listens else Stage.EXPORTING
    steps = [Planned(Step.FETCHING, first, size_bytes / BYTES_PER_S)]
    if listens:
        steps.append(Planned(Step.LISTENING, first, facts.duration_s / LISTENED_PER_S))
    steps += [
        Planned(Step.RENDERING, Stage.EXPORTING, _render_s(settings, facts, size_bytes, listens=listens)),
        Planned(Step.STORING, Stage.EXPORTING, size_bytes / BYTES_PER_S),
    ]
    return tuple(Planned(one.step, one.stage, max(one.weight_s, AT_LEAST_S)) for one in steps)


def _render_s(settings: BatchSettings, facts: MediaFacts, size_bytes: int, *, listens: bool) -> float:
    if not listens and can_be_copied(facts, settings):
        return size_bytes / BYTES_PER_S
    picture = picture_of(facts, settings)
    frames = max(facts.duration_s, 0.0) * max(float(facts.timeline_fps), 1.0)
    decoded = facts.width * facts.height / DECODED_PIXELS_PER_S
    return frames * (decoded + picture.width * picture.height / ENCODED_PIXELS_PER_S[settings.export_format])


def progress(steps: Sequence[Planned], at: Step, share: float) -> Progress:
    """How far a run is that has done `share` (0 to 1) of the step it is `at`. It says 100 of no run: only an end does."""
    index = next(number for number, one in enumerate(steps) if one.step is at)
    stage = steps[index].stage
    share = min(max(share, 0.0), 1.0)
    return Progress(
        stage=stage,
        stage_percentage=_percent([one for one in steps if one.stage is stage], steps[index], share),
        progress_percentage=min(99, _percent(steps, steps[index], share)),
    )


def _percent(steps: Sequence[Planned], current: Planned, share: float) -> int:
    done = sum(one.weight_s for one in steps[: steps.index(current)]) + share * current.weight_s
    return int(100 * done / sum(one.weight_s for one in steps) + 1e-9)
