"""`dailies cuts`: what was cut and why, and other cuts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from client.errors import ExitStatus
from shared.batches import BatchStatus, SilenceMode, VideoStatus
from shared.cutting import Action, CutEdit, Stretch, VideoCuts, Why
from tests.client.server import Exchange, serving
from tests.client.test_commands import Dailies
from tests.client.views import BATCH, details, video

CUTS = VideoCuts(
    version=uuid4(),
    source_s=60,
    output_s=57,
    cuts=(Stretch(start_s=10, end_s=13, why=Why.SILENCE),),
    automatic=(Stretch(start_s=10, end_s=13, why=Why.SILENCE),),
    protected=(Stretch(start_s=4, end_s=5.5, why=Why.SPEECH),),
    edits=(CutEdit(start_s=1, end_s=2, action=Action.KEEP),),
    mode=SilenceMode.LOUDNESS,
    threshold_db=-38.5,
    peaks=(),
)


@pytest.fixture
def dailies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dailies:
    """The command, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Dailies(tmp_path)


class There:
    """The server's side: what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    async def __call__(self, exchange: Exchange) -> None:
        done = details(BatchStatus.COMPLETED, video(status=VideoStatus.COMPLETED))
        if exchange.method == "PUT":
            self.asked.append(await exchange.json())
            await exchange.answer(202, done.batch_job)
        elif "/cuts" in exchange.path:
            await exchange.answer(200, CUTS)
        else:
            await exchange.answer(200, done)


def test_cuts_are_shown_with_their_reasons_and_edited(dailies: Dailies) -> None:
    there = There()
    with serving(there) as server:
        at = ("--url", server.url, "cuts", str(BATCH))
        shown = dailies(*at)
        told = dailies(*at, "1", "--json")
        edited = dailies(*at, "1", "--cut", "20-21.5", "--keep", "10-11")
        reset = dailies(*at, "--automatic")
        wrong = dailies(*at, "--cut", "5-4")
        missing = dailies(*at, "7")
    assert shown.returncode == ExitStatus.WELL, shown.stderr
    rows = [line.split() for line in shown.stdout.splitlines()[-2:]]
    assert rows == [["4.00", "5.50", "1.50", "kept", "speech"], ["10.00", "13.00", "3.00", "cut", "silence"]]
    assert "-38.5 dB" in shown.stdout and json.loads(told.stdout)["version"] == str(CUTS.version)
    assert edited.returncode == reset.returncode == ExitStatus.WELL, edited.stderr + reset.stderr
    assert [[(edit["action"], edit["start_s"]) for edit in one["edits"]] for one in there.asked] == [
        [("keep", 1), ("keep", 10), ("cut", 20)],
        [],
    ]
    assert wrong.returncode == ExitStatus.USAGE and "such as 12.5-14" in wrong.stderr
    assert missing.returncode == ExitStatus.NOT_FOUND and "no video 7" in missing.stderr
