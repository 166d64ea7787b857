"""Fetches a speech model into the folder of models: `make model MODEL=small`."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from shared.batches import MODEL_NAME


def main(arguments: list[str] | None = None) -> int:
    """Fetch a model from the Hugging Face hub; gives the exit status."""
    parser = argparse.ArgumentParser(prog="make model", description=__doc__)
    parser.add_argument("model", help="one of Whisper's sizes, such as tiny, base, small, medium, large-v3 or turbo")
    parser.add_argument("--to", type=Path, default=Path(".run/models"), help="DAILIES_WHISPER_FOLDER of the processors")
    wanted = parser.parse_args(arguments)
    # A second for this import, and nobody who asks for help should wait for it.
    from faster_whisper import available_models, download_model

    if not re.match(MODEL_NAME, wanted.model) or wanted.model not in available_models():
        return _end(2, f"There is no model '{wanted.model}'; choose one of {', '.join(available_models())}.")
    folder = wanted.to / wanted.model
    try:
        download_model(wanted.model, output_dir=str(folder))
    except Exception as error:
        reason = " ".join(str(error).split())[:500]
        return _end(
            1,
            f"The model '{wanted.model}' could not be fetched: {reason}\n"
            f"Fetch it elsewhere, and copy its files into {folder.absolute()}.",
        )
    return _end(0, f"The model '{wanted.model}' is in {folder}.")


def _end(status: int, sentence: str) -> int:
    (sys.stderr if status else sys.stdout).write(f"{sentence}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
