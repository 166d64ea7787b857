"""faster-whisper's batched pipeline as somebody would run it by hand: `python -m bench.by_hand long|each|kept FILE ...`.

Prints one JSON line with the seconds that the work took, without the start of this program, and what was written down.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel

from demo.place import MODEL
from services.processor.voice import find_speech

BATCH = 8


def transcribed(model: Any, path: Path) -> str:
    """What is said in a file of bare samples."""
    sound = np.fromfile(path, "<i2").astype(np.float32) / 32768
    segments, _ = BatchedInferencePipeline(model).transcribe(sound, word_timestamps=True, batch_size=BATCH)
    return "".join(segment.text for segment in segments)


def loaded() -> Any:
    """The tiny model of the tests."""
    return WhisperModel(str(MODEL), device="cpu", compute_type="int8", cpu_threads=len(os.sched_getaffinity(0)))


def main(how: str, paths: list[Path]) -> None:
    """Transcribe the files: `long` with a model that is warm, `each` with a load for each, `kept` with one load for all."""
    model = None if how == "each" else loaded()
    if how == "long":
        transcribed(model, paths[0])
    begun = time.perf_counter()
    texts = []
    for path in paths:
        if how != "long":
            # Silence removal needs voices as well, and the pipeline gives none away: by hand they are looked for twice.
            asyncio.run(find_speech(path))
        texts.append(transcribed(model or loaded(), path))
    sys.stdout.write(json.dumps({"seconds": time.perf_counter() - begun, "texts": texts}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], [Path(name) for name in sys.argv[2:]])
