"""The whisper child's own side of the pipe, in this process."""

from __future__ import annotations

import io

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from services.processor.listening import SAMPLE_RATE
from services.processor.transcription.child import serve
from services.processor.transcription.models import main as fetch
from services.processor.transcription.protocol import LENGTH_BYTES, Answer, Hear, Heard, Trouble, frame
from tests import media as clips
from tests.processor.transcription.conftest import Talk

HEAR = Hear(
    model=clips.MODEL,
    models=str(clips.MODELS),
    hub=False,
    device="auto",
    threads=1,
    language=None,
    hotwords="",
    windows=(),
)


def answered(*requests: Hear) -> list[Answer]:
    """What it says to the requests, one after the other."""
    written = io.BytesIO()
    serve(io.BytesIO(b"".join(map(frame, requests))), written)
    written.seek(0)
    found: list[Answer] = []
    while length := written.read(LENGTH_BYTES):
        found.append(msgspec.msgpack.decode(written.read(int.from_bytes(length, "big")), type=Answer))
    return found


def test_each_window_has_its_words_on_its_own_clock_and_troubles_end_nothing(talk: Talk) -> None:
    sound = np.fromfile(talk.samples, "<i2")
    windows = tuple(
        sound[round((start - 0.4) * SAMPLE_RATE) : round((end + 0.4) * SAMPLE_RATE)].tobytes()
        for start, end in talk.spans[:2]
    )
    wanted = replace(HEAR, windows=windows)
    missing, foreign, empty, heard = answered(
        replace(wanted, model="nothing"), replace(wanted, language="fr"), HEAR, wanted
    )
    assert isinstance(missing, Trouble) and missing.kind == "missing"
    assert isinstance(foreign, Trouble) and (foreign.kind, foreign.reason) == ("language", "en")
    assert isinstance(empty, Trouble) and empty.kind == "failed"
    assert isinstance(heard, Heard) and heard.language == "en"
    first, second = ([word for passage in passages for word in passage.words] for passages in heard.windows)
    assert first[0].text == " hello" and abs(first[0].start_s - 0.4) < 0.3
    assert second[0].text == " today" and abs(second[0].start_s - 0.4) < 0.3


def test_a_model_that_there_is_not_is_told_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch(["../nonsense"]) == 2
    assert fetch(["nonsense"]) == 2
    assert "There is no model 'nonsense'; choose one of tiny" in capsys.readouterr().err
