"""Cuts: which stretches of a video are kept, decided from where there is sound. Pure functions.

A silence is cut when it lasts at least the minimum; margins on both sides of the sound stay; nothing of what is
protected (words, speech) is ever cut. All edges lie on the frame grid of the video, so that frames can be counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from shared.batches import BatchSettings
from shared.cutting import Action, CutEdit
from shared.media import CutList, MediaFacts, Span

MIN_CLIP_S = 0.04
"""A sound shorter than this between long silences is a click, and goes with them."""
MIN_SOUND_S = 0.03
CLEARLY_DB = 6.0
"""Sound lasts at least so long, or rises so far above the threshold."""
MIN_CUT_S = 0.1
"""A cut shorter than this after the margins is not worth a join."""
PROTECTION_PAD_S = 0.08
"""What is kept around words and speech, because their times are never quite exact."""

_Spans = NDArray[np.float64]
"""Rows of start and end in seconds, sorted and disjoint."""


def loud_spans(levels: NDArray[np.float32], window_s: float, threshold_db: float) -> list[Span]:
    """Where the loudness lies above a threshold; each value of `levels` stands for `window_s` seconds.

    Noise just below the threshold rises above it here and there: what does so for a moment only, and by little, is no sound.
    """
    loud = np.concatenate(([False], levels > threshold_db, [False]))
    edges = np.flatnonzero(loud[1:] != loud[:-1]).reshape(-1, 2)
    if len(edges):
        highest = np.maximum.reduceat(np.append(levels, -np.inf), edges.ravel())[::2]
        edges = edges[((edges[:, 1] - edges[:, 0]) * window_s >= MIN_SOUND_S) | (highest > threshold_db + CLEARLY_DB)]
    return [Span(start * window_s, end * window_s) for start, end in edges.tolist()]


def plan_cuts(
    sound: Sequence[Span],
    facts: MediaFacts,
    settings: BatchSettings,
    *,
    protected: Iterable[Span] = (),
) -> CutList:
    """What to keep of a video with `sound` in it: the loud spans, or the spans of speech to cut by speech.

    `protected` spans count as sound whatever their loudness, and keep a pad around them whatever the margins. Without
    any sound the list is empty.
    """
    rate, frames = facts.timeline_fps, frame_count(facts)
    length_s = float(frames / rate)
    spoken = _rows(protected)
    guarded = _padded(spoken, PROTECTION_PAD_S, PROTECTION_PAD_S)
    heard = _filled(_merged(np.concatenate((_rows(sound), spoken))), settings.min_silence_s, length_s)
    heard = heard[(heard[:, 1] - heard[:, 0] >= MIN_CLIP_S) | _touching(heard, guarded)]
    kept = _padded(heard, settings.margin_before_s, settings.margin_after_s)
    kept = _filled(_merged(np.concatenate((kept, guarded))), MIN_CUT_S, length_s)
    return from_frames(_on_grid(kept, rate, frames), rate, frames)


def keep_everything(facts: MediaFacts) -> CutList:
    """The cut list that cuts nothing."""
    frames = frame_count(facts)
    return from_frames([(0, frames)], facts.timeline_fps, frames)


def edited(cut_list: CutList, facts: MediaFacts, edits: Sequence[CutEdit]) -> CutList:
    """A cut list as a person changed it: what is to be kept is added, then what is to be cut taken away.

    Edges go to the frame grid. Nothing may be left.
    """
    rate, frames = facts.timeline_fps, frame_count(facts)
    keep, cut = (
        [Span(edit.start_s, edit.end_s) for edit in edits if edit.action is action]
        for action in (Action.KEEP, Action.CUT)
    )
    whole = _on_grid(_merged(np.concatenate((_rows(cut_list.keep), _rows(keep)))), rate, frames)
    for start, end in _on_grid(_merged(_rows(cut)), rate, frames):
        parts = [((a, min(b, start)), (max(a, end), b)) for a, b in whole]
        whole = [part for pair in parts for part in pair if part[0] < part[1]]
    return from_frames(whole, rate, frames)


def frame_count(facts: MediaFacts) -> int:
    """Frames of the whole video on its grid, at least one."""
    return max(1, round(facts.duration_s * facts.timeline_fps))


def to_frames(cut_list: CutList, rate: Fraction) -> list[tuple[int, int]]:
    """The kept spans as frame numbers, first and one past the last; spans that touch become one."""
    spans: list[tuple[int, int]] = []
    for span in cut_list.keep:
        start, end = round(span.start_s * rate), round(span.end_s * rate)
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        elif start < end:
            spans.append((start, end))
    return spans


def from_frames(spans: Iterable[tuple[int, int]], rate: Fraction, frames: int) -> CutList:
    """A cut list of spans given as frame numbers."""
    return CutList(
        source_duration_s=float(frames / rate),
        keep=tuple(Span(float(start / rate), float(end / rate)) for start, end in spans),
    )


def removed(cut_list: CutList) -> list[Span]:
    """What is cut, in order."""
    edges = [0.0, *(edge for span in cut_list.keep for edge in (span.start_s, span.end_s)), cut_list.source_duration_s]
    return [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end - start > 1e-9]


def on_output(cut_list: CutList, at_s: float) -> float:
    """Where a moment of the source is found in the output; a moment that was cut is where the join is."""
    before = 0.0
    for span in cut_list.keep:
        if at_s < span.end_s:
            return before + max(0.0, at_s - span.start_s)
        before += span.length_s
    return before


def many_on_output(cut_list: CutList, moments_s: Sequence[float]) -> list[float]:
    """What `on_output` says of each moment, for thousands of them at once."""
    if not cut_list.keep:
        return [0.0] * len(moments_s)
    edges = _rows(cut_list.keep)
    ends = np.cumsum(edges[:, 1] - edges[:, 0])
    starts = np.concatenate(([0.0], ends[:-1]))
    found: list[float] = np.interp(moments_s, edges.ravel(), np.column_stack((starts, ends)).ravel()).tolist()
    return found


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time, sorted and disjoint."""
    return [Span(start_s, end_s) for start_s, end_s in _merged(_rows(spans)).tolist()]


