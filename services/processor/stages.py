"""What the settings of a batch ask for, step by step, and how far along a run is: pure, and the same on every worker."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from services.processor.encoders import can_be_copied, picture_of
from shared.batches import BatchSettings, OutputFormat
from shared.media import MediaFacts, Stage


class Step(StrEnum):
    """A part of a run, in its order. People see the stage that it belongs to."""

    FETCHING = "fetching"
    LISTENING = "listening"
    TRANSCRIBING = "transcribing"
    CUTTING = "cutting"
    FINDING = "finding"
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
LISTENED_PER_S = 300.0
"""Seconds of sound decoded, measured and searched for voices in one second."""
TRANSCRIBED_PER_S = 8.0
"""Seconds of sound written down in one second by the model `small` on a processor of a few cores."""
LOOKED_AT_PER_S = 200.0
"""Seconds of video searched for changes of scene in one second."""
DECODED_PIXELS_PER_S = 690e6
ENCODED_PIXELS_PER_S = {
    OutputFormat.MP4: 200e6,
    OutputFormat.MOV: 200e6,
    OutputFormat.WEBM: 170e6,
}
AT_LEAST_S = 0.05
"""Starting a program costs that much, however short the video."""


def plan(settings: BatchSettings, facts: MediaFacts, size_bytes: int, *, edited: bool = False) -> tuple[Planned, ...]:
    """The steps that a video with these facts needs."""
    hears = facts.has_audio and (settings.transcribe or settings.remove_silence or settings.detect_highlights)
    cuts = settings.remove_silence and facts.has_audio
    length_s = facts.duration_s
    wanted = [
        (hears and settings.transcribe, Step.TRANSCRIBING, Stage.TRANSCRIBING, length_s / TRANSCRIBED_PER_S),
        (cuts, Step.CUTTING, Stage.REMOVING_SILENCE, 0.0),
        (settings.detect_highlights, Step.FINDING, Stage.DETECTING_HIGHLIGHTS, length_s / LOOKED_AT_PER_S),
        (
            True,
            Step.RENDERING,
            Stage.EXPORTING,
            _render_s(settings, facts, size_bytes, cuts=cuts or edited),
        ),
        (True, Step.STORING, Stage.EXPORTING, size_bytes / BYTES_PER_S),
    ]
    steps = [Planned(step, stage, weight_s) for asked, step, stage, weight_s in wanted if asked]
    first = steps[0].stage
    if hears:
        steps.insert(0, Planned(Step.LISTENING, first, length_s / LISTENED_PER_S))
    steps.insert(0, Planned(Step.FETCHING, first, size_bytes / BYTES_PER_S))
    return tuple(Planned(one.step, one.stage, max(one.weight_s, AT_LEAST_S)) for one in steps)


def _render_s(settings: BatchSettings, facts: MediaFacts, size_bytes: int, *, cuts: bool) -> float:
    if not cuts and settings.loudness_lufs is None and can_be_copied(facts, settings):
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
