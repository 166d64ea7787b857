"""Transcripts: words become sentences, and find their place in the output. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from services.processor.cuts import many_on_output
from services.processor.transcription.protocol import HeardWord
from shared.media import CutList, Span
from shared.transcripts import Segment, Transcript, Word

ENDS = (".", "?", "!", "…", "。", "？", "！")
PAUSE_S = 1.0
"""A pause so long ends a sentence that has no mark at its end."""
MOST_WORDS = 60
_CLOSING = "\"'”’»)]"


class Spoken(Struct, frozen=True, kw_only=True):
    """What is said in a source, on its own timeline: what a checkpoint keeps."""

    language: str | None
    model: str
    words: tuple[HeardWord, ...] = ()

    @property
    def spans(self) -> list[Span]:
        """When each word is heard."""
        return [Span(word.start_s, word.end_s) for word in self.words]


def sentences(words: Sequence[HeardWord]) -> list[list[HeardWord]]:
    """The words in sentences: they end at a mark, at a long pause, or when they are far too long."""
    found: list[list[HeardWord]] = []
    for word in words:
        last = found[-1][-1] if found else None
        if (
            last is None
            or last.text.rstrip().rstrip(_CLOSING).endswith(ENDS)
            or word.start_s - last.end_s >= PAUSE_S
            or len(found[-1]) >= MOST_WORDS
        ):
            found.append([])
        found[-1].append(word)
    return found


def transcript(spoken: Spoken, cut_list: CutList) -> Transcript:
    """The transcript of an output. Words that were cut are not in it."""
    moments = many_on_output(cut_list, [moment for word in spoken.words for moment in (word.start_s, word.end_s)])
    places = dict(zip(map(id, spoken.words), zip(moments[::2], moments[1::2], strict=True), strict=True))
    segments: list[Segment] = []
    for sentence in sentences(spoken.words):
        words = [_word(word, *places[id(word)]) for word in sentence]
        words = [word for word in words if word.end > word.start or word.source_end == word.source_start]
        if words:
            segments.append(
                Segment(
                    id=len(segments),
                    start=words[0].start,
                    end=words[-1].end,
                    text="".join(word.word for word in words).strip(),
                    words=tuple(words),
                    source_start=words[0].source_start,
                    source_end=words[-1].source_end,
                )
            )
    text = " ".join(segment.text for segment in segments)
    return Transcript(language=spoken.language, model=spoken.model, text=text, segments=tuple(segments))


def _word(word: HeardWord, start: float, end: float) -> Word:
    return Word(
        word=word.text,
        start=round(start, 3),
        end=round(end, 3),
        probability=round(word.sure, 3),
        source_start=word.start_s,
        source_end=word.end_s,
    )
