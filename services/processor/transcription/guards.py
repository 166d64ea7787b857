"""Guards against what speech models make up: text where nobody speaks, and phrases that repeat without end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from services.processor.transcription.protocol import HeardPassage, HeardWord
from services.processor.transcription.transcript import sentences
from services.processor.transcription.windows import Window
from shared.media import Span

NO_SPEECH = 0.6
UNSURE = -1.0
"""Whisper's own limits: a passage is noise when it is likely no speech and its words are unlikely as well."""
REPETITIVE = 2.4
LONGEST_PHRASE = 12
MOST_REPEATS = 3
"""People repeat themselves, too: only what comes more often is taken for a fault. In a suspicious passage it is twice."""
FASTEST = 45.0
"""Letters a second; auctioneers say about 30."""
SPEECH_PAD_S = 0.12
"""How far a word may reach beyond the speech that it is in."""


def believed(passages: Iterable[HeardPassage]) -> list[HeardWord]:
    """The words of a window's passages without those that are made up."""
    kept: list[HeardWord] = []
    for passage in passages:
        if passage.no_speech > NO_SPEECH and passage.sure < UNSURE:
            continue
        most = 1 if passage.repetitive > REPETITIVE else MOST_REPEATS
        kept += without_repetitions([word for word in passage.words if word.text.strip()], most)
    return kept


def without_repetitions(words: Sequence[HeardWord], most: int = MOST_REPEATS) -> list[HeardWord]:
    """The words with phrases that come more than `most` times in a row reduced to one."""
    spoken = [re.sub(r"\W", "", word.text).casefold() for word in words]
    kept: list[HeardWord] = []
    at = 0
    while at < len(words):
        length, repeats = _loop(spoken, at, most)
        kept += words[at : at + length]
        at += length * repeats
    return kept


def _loop(spoken: Sequence[str], at: int, most: int) -> tuple[int, int]:
    """The length of the phrase that begins here, and how often it is said in a row if that is too often."""
    for length in range(1, LONGEST_PHRASE + 1):
        phrase, repeats = spoken[at : at + length], 1
        while spoken[at + repeats * length : at + (repeats + 1) * length] == phrase:
            repeats += 1
        if repeats > most:
            return length, repeats
    return 1, 1


def in_place(words: Iterable[HeardWord], window: Window, speech: Sequence[Span]) -> list[HeardWord]:
    """The words of a window on the video's timeline, in order, none reaching far into a silence."""
    placed: list[HeardWord] = []
    for word in words:
        span = _trimmed(window.on_timeline(Span(word.start_s, word.end_s)), speech)
        start = max(span.start_s, placed[-1].start_s if placed else 0.0)
        placed.append(replace(word, start_s=round(start, 3), end_s=round(max(start, span.end_s), 3)))
    return placed


def possible(words: Sequence[HeardWord]) -> list[HeardWord]:
    """The words without sentences that nobody can say so fast: models add them where sound ends."""
    return [word for sentence in sentences(words) if _letters_per_s(sentence) <= FASTEST for word in sentence]


def _letters_per_s(sentence: Sequence[HeardWord]) -> float:
    letters = sum(len(word.text.strip()) for word in sentence)
    return letters / max(sentence[-1].end_s - sentence[0].start_s, 0.05) if len(sentence) > 1 else 0.0


def _trimmed(word: Span, speech: Sequence[Span]) -> Span:
    """A word without what of it lies in silence, unless all of it does."""
    near = [
        span for span in speech if span.end_s + SPEECH_PAD_S > word.start_s and span.start_s - SPEECH_PAD_S < word.end_s
    ]
    if not near:
        return word
    return Span(max(word.start_s, near[0].start_s - SPEECH_PAD_S), min(word.end_s, near[-1].end_s + SPEECH_PAD_S))