def common(some: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """The time that two lists of spans share, each sorted and disjoint."""
    return [span for span in _shared(some, others) if span.length_s > 1e-6]


def _shared(some: Sequence[Span], others: Sequence[Span]) -> Iterator[Span]:
    place = 0
    for span in some:
        while place < len(others) and others[place].end_s <= span.start_s:
            place += 1
        ahead = place
        while ahead < len(others) and others[ahead].start_s < span.end_s:
            yield Span(max(span.start_s, others[ahead].start_s), min(span.end_s, others[ahead].end_s))
            ahead += 1


def _rows(spans: Iterable[Span]) -> _Spans:
    return np.array([(span.start_s, span.end_s) for span in spans], np.float64).reshape(-1, 2)


def _padded(spans: _Spans, before_s: float, after_s: float) -> _Spans:
    return _merged(spans + np.array((-before_s, after_s)))


def _merged(spans: _Spans) -> _Spans:
    """The same time, sorted and disjoint."""
    if len(spans) == 0:
        return spans
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    ends = np.maximum.accumulate(spans[:, 1])
    first = np.concatenate(([True], spans[1:, 0] > ends[:-1]))
    last = np.concatenate((first[1:], [True]))
    return np.column_stack((spans[first, 0], ends[last]))


def _filled(spans: _Spans, shortest_gap_s: float, duration_s: float) -> _Spans:
    """The spans with gaps shorter than `shortest_gap_s` closed, those at the beginning and the end too."""
    spans = spans[spans[:, 0] < duration_s]
    if len(spans) == 0:
        return spans
    tolerance = 1e-9
    gap = spans[1:, 0] - spans[:-1, 1] >= shortest_gap_s - tolerance
    starts = spans[np.concatenate(([True], gap)), 0]
    ends = spans[np.concatenate((gap, [True])), 1]
    if starts[0] < shortest_gap_s - tolerance:
        starts[0] = 0.0
    if duration_s - ends[-1] < shortest_gap_s - tolerance:
        ends[-1] = max(ends[-1], duration_s)
    return np.column_stack((starts, ends))


def _touching(spans: _Spans, others: _Spans) -> NDArray[np.bool_]:
    """Which spans share time with any of the others."""
    after = np.searchsorted(others[:, 1], spans[:, 0], side="right")
    before = np.searchsorted(others[:, 0], spans[:, 1], side="left")
    return before > after


def _on_grid(spans: _Spans, rate: Fraction, frames: int) -> list[tuple[int, int]]:
    """Spans as frame numbers; every frame that shares time with a span is in."""
    grid: list[tuple[int, int]] = []
    for start_s, end_s in spans.tolist():
        # Edges that lie on the grid but for rounding stay where they are.
        start = max(0, math.floor(start_s * float(rate) + 1e-6))
        end = min(frames, math.ceil(end_s * float(rate) - 1e-6))
        if grid and start <= grid[-1][1]:
            grid[-1] = (grid[-1][0], max(end, grid[-1][1]))
        elif start < end:
            grid.append((start, end))
    return grid
