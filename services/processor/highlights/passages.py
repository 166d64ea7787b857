"""Passages: what a highlight can be made of, and what makes one stand out of the others. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from msgspec import Struct

from services.processor.highlights.keywords import plain, spoken_keywords
from services.processor.listening import WINDOW_S, Levels
from services.processor.transcription.protocol import HeardWord
from services.processor.transcription.transcript import Spoken, sentences
from shared.media import Span
from shared.transcripts import Reason, Why

LOUD_DB = 4.0
"""How much louder than usual a passage must be; more where loudness varies much."""
FAST = 1.3
"""How many times as fast as usual a passage must be; more where the pace varies much."""
PAUSE_S = 1.5
"""What people wait before they say something that matters; more where all pauses are long."""
REACTION_S = 0.8
QUIETER_DB = 3.0
"""How much quieter than speech laughter and applause may be."""
_RUN_GAP_S = 0.6
_FEW = 3
"""Of fewer passages none can be told to be unusual."""
_ASKING = frozenset({"what", "who", "where", "when", "why", "how", "which", "whose"})
_VERBS = frozenset({"is", "are", "was", "were", "do", "does", "did", "can", "could", "will", "would", "should", "have"})


class Passage(Struct, frozen=True, kw_only=True):
    """A stretch that stays whole: a sentence, some speech between pauses, or a loud noise."""

    span: Span
    words: tuple[HeardWord, ...] = ()
    spoken: bool = True

    @property
    def text(self) -> str:
        """What is said in it, as far as that is known."""
        return "".join(word.text for word in self.words).strip()


def passages(spoken: Spoken | None, speech: Sequence[Span]) -> list[Passage]:
    """The sentences of a video; where no words are known, its speech from pause to pause."""
    if spoken is not None and spoken.words:
        return [
            Passage(span=Span(words[0].start_s, max(word.end_s for word in words)), words=tuple(words))
            for words in sentences(spoken.words)
        ]
    runs: list[Span] = []
    for span in speech:
        if runs and span.start_s - runs[-1].end_s < _RUN_GAP_S:
            runs[-1] = Span(runs[-1].start_s, span.end_s)
        else:
            runs.append(span)
    return [Passage(span=run) for run in runs]


def reactions(levels: Levels, speech: Sequence[Span], usual_db: float) -> list[tuple[Passage, list[Reason]]]:
    """Where it is about as loud as speech though nobody speaks: laughter, applause, music."""
    loud = levels > usual_db - QUIETER_DB
    for span in speech:
        loud[_places(span, len(levels))] = False
    edges = np.flatnonzero(np.diff(np.concatenate(([False], _closed(loud), [False])).astype(np.int8)))
    found = []
    for start, end in edges.reshape(-1, 2).tolist():
        length_s = (end - start) * WINDOW_S
        if length_s >= REACTION_S:
            excess = float(np.percentile(levels[start:end], 75)) - usual_db
            reason = Reason(
                why=Why.REACTION,
                sentence=f"Loud for {length_s:.1f} seconds while nobody speaks: laughter, applause or music.",
                points=round(min(1.5, max(0.6, 0.8 + excess / 6)), 2),
            )
            found.append((Passage(span=Span(start * WINDOW_S, end * WINDOW_S), spoken=False), [reason]))
    return found


def _closed(loud: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """With gaps closed that are shorter than a third of a second: laughter comes in bursts."""
    gap = round(0.3 / WINDOW_S)
    edges = np.flatnonzero(np.diff(np.concatenate(([True], loud, [True])).astype(np.int8))).reshape(-1, 2)
    closed = loud.copy()
    for start, end in edges.tolist():
        if end - start < gap and start > 0 and end < len(loud):
            closed[start:end] = True
    return closed


def _places(span: Span, count: int) -> slice:
    start = min(count, round(span.start_s / WINDOW_S))
    return slice(start, min(count, max(start + 1, round(span.end_s / WINDOW_S))))


def loudness_of(passage: Passage, levels: Levels) -> float:
    """How loud its louder moments are, in dB."""
    heard = levels[_places(passage.span, len(levels))]
    return float(np.percentile(heard, 75)) if len(heard) else -120.0


def loud(passages: Sequence[Passage], levels: Levels) -> list[Reason | None]:
    """Which passages are louder than usual."""
    found = np.array([loudness_of(passage, levels) for passage in passages])
    usual = np.median(found) if len(found) else 0.0
    least = max(LOUD_DB, 2.5 * 1.4826 * float(np.median(np.abs(found - usual)))) if len(found) else LOUD_DB
    excess = found - usual if len(found) >= _FEW else found * 0
    return [
        Reason(why=Why.LOUD, sentence=f"{by:.0f} dB louder than usual.", points=round(min(2.0, by / 5), 2))
        if by >= least
        else None
        for by in excess.tolist()
    ]


def fast(passages: Sequence[Passage]) -> list[Reason | None]:
    """Which passages are spoken faster than usual, by the letters in their words."""
    rates = np.array([_rate(passage) for passage in passages])
    known = rates[rates > 0]
    if len(known) < _FEW:
        return [None] * len(passages)
    pace = rates / np.median(known)
    least = max(FAST, 1 + 2.5 * 1.4826 * float(np.median(np.abs(known / np.median(known) - 1))))
    return [
        Reason(
            why=Why.FAST,
            sentence=f"Spoken {100 * (times - 1):.0f} % faster than usual.",
            points=round(min(1.5, (times - 1) * 2.5), 2),
        )
        if times >= least
        else None
        for times in pace.tolist()
    ]


def _rate(passage: Passage) -> float:
    """Letters a second, 0 when there are too few words to tell."""
    spoken_s = sum(min(word.end_s - word.start_s, 1.0) for word in passage.words)
    if len(passage.words) < 4 or spoken_s <= 0.3:
        return 0.0
    # A word takes its time even when it is short.
    return sum(len(plain(word.text)) + 1 for word in passage.words) / spoken_s


def after_pauses(passages: Sequence[Passage]) -> list[Reason | None]:
    """Which passages come after a pause that is longer than usual."""
    gaps = [after.span.start_s - before.span.end_s for before, after in pairwise(passages)]
    least = max(PAUSE_S, 2 * float(np.median(gaps))) if gaps else PAUSE_S
    return [
        Reason(why=Why.PAUSE, sentence=f"Comes after a pause of {gap:.1f} seconds.", points=0.3)
        if gap >= least
        else None
        for gap in (0.0, *gaps)[: len(passages)]
    ]


def said(passage: Passage, keywords: Sequence[str], language: str | None) -> list[Reason]:
    """What the words of a passage tell: keywords, a question, an exclamation."""
    words = [word.text.strip() for word in passage.words]
    reasons = []
    if found := spoken_keywords(keywords, words):
        listed = ", ".join(f"“{word}”" for word in found)
        reasons.append(Reason(why=Why.KEYWORD, sentence=f"Says {listed}.", points=min(2.0, 0.5 + 0.5 * len(found))))
    if words and (words[-1].endswith(("?", "？")) or (language == "en" and _asks(words))):
        reasons.append(Reason(why=Why.QUESTION, sentence="Asks a question.", points=0.4))
    if words and words[-1].endswith(("!", "！")):
        reasons.append(Reason(why=Why.EXCLAMATION, sentence="Is an exclamation.", points=0.4))
    return reasons


def _asks(words: Sequence[str]) -> bool:
    """Whether it begins as English questions do: not all models write question marks."""
    first = [plain(word) for word in words[:2]]
    return len(first) == 2 and first[0] in _ASKING and first[1] in _VERBS
