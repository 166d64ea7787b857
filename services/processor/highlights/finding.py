"""Finding highlights: passages get points for what makes them stand out, and the best are chosen. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from services.processor.cuts import many_on_output
from services.processor.highlights.passages import (
    Passage,
    after_pauses,
    fast,
    loud,
    loudness_of,
    passages,
    reactions,
    said,
)
from services.processor.listening import Levels
from services.processor.transcription.transcript import Spoken
from shared.batches import Sensitivity
from shared.media import CutList, Span
from shared.transcripts import Highlight, Highlights, Reason, Why

LEAST_POINTS = {Sensitivity.LOW: 1.5, Sensitivity.MEDIUM: 1.0, Sensitivity.HIGH: 0.6, Sensitivity.MAX: 0.3}
"""What a passage needs to be a highlight."""
MOST_SHARE = {Sensitivity.LOW: 0.1, Sensitivity.MEDIUM: 0.2, Sensitivity.HIGH: 0.3, Sensitivity.MAX: 0.5}
"""How much of an output may be highlights; the best passage always may."""
SCENE_POINTS = 0.2
TOGETHER_S = 1.0
"""Highlights so close together are one."""
_LEAST_LEFT = 0.5
"""How much of a passage the cuts must have left."""

NO_WORDS = "There is no transcript, so keywords, questions, exclamations and the speed of speech were not looked for."
NO_SOUND = "This video has no sound, so no highlights could be found in it."


class Material(Struct, frozen=True, kw_only=True):
    """What highlights are found in. Times are those of the source."""

    duration_s: float
    levels: Levels | None
    """None when there is no sound."""
    speech: tuple[Span, ...] = ()
    spoken: Spoken | None = None
    scenes: tuple[float, ...] = ()
    """When the scene changes."""
    keywords: tuple[str, ...] = ()


class Scored(Struct, frozen=True, kw_only=True):
    """A passage, what makes it stand out, and where it is in the output."""

    passage: Passage
    reasons: tuple[Reason, ...]
    output: Span

    @property
    def score(self) -> float:
        """All points together."""
        return round(sum(reason.points for reason in self.reasons), 2)


def find_highlights(material: Material, sensitivity: Sensitivity, cut_list: CutList) -> Highlights:
    """The highlights of a video. A higher sensitivity gives all that a lower one gives, and more."""
    notes = []
    if material.levels is None:
        notes.append(NO_SOUND)
    elif material.spoken is None:
        notes.append(NO_WORDS)
    scored = _placed(score(material), cut_list)
    chosen = sorted(choose(scored, sensitivity, cut_list.kept_s), key=lambda one: one.output.start_s)
    return Highlights(sensitivity=sensitivity, highlights=tuple(map(_highlight, _joined(chosen))), notes=tuple(notes))


def score(material: Material) -> list[tuple[Passage, tuple[Reason, ...]]]:
    """All passages that stand out somehow."""
    levels, spoken = material.levels, material.spoken
    if levels is None or not len(levels):
        return []
    found = passages(spoken, material.speech)
    told = [
        [
            reason
            for reason in (*signals, *said(passage, material.keywords, spoken.language if spoken else None))
            if reason
        ]
        for passage, *signals in zip(found, loud(found, levels), fast(found), after_pauses(found), strict=True)
    ]
    scored = list(zip(found, told, strict=True))
    if found:
        usual_db = float(np.median([loudness_of(passage, levels) for passage in found]))
        scored += reactions(levels, [*material.speech, *(passage.span for passage in found)], usual_db)
    return [(passage, (*reasons, *_scenes(passage, material.scenes))) for passage, reasons in scored if reasons]


def _scenes(passage: Passage, scenes: Sequence[float]) -> list[Reason]:
    """A change of scene makes a passage more interesting, but none by itself."""
    changes = sum(passage.span.start_s <= at_s < passage.span.end_s for at_s in scenes)
    times = "The scene changes." if changes == 1 else f"The scene changes {changes} times."
    return [Reason(why=Why.SCENE, sentence=times, points=SCENE_POINTS)] if changes else []


def _placed(found: Sequence[tuple[Passage, tuple[Reason, ...]]], cut_list: CutList) -> list[Scored]:
    """The passages that the cuts have left, with their places in the output."""
    moments = many_on_output(
        cut_list, [at for passage, _ in found for at in (passage.span.start_s, passage.span.end_s)]
    )
    scored = [
        Scored(passage=passage, reasons=reasons, output=Span(start, end))
        for (passage, reasons), start, end in zip(found, moments[::2], moments[1::2], strict=True)
    ]
    return [one for one in scored if one.output.length_s > _LEAST_LEFT * one.passage.span.length_s]


def choose(scored: Sequence[Scored], sensitivity: Sensitivity, duration_s: float) -> list[Scored]:
    """The best passages, as many as the sensitivity lets in: always the first ones of the same ranking."""
    ranking = sorted(scored, key=lambda one: (-one.score, one.output.start_s))
    chosen: list[Scored] = []
    left_s = MOST_SHARE[sensitivity] * duration_s
    for one in ranking:
        left_s -= one.output.length_s
        if one.score < LEAST_POINTS[sensitivity] or (left_s < 0 and chosen):
            break
        chosen.append(one)
    return chosen


def _joined(chosen: Sequence[Scored]) -> list[Scored]:
    """Passages in their order, those that follow each other closely as one."""
    joined: list[Scored] = []
    for one in chosen:
        last = joined[-1] if joined else None
        if last is None or one.output.start_s - last.output.end_s >= TOGETHER_S:
            joined.append(one)
            continue
        span = Span(last.passage.span.start_s, max(last.passage.span.end_s, one.passage.span.end_s))
        joined[-1] = Scored(
            passage=replace(last.passage, span=span, words=(*last.passage.words, *one.passage.words)),
            reasons=_together((*last.reasons, *one.reasons)),
            output=Span(last.output.start_s, max(last.output.end_s, one.output.end_s)),
        )
    return joined


def _together(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Of each kind the weightiest, so that a long highlight is no better for its length."""
    best: dict[Why, Reason] = {}
    for reason in reasons:
        if reason.why not in best or reason.points > best[reason.why].points:
            best[reason.why] = reason
    return tuple(best.values())


def _highlight(one: Scored) -> Highlight:
    span = one.passage.span
    return Highlight(
        start_s=round(one.output.start_s, 3),
        end_s=round(one.output.end_s, 3),
        source_start_s=round(span.start_s, 3),
        source_end_s=round(span.end_s, 3),
        score=one.score,
        reasons=tuple(sorted(one.reasons, key=lambda reason: -reason.points)),
        text=one.passage.text,
    )
