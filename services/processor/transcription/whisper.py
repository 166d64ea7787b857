"""The long-lived whisper child of a processor: started when it is first needed, kept with its model, killed by a cancellation."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services.processor.listening import SAMPLE_RATE
from services.processor.settings import ProcessorSettings
from services.processor.transcription.guards import believed, in_place, possible
from services.processor.transcription.protocol import (
    LENGTH_BYTES,
    LONGEST_FRAME,
    Answer,
    Hear,
    Heard,
    HeardWord,
    frame,
)
from services.processor.transcription.transcript import Spoken
from services.processor.transcription.troubles import failure
from services.processor.transcription.windows import Window, plan_windows, unheard
from shared.errors import PermanentFailure, TransientFailure
from shared.logs import logger
from shared.media import Span
from shared.processes import kill_group, read_tail, started

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = "services.processor.transcription.child"

_Sound = NDArray[np.int16]

log = logger(__name__)


class Wanted(Struct, frozen=True, kw_only=True):
    """How to listen."""

    model: str
    language: str | None = None
    vocabulary: tuple[str, ...] = ()


class _Hearing(Struct):
    """How far the work on one video is."""

    sound: _Sound
    speech: Sequence[Span]
    wanted: Wanted
    language: str | None
    words: list[HeardWord] = []


class Whisper:
    """One whisper child. Of several that want it at once one waits for the other, because it takes all the machine has."""

    def __init__(self, settings: ProcessorSettings) -> None:
        self._settings = settings
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._held = AsyncExitStack()

    async def transcribe(
        self,
        samples: Path,
        speech: Sequence[Span],
        wanted: Wanted,
        *,
        on_progress: Callable[[float], None] | None = None,
    ) -> Spoken:
        """Write down what is said in the sound that `decode_sound` wrote, where there is speech in it.

        Raises `ModelMissing` when the model is nowhere to be had, another `PermanentFailure` when it cannot be used, and
        `TransientFailure` when the child dies. When this is cancelled the child is dead before it goes on.
        """
        if not speech:
            return Spoken(language=None, model=wanted.model)
        hearing = _Hearing(np.memmap(samples, "<i2", mode="r"), speech, wanted, wanted.language)
        async with self._turn:
            try:
                await self._hear(hearing, speech, on_progress)
                if missed := unheard(speech, [Span(word.start_s, word.end_s) for word in hearing.words]):
                    await self._hear(hearing, missed, None)
            except PermanentFailure:
                raise  # The child said so itself, and is ready for another request.
            except BaseException:
                await self._end()
                raise
        return Spoken(language=hearing.language, model=wanted.model, words=tuple(possible(hearing.words)))

    async def _hear(
        self, hearing: _Hearing, where: Sequence[Span], on_progress: Callable[[float], None] | None
    ) -> None:
        """Add the words of some of the speech."""
        windows = plan_windows(where, len(hearing.sound) / SAMPLE_RATE)
        for at in range(0, len(windows), self._settings.whisper_batch):
            batch = windows[at : at + self._settings.whisper_batch]
            heard = await self._ask(self._request(hearing, [_cut(hearing.sound, one) for one in batch]))
            hearing.language = heard.language
            for window, passages in zip(batch, heard.windows, strict=True):
                hearing.words += in_place(believed(passages), window, hearing.speech)
            if on_progress is not None:
                on_progress((at + len(batch)) / len(windows))
        hearing.words.sort(key=lambda word: word.start_s)

    async def close(self) -> None:
        """End the child."""
        async with self._turn:
            await self._end()

    def _request(self, hearing: _Hearing, windows: Sequence[bytes]) -> Hear:
        return Hear(
            model=hearing.wanted.model,
            models=str(self._settings.whisper_folder.resolve()),
            hub=self._settings.whisper_hub,
            device=self._settings.whisper_device,
            threads=self._settings.threads,
            language=hearing.language,
            hotwords=", ".join(hearing.wanted.vocabulary),
            windows=tuple(windows),
        )

    async def _ask(self, asked: Hear) -> Heard:
        if self._process is not None and self._process.returncode is not None:
            await self._end()  # It died while nobody needed it.
        process = self._process or await self._start()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(frame(asked))
            await process.stdin.drain()
            length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES), "big")
            if length > LONGEST_FRAME:
                raise TransientFailure("The speech program said more than anybody can say.")
            answer: Answer = msgspec.msgpack.decode(await process.stdout.readexactly(length), type=Answer)
        except (ConnectionError, asyncio.IncompleteReadError):
            raise TransientFailure("The speech program was stopped from outside, or ran out of memory.") from None
        if isinstance(answer, Heard):
            return answer
        log.warning("the speech program could not do it", kind=answer.kind, reason=answer.reason)
        raise failure(answer, asked, self._settings.whisper_folder)

    async def _start(self) -> Process:
        self._process = await self._held.enter_async_context(
            started(
                [sys.executable, "-m", PROGRAM],
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                # Threads of the numeric libraries would only get in the way of the model's own.
                environment={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": str(self._settings.threads)},
            )
        )
        complaints = asyncio.create_task(read_tail(self._process.stderr))
        self._held.push_async_callback(_killed, self._process, complaints)
        return self._process

    async def _end(self) -> None:
        self._process = None
        await self._held.aclose()


async def _killed(process: Process, complaints: asyncio.Task[str]) -> None:
    """Kill the child, and log what it had to say."""
    kill_group(process)
    if said := await complaints:
        log.info("the speech program ended", complaints=said[-2000:])


def _cut(sound: _Sound, window: Window) -> bytes:
    pieces = [
        sound[round(piece.start_s * SAMPLE_RATE) : round(piece.end_s * SAMPLE_RATE)].tobytes()
        for piece in window.pieces
    ]
    return b"".join(pieces)
