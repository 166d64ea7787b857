"""Windows: speech is packed into stretches as long as a speech model hears at once, and its words are put back in place.

Silence is left out, so that few windows hold much speech; a little of it stays around each span of speech.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from msgspec import Struct

from shared.media import Span

WINDOW_S = 30.0
"""What Whisper hears at once, and what it costs to hear anything."""
PAD_S = 0.4
"""Silence that is kept around speech, as faster-whisper does."""
_CLOSE_S = 0.16
"""Pauses so short are within words."""
_LEAST_S = 0.25
MISSED_S = 1.2
"""How much speech must be without words to be heard once more."""


class Window(Struct, frozen=True):
    """Stretches of a video's sound that are heard one right after the other."""

    pieces: tuple[Span, ...]

    @property
    def length_s(self) -> float:
        """Seconds of sound."""
        return sum(piece.length_s for piece in self.pieces)

    def on_timeline(self, heard: Span) -> Span:
        """Where in the video something is that was heard in the window: within the piece that has its middle."""
        middle, begins = (heard.start_s + heard.end_s) / 2, 0.0
        for place, piece in enumerate(self.pieces):
            if middle < begins + piece.length_s or place == len(self.pieces) - 1:
                break
            begins += piece.length_s
        shift = piece.start_s - begins
        start = min(max(heard.start_s + shift, piece.start_s), piece.end_s)
        return Span(start, min(max(heard.end_s + shift, start), piece.end_s))


def plan_windows(speech: Iterable[Span], duration_s: float, longest_s: float = WINDOW_S) -> list[Window]:
    """Pack all speech of a video into windows. Nothing of it is left out, and nothing is heard twice."""
    windows: list[Window] = []
    pieces: list[Span] = []
    room_s = longest_s
    for piece in _pieces(padded(speech, duration_s), longest_s):
        if pieces and piece.length_s > room_s:
            windows.append(Window(tuple(pieces)))
            pieces, room_s = [], longest_s
        pieces.append(piece)
        room_s -= piece.length_s
    return [*windows, Window(tuple(pieces))] if pieces else windows


def unheard(speech: Sequence[Span], heard: Sequence[Span], least_s: float = MISSED_S) -> list[Span]:
    """Speech of some length without any word in it: models stop early when a window holds much. `heard` is in order."""
    edges = [0.0, *(edge for span in heard for edge in (span.start_s, span.end_s)), math.inf]
    found: list[Span] = []
    for start_s, end_s in zip(edges[::2], edges[1::2], strict=True):
        if end_s - start_s >= least_s:
            inside = [Span(max(one.start_s, start_s), min(one.end_s, end_s)) for one in speech]
            inside = [one for one in inside if one.length_s > _LEAST_S]
            if sum(one.length_s for one in inside) >= least_s:
                found += inside
    return found


def padded(speech: Iterable[Span], duration_s: float, pad_s: float = PAD_S) -> list[Span]:
    """The spans of speech with a pad around each; two that are close share what lies between them."""
    grown: list[Span] = []
    heard_to_s = 0.0
    for span in speech:
        start, end = max(0.0, span.start_s - pad_s), min(duration_s, span.end_s + pad_s)
        if grown and span.start_s - heard_to_s < _CLOSE_S:
            grown[-1] = Span(grown[-1].start_s, max(end, grown[-1].end_s))
        elif end > start:
            if grown and start < grown[-1].end_s:
                start = (heard_to_s + span.start_s) / 2
                grown[-1] = Span(grown[-1].start_s, start)
            grown.append(Span(start, end))
        heard_to_s = max(heard_to_s, span.end_s)
    return grown


def _pieces(spans: Sequence[Span], longest_s: float) -> Iterable[Span]:
    """The spans, those that are too long in equal parts."""
    for span in spans:
        count = max(1, math.ceil(span.length_s / longest_s - 1e-9))
        part_s = span.length_s / count
        for number in range(count):
            yield Span(span.start_s + number * part_s, span.start_s + (number + 1) * part_s)
