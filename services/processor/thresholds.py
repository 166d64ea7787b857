"""Thresholds: what in a video's own sound is stillness, and where in it speech really begins and ends. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.processor.cuts import common, loud_spans, merged
from services.processor.listening import WINDOW_S, Levels
from shared.media import Span

LOWEST_DB, HIGHEST_DB = -60.0, -20.0
"""What a threshold may be, as the settings have it."""
USUAL_DB = -40.0
INAUDIBLE_DB = -100.0
CLEAR_DB = 30.0
"""Speech so far above the stillness around it ends where the sound does; in more noise its ends cannot be measured."""
ABOVE_STILLNESS_DB = 6.0
MOST_MOVED_S = 0.3
"""What the voice model says of where speech begins and ends is wrong by no more."""
BESIDE_S = 0.7
"""So near to speech, what is loud belongs to it."""


def fitting_threshold(levels: Levels, speech: Sequence[Span]) -> float:
    """A threshold in dB from a file's own noise: halfway between that and its speech, or a third up to what is loud in it."""
    audible, spoken = levels > INAUDIBLE_DB, _marked(speech, len(levels))
    if not audible.any():
        return USUAL_DB
    if (audible & spoken).any() and (audible & ~spoken).any():
        noise, loud = float(np.median(levels[audible & ~spoken])), float(np.median(levels[audible & spoken]))
        share = 0.5
    else:
        noise, loud = (float(level) for level in np.percentile(levels[audible], (10, 90)))
        share = 0.3
    return min(HIGHEST_DB, max(LOWEST_DB, noise + max(6.0, (loud - noise) * share)))


def trimmed(speech: Sequence[Span], levels: Levels) -> list[Span]:
    """Speech without the stillness at its ends, which the voice model hears along with it, where there is any.

    An end moves inwards to where it rises out of the stillest tenth of a second near it.
    """
    power = np.power(np.float32(10), levels / 10)
    smooth, still = _smoothed(power, 3), _smoothed(power, 10)
    near, most = round(1 / WINDOW_S), round(MOST_MOVED_S / WINDOW_S)
    found = []
    for span in speech:
        start, end = (min(len(levels), round(at_s / WINDOW_S)) for at_s in (span.start_s, span.end_s))
        stillness = still[max(0, start - near) : end + near].min(initial=np.inf)
        audible = np.flatnonzero(smooth[start:end] > stillness + ABOVE_STILLNESS_DB)
        if len(audible) == 0 or np.median(levels[start:end]) < stillness + CLEAR_DB:
            found.append(span)
            continue
        first, last = start + min(int(audible[0]), most), max(start + int(audible[-1]) + 1, end - most)
        found.append(Span(max(span.start_s, first * WINDOW_S), min(span.end_s, last * WINDOW_S)))
    return found


def with_beginnings_and_ends(speech: Sequence[Span], levels: Levels) -> list[Span]:
    """Speech, and what is loud right before and after it: beginnings and ends that the voice model misses."""
    near = merged(Span(span.start_s - BESIDE_S, span.end_s + BESIDE_S) for span in speech)
    return [*speech, *common(loud_spans(levels, WINDOW_S, fitting_threshold(levels, speech)), near)]


def _marked(spans: Sequence[Span], windows: int) -> NDArray[np.bool_]:
    marked = np.zeros(windows, np.bool_)
    for span in spans:
        marked[round(span.start_s / WINDOW_S) : round(span.end_s / WINDOW_S)] = True
    return marked


def _smoothed(power: Levels, windows: int) -> Levels:
    """The loudness of so many windows around each, in dB."""
    if len(power) < windows:
        return np.full(len(power), -np.inf, np.float32)
    mean = np.convolve(power, np.full(windows, 1 / windows, np.float32), "same")
    return np.asarray(10 * np.log10(np.maximum(mean, 1e-12)), np.float32)
