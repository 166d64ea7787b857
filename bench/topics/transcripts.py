"""transcripts: what a transcript costs and how good it is, beside faster-whisper's batched pipeline run by hand.

Both get the same decoded sound and the tiny model of the tests, and run on all processors. Our side is what a processor does:
voices are looked for in its own process, as silence removal needs them too, and the whisper child gets speech only.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.rows import Goal, Row, compared, row
from demo.place import MODEL
from demo.samples import SCRIPTS
from demo.words import plain, word_errors
from services.processor.listening import SAMPLE_RATE
from services.processor.settings import ProcessorSettings
from services.processor.transcription.whisper import Wanted, Whisper
from services.processor.voice import find_speech

LONG_S = 180.0
SHORT_FILES = 20
RUNS = 2
PIPELINE = "faster-whisper's batched pipeline"
Sound = NDArray[np.int16]


def run() -> list[Row]:
    """Measure; no servers are needed."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measured(Path(folder)))


async def _measured(folder: Path) -> list[Row]:
    sentences = [sentence for script in SCRIPTS for sentence, _ in script.lines]
    voices = {sentence: _spoken(sentence, folder / "sentence.wav") for sentence in sentences}
    random.seed(7)
    long, said = _file(folder / "long", voices, sentences, LONG_S)
    shorts = [_file(folder / f"{at}", voices, random.sample(sentences, 2), 0)[0] for at in range(SHORT_FILES)]
    ours, theirs = await _long(long)
    return [
        compared(
            f"one file of {LONG_S / 60:.0f} minutes, model loaded",
            [took for took, _ in ours],
            [took for took, _ in theirs],
            reference_is=PIPELINE,
            unit="s",
            goal=Goal(at_most=1.1, of="ratio"),
        ),
        row(
            "word error rate of it",
            100 * word_errors(plain(ours[0][1]), plain(said)),
            unit="%",
            n=len(plain(said)),
            reference=100 * word_errors(plain(theirs[0][1]), plain(said)),
            reference_is=PIPELINE,
        ),
        *await _shorts(shorts),
    ]


async def _long(path: Path) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
    """Seconds and text, ours and theirs, in turn."""
    ours, theirs = [], []
    whisper = Whisper(_settings())
    try:
        await _ours(whisper, path)
        for _ in range(RUNS):
            begun = time.perf_counter()
            text = await _ours(whisper, path)
            ours.append((time.perf_counter() - begun, text))
            by_hand = _by_hand("long", [path])
            theirs.append((by_hand["seconds"], by_hand["texts"][0]))
    finally:
        await whisper.close()
    return ours, theirs


async def _shorts(paths: Sequence[Path]) -> list[Row]:
    """All short files one after the other, from the start of a program to its end."""
    ours: list[float] = []
    theirs: dict[str, list[float]] = {"each": [], "kept": []}
    for _ in range(RUNS):
        begun = time.perf_counter()
        whisper = Whisper(_settings())
        try:
            for path in paths:
                await _ours(whisper, path)
        finally:
            await whisper.close()
        ours.append(time.perf_counter() - begun)
        for how, seconds in theirs.items():
            begun = time.perf_counter()
            _by_hand(how, paths)
            seconds.append(time.perf_counter() - begun)
    return [
        compared(
            f"{len(paths)} short files, start included",
            ours,
            theirs["each"],
            unit="s",
            reference_is=f"{PIPELINE} on each with a model of its own, and voices for the cuts",
            goal=Goal(at_most=1.0, of="ratio"),
        ),
        compared(
            f"{len(paths)} short files, one load by hand, too",
            ours,
            theirs["kept"],
            unit="s",
            reference_is=f"{PIPELINE} on all with one model, and voices for the cuts",
        ),
    ]


def _by_hand(how: str, paths: Sequence[Path]) -> Any:
    """The reference, with the low priority that the whisper child has as well."""
    command = ["nice", "-n", "10", sys.executable, "-m", "bench.by_hand", how, *map(str, paths)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


async def _ours(whisper: Whisper, path: Path) -> str:
    speech = await find_speech(path)
    spoken = await whisper.transcribe(path, speech, Wanted(model=MODEL.name))
    return "".join(word.text for word in spoken.words)


def _settings() -> ProcessorSettings:
    return ProcessorSettings(
        database_url="",
        rabbitmq_url="",
        nats_url="",
        whisper_folder=MODEL.parent,
        whisper_model=MODEL.name,
        whisper_hub=False,
        whisper_device="cpu",
    )


def _file(path: Path, voices: dict[str, Sound], sentences: Sequence[str], at_least_s: float) -> tuple[Path, str]:
    """Sentences with pauses, again and again until it is long enough; and what they say."""
    pieces: list[Sound] = []
    said: list[str] = []
    length = 0
    while not said or length < at_least_s * SAMPLE_RATE:
        for sentence in random.sample(list(sentences), len(sentences)):
            pause = np.zeros(round(random.uniform(0.5, 2.0) * SAMPLE_RATE), np.int16)
            pieces += [voices[sentence], pause]
            said.append(sentence)
            length += len(voices[sentence]) + len(pause)
    np.concatenate(pieces).tofile(path)
    return path, " ".join(said)


def _spoken(sentence: str, to: Path) -> Sound:
    subprocess.run(["espeak-ng", "-v", "en-us", "-s", "150", "-w", str(to), sentence], check=True)
    with wave.open(str(to)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32)
        rate = file.getframerate()
    places = np.arange(0, len(sound), rate / SAMPLE_RATE)
    return np.interp(places, np.arange(len(sound)), sound).astype("<i2")
