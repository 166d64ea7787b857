"""What goes wrong with speech models, in sentences that say which setting and which command help."""

from __future__ import annotations

from pathlib import Path

from services.processor.transcription.protocol import Hear, Trouble
from shared.errors import DailiesError, PermanentFailure, TransientFailure


class ModelMissing(PermanentFailure):
    """A speech model is nowhere to be had."""


def failure(trouble: Trouble, asked: Hear, folder: Path) -> DailiesError:
    """The error for a trouble."""
    model = asked.model
    if trouble.kind == "missing":
        return ModelMissing(
            f"The speech model '{model}' is not in {folder} and could not be fetched; run 'make model MODEL={model}', "
            "or name another one in the batch's settings or in DAILIES_WHISPER_MODEL."
        )
    if trouble.kind == "broken":
        return PermanentFailure(
            f"The speech model '{model}' in {folder} is damaged and cannot be loaded; delete it and run "
            f"'make model MODEL={model}', or name another one in DAILIES_WHISPER_MODEL."
        )
    if trouble.kind == "language":
        return PermanentFailure(
            f"The speech model '{model}' does not know the language '{asked.language}', only {_few(trouble.reason)}; "
            "choose another language or model."
        )
    return TransientFailure("The speech program could not write down this sound; the log has the details.")


def _few(languages: str) -> str:
    codes = languages.split(", ")
    return ", ".join(codes) if len(codes) <= 5 else f"{', '.join(codes[:5])} and {len(codes) - 5} others"
