"""Subtitles are what players and people can read, whatever was said."""

from __future__ import annotations

import json
from itertools import pairwise

from services.processor.transcription.protocol import HeardWord
from services.processor.transcription.subtitles import LINE, written
from services.processor.transcription.transcript import Spoken, transcript
from shared.media import CutList, Span
from shared.transcripts import Transcript

WHOLE = CutList(source_duration_s=100.0, keep=(Span(0.0, 100.0),))


def said(text: str) -> Transcript:
    words = tuple(HeardWord(f" {word}", 0.5 * at, 0.5 * at + 0.4, 0.9) for at, word in enumerate(text.split()))
    return transcript(Spoken(language="en", model="tiny", words=words), WHOLE)


def test_a_transcript_reads_the_same_in_every_kind() -> None:
    spoken = said("Hello you. It is late.")
    assert written(spoken, "srt").decode() == (
        "1\n00:00:00,000 --> 00:00:00,900\nHello you.\n\n2\n00:00:01,000 --> 00:00:02,400\nIt is late.\n\n"
    )
    assert written(spoken, "vtt").decode() == (
        "WEBVTT\n\n00:00.000 --> 00:00.900\nHello you.\n\n00:01.000 --> 00:02.400\nIt is late.\n\n"
    )
    assert written(spoken, "txt").decode() == "Hello you.\nIt is late.\n"
    stored = json.loads(written(spoken, "json"))
    assert stored["text"] == "Hello you. It is late."
    assert stored["segments"][1]["words"][0] == {
        "word": " It",
        "start": 1.0,
        "end": 1.4,
        "probability": 0.9,
        "source_start": 1.0,
        "source_end": 1.4,
    }


def test_long_sentences_are_broken_into_lines_and_cues() -> None:
    cues = written(said("many words in a very long sentence " * 8), "srt").decode().strip().split("\n\n")
    assert len(cues) > 2
    for cue in cues:
        _, _, *lines = cue.split("\n")
        assert len(lines) <= 2 and all(len(line) <= LINE for line in lines)
    times = [cue.split("\n")[1].split(" --> ") for cue in cues]
    assert all(before[1] <= after[0] for before, after in pairwise(times))


def test_nobody_can_say_a_cue_into_the_file() -> None:
    spoken = said("look <b>here</b> & --> there")
    assert written(spoken, "srt").decode().count("-->") == 1
    shown = written(spoken, "vtt").decode()
    assert shown.count("-->") == 1 and "&lt;b&gt;here&lt;/b&gt; &amp; -&gt;" in shown


def test_nothing_said_is_an_empty_file() -> None:
    nothing = transcript(Spoken(language=None, model="tiny"), WHOLE)
    assert [written(nothing, kind) for kind in ("srt", "vtt", "txt")] == [b"", b"WEBVTT\n\n", b""]
