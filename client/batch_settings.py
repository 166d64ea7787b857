"""Settings of a batch from the options of the command line, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

import msgspec
from msgspec import Meta

from client.errors import UsageError
from shared.batches import BatchSettings

OPTIONS = {
    "transcribe": "--transcribe",
    "language": "--language",
    "model": "--model",
    "vocabulary": "--term",
    "embed_subtitles": "--embed-subtitles",
    "remove_silence": "--remove-silence",
    "silence_mode": "--silence-mode",
    "auto_threshold": "--auto-threshold",
    "silence_threshold": "--threshold",
    "min_silence_s": "--min-silence",
    "margin_before_s": "--margin-before",
    "margin_after_s": "--margin-after",
    "detect_highlights": "--highlights",
    "highlight_sensitivity": "--sensitivity",
    "keywords": "--keyword",
    "export_format": "--format",
    "export_quality": "--quality",
    "resolution": "--resolution",
    "upscale": "--upscale",
    "loudness_lufs": "--loudness",
}
"""The option of each setting."""
UNTOLD = "different"


def settings_from(values: Mapping[str, Any]) -> BatchSettings:
    """The settings, where None stands for the default. Raises `UsageError` with a line for each that is wrong."""
    given = {name: value for name, value in values.items() if value is not None}
    hints = get_type_hints(BatchSettings, include_extras=True)
    problems = []
    for name, value in given.items():
        try:
            msgspec.convert(value, hints[name])
        except msgspec.ValidationError:
            problems.append(f"{OPTIONS[name]} must be {_description(hints[name])}.")
    if problems:
        raise UsageError("\n".join(problems))
    return msgspec.convert(given, BatchSettings)


def _description(hint: Any) -> str:
    """The sentence of a setting, which may sit on the whole type or on a part of it."""
    for note in get_args(hint):
        if isinstance(note, Meta) and note.description:
            return note.description
    return next((text for part in get_args(hint) if (text := _description(part)) != UNTOLD), UNTOLD)
