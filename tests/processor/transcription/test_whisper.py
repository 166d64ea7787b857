"""The whisper child: real words from a real model, and what becomes of it when it is killed, cancelled or misled."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

from services.processor.settings import ProcessorSettings
from services.processor.transcription.transcript import Spoken, sentences
from services.processor.transcription.troubles import ModelMissing
from services.processor.transcription.whisper import PROGRAM, Wanted, Whisper
from shared.errors import PermanentFailure, TransientFailure
from tests import media as clips
from tests.processor.transcription.conftest import SENTENCES, Talk

TINY = Wanted(model=clips.MODEL)

pytestmark = pytest.mark.asyncio(loop_scope="session")


def children() -> list[int]:
    """Whisper children of this process that live."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = (process / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            if state != "Z" and int(parent) == os.getpid() and PROGRAM in (process / "cmdline").read_text():
                found.append(int(process.name))
    return found


def plain(text: str) -> list[str]:
    return re.sub(r"[^a-z ]", "", text.lower()).split()


def errors(heard: list[str], spoken: list[str]) -> int:
    """Words that were left out, put in or mistaken (Levenshtein)."""
    row = list(range(len(spoken) + 1))
    for at, word in enumerate(heard, 1):
        before, row[0] = row[0], at
        for place, said in enumerate(spoken, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != said))
    return row[-1]


async def test_what_was_spoken_is_written_down_where_it_was_heard(talk: Talk, whisper: Whisper) -> None:
    told: list[float] = []
    spoken = await whisper.transcribe(talk.samples, talk.speech, TINY, on_progress=told.append)
    said = plain(" ".join(SENTENCES))
    rate = errors(plain("".join(word.text for word in spoken.words)), said) / len(said)
    print(f"word error rate: {100 * rate:.0f} %")
    assert rate <= 0.15
    assert spoken.language == "en"
    assert told[-1] == 1.0
    found = sentences(spoken.words)
    assert len(found) == len(SENTENCES)
    for words, (start_s, end_s) in zip(found, talk.spans, strict=True):
        assert abs(words[0].start_s - start_s) < 0.3
        assert abs(words[-1].end_s - end_s) < 0.3


async def test_one_child_keeps_the_model_for_all_videos(talk: Talk, whisper: Whisper) -> None:
    await whisper.transcribe(talk.samples, talk.speech[:2], TINY)
    first = children()
    await whisper.transcribe(talk.samples, talk.speech[:2], replace(TINY, vocabulary=("daily show", "editing")))
    assert len(first) == 1
    assert children() == first


async def test_where_nobody_speaks_nothing_is_written_down(hearing: ProcessorSettings, talk: Talk) -> None:
    ears = Whisper(hearing)
    before = children()
    assert await ears.transcribe(talk.samples, [], TINY) == Spoken(language=None, model=clips.MODEL)
    assert children() == before


async def test_a_cancellation_kills_the_child_within_a_second(hearing: ProcessorSettings, talk: Talk) -> None:
    ears, before = Whisper(hearing), set(children())
    hearing_task = asyncio.create_task(ears.transcribe(talk.samples, talk.speech, TINY))
    async with asyncio.timeout(20):
        while not set(children()) - before:
            await asyncio.sleep(0.01)
    begun = time.monotonic()
    hearing_task.cancel()
    with suppress(asyncio.CancelledError):
        await hearing_task
    assert time.monotonic() - begun < 1.0
    assert set(children()) <= before


async def test_a_killed_child_is_a_failure_that_may_pass_and_the_next_video_gets_a_new_one(
    hearing: ProcessorSettings, talk: Talk
) -> None:
    ears, before = Whisper(hearing), set(children())
    task = asyncio.create_task(ears.transcribe(talk.samples, talk.speech, TINY))
    async with asyncio.timeout(20):
        while not (new := set(children()) - before):
            await asyncio.sleep(0.01)
    os.kill(new.pop(), signal.SIGKILL)
    with pytest.raises(TransientFailure, match="stopped from outside"):
        await task
    try:
        assert (await ears.transcribe(talk.samples, talk.speech, TINY)).words
    finally:
        await ears.close()
    assert set(children()) <= before


async def test_a_missing_model_is_told_with_the_setting_and_the_command(talk: Talk, whisper: Whisper) -> None:
    with pytest.raises(ModelMissing, match=r"'make model MODEL=nothing'.*DAILIES_WHISPER_MODEL"):
        await whisper.transcribe(talk.samples, talk.speech, Wanted(model="nothing"))


async def test_a_model_of_the_hub_is_missing_when_nothing_may_be_fetched(talk: Talk, whisper: Whisper) -> None:
    with pytest.raises(ModelMissing, match="MODEL=small"):
        await whisper.transcribe(talk.samples, talk.speech, Wanted(model="small"))


async def test_a_damaged_model_is_told_as_such(talk: Talk, hearing: ProcessorSettings, tmp_path: Path) -> None:
    shutil.copytree(clips.MODELS / clips.MODEL, tmp_path / "torn")
    model = tmp_path / "torn" / "model.bin"
    model.write_bytes(model.read_bytes()[:100_000])
    ears = Whisper(replace(hearing, whisper_folder=tmp_path))
    try:
        with pytest.raises(PermanentFailure, match=r"damaged.*'make model MODEL=torn'"):
            await ears.transcribe(talk.samples, talk.speech, Wanted(model="torn"))
    finally:
        await ears.close()


async def test_a_language_that_the_model_lacks_is_refused(talk: Talk, whisper: Whisper) -> None:
    with pytest.raises(PermanentFailure, match="does not know the language 'de', only en"):
        await whisper.transcribe(talk.samples, talk.speech, replace(TINY, language="de"))
