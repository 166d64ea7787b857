"""The whisper child: `python -m services.processor.transcription.child`, started by a processor.

It keeps a speech model loaded, and answers what comes in at its standard input until that ends. It sees sound only,
never a path of a user's file; whoever has enough of it kills it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np

from services.processor.transcription.protocol import (
    LENGTH_BYTES,
    Answer,
    Hear,
    Heard,
    HeardPassage,
    HeardWord,
    Trouble,
    frame,
)

SAMPLE_RATE = 16_000


class _Refused(Exception):
    """Ends a request with a `Trouble`."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.trouble = Trouble(kind=kind, reason=reason)


class _Ears:
    """The model that is loaded."""

    def __init__(self) -> None:
        self.loaded: tuple[str, ...] = ()
        self.model: Any = None
        self.pipeline: Any = None

    def hear(self, asked: Hear) -> Heard:
        """Transcribe the windows of a request."""
        self._load(asked)
        if asked.language is not None and asked.language not in self.model.supported_languages:
            raise _Refused("language", ", ".join(self.model.supported_languages))
        pieces = [np.frombuffer(window, "<i2").astype(np.float32) / 32768 for window in asked.windows]
        ends = np.cumsum([len(piece) for piece in pieces]) / SAMPLE_RATE
        starts = [0.0, *ends[:-1].tolist()]
        passages, info = self.pipeline.transcribe(
            np.concatenate(pieces),
            language=asked.language,
            word_timestamps=True,
            batch_size=len(pieces),
            hotwords=asked.hotwords or None,
            # Half a sample more, because the pipeline rounds times down to samples.
            clip_timestamps=[
                {"start": start + 0.5 / SAMPLE_RATE, "end": end + 0.5 / SAMPLE_RATE}
                for start, end in zip(starts, ends.tolist(), strict=True)
            ],
        )
        found: list[list[HeardPassage]] = [[] for _ in pieces]
        for passage in passages:
            # A passage begins in its window; its words may be told to end a little after it.
            place = max(0, int(np.searchsorted(starts, passage.seek / 100 + 0.02, side="right")) - 1)
            found[place].append(_passage(passage, starts[place]))
        return Heard(
            language=info.language,
            language_sure=float(info.language_probability),
            windows=tuple(map(tuple, found)),
        )

    def _load(self, asked: Hear) -> None:
        from faster_whisper import BatchedInferencePipeline, WhisperModel, available_models

        wanted = (asked.models, asked.model, asked.device)
        if wanted == self.loaded:
            return
        self.loaded, self.model, self.pipeline = (), None, None
        folder = Path(asked.models, asked.model)
        ours = (folder / "model.bin").is_file()
        if not ours and asked.model not in available_models():
            raise _Refused("missing", "it is not among the hub's models either")
        device = _device(asked.device)
        try:
            self.model = WhisperModel(
                str(folder) if ours else asked.model,
                device=device,
                compute_type="float16" if device == "cuda" else "int8",
                cpu_threads=asked.threads,
                download_root=asked.models,
                local_files_only=ours or not asked.hub,
            )
            self.pipeline = BatchedInferencePipeline(self.model)
        except Exception as error:
            # The hub's errors are of many kinds; all of them leave nothing behind that could be loaded.
            fetched = ours or _fetched(asked)
            raise _Refused("broken" if fetched else "missing", _short(error)) from error
        self.loaded = wanted


def _fetched(asked: Hear) -> bool:
    """Whether the model has been fetched, so that it is the model that cannot be loaded."""
    from faster_whisper import download_model

    try:
        return Path(download_model(asked.model, cache_dir=asked.models, local_files_only=True), "model.bin").is_file()
    except Exception:
        return False


def _device(wanted: str) -> str:
    if wanted != "auto":
        return wanted
    import ctranslate2

    return "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"


def _passage(passage: Any, begins_s: float) -> HeardPassage:
    """A segment of faster-whisper in plain numbers, its times from the beginning of its window."""
    return HeardPassage(
        tuple(
            HeardWord(word.word, float(word.start) - begins_s, float(word.end) - begins_s, float(word.probability))
            for word in passage.words or ()
        ),
        float(passage.no_speech_prob),
        float(passage.avg_logprob),
        float(passage.compression_ratio),
    )


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def answer(asked: Hear, ears: _Ears) -> Answer:
    """What came of a request."""
    try:
        return ears.hear(asked)
    except _Refused as refused:
        return refused.trouble
    except Exception as error:
        return Trouble(kind="failed", reason=_short(error))


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until there is nothing more to read."""
    ears = _Ears()
    while length := requests.read(LENGTH_BYTES):
        asked = msgspec.msgpack.decode(requests.read(int.from_bytes(length, "big")), type=Hear)
        answers.write(frame(answer(asked, ears)))
        answers.flush()


def main() -> None:
    """Serve on the standard streams. What libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
