"""Subtitles and texts of a transcript, written by whisper-ctranslate2's writers."""

from __future__ import annotations

import io
from typing import Any

import msgspec
from whisper_ctranslate2.writers import WriteSRT, WriteTXT, WriteVTT

from shared.transcripts import Transcript

LINE = 42
"""Letters on a line, and two lines on the screen: what broadcasters allow."""
_LAYOUT = {"max_line_width": LINE, "max_line_count": 2}
_WRITERS = {"srt": WriteSRT, "vtt": WriteVTT, "txt": WriteTXT}
CONTENT_TYPES = {
    "srt": "application/x-subrip",
    "vtt": "text/vtt; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
}
"""The kinds that there are."""


def written(transcript: Transcript, kind: str) -> bytes:
    """A transcript as a file of this kind."""
    if kind == "json":
        return msgspec.json.encode(transcript)
    text = io.StringIO()
    _WRITERS[kind]("").write_result(_result(transcript, escaped=kind == "vtt"), text, _LAYOUT)
    return text.getvalue().encode()


def _result(transcript: Transcript, *, escaped: bool) -> dict[str, Any]:
    result: dict[str, Any] = msgspec.to_builtins(transcript)
    for segment in result["segments"]:
        for word in segment["words"]:
            word["word"] = _safe(word["word"], escaped=escaped)
    return result


def _safe(word: str, *, escaped: bool) -> str:
    """A word that cannot be taken for a part of the file's structure."""
    lead = " " if word.startswith(" ") else ""
    word = " ".join(word.split()).replace("-->", "->")
    if escaped:
        word = word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return lead + word
