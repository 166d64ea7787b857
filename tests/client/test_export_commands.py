"""`dailies export` and `dailies exports`: what they ask, and what they tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from client.errors import ExitStatus
from shared.batches import ExportStatus
from shared.views import BatchExport, ExportEstimate, ExportPage, LeftOut
from tests.client.server import Exchange, serving
from tests.client.test_commands import Dailies
from tests.client.views import BATCH, export

GONE = LeftOut(position=2, name="two.mp4", reason="Its stored file is missing.")


@pytest.fixture
def dailies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dailies:
    """The command, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Dailies(tmp_path)


class Gateway:
    """Answers about one batch's exports, and remembers what was asked."""

    def __init__(self, *exports: BatchExport) -> None:
        self.exports = exports
        self.asked: list[tuple[str, str, Any]] = []

    async def __call__(self, exchange: Exchange) -> None:
        """Handle one request."""
        path = exchange.path.removeprefix("/api/batch-jobs/")
        body = await exchange.body()
        self.asked.append((exchange.method, path, json.loads(body) if body else None))
        match path.split("/")[1:]:
            case ["export", "estimate"]:
                estimate = ExportEstimate(
                    videos=1,
                    size_bytes=5_000_000,
                    duration_s=61.0,
                    file_name="Season.zip",
                    files=("1 one.mp4",),
                    left_out=(GONE,),
                )
                await exchange.answer(200, msgspec.to_builtins(estimate))
            case ["exports"]:
                await exchange.answer(200, msgspec.to_builtins(ExportPage(exports=self.exports)))
            case ["export", _, "cancel" | "retry" as step]:
                status = ExportStatus.CANCELLED if step == "cancel" else ExportStatus.PROCESSING
                await exchange.answer(200, msgspec.to_builtins(export(status)))
            case _:
                await exchange.answer(404)


def test_a_preview_makes_nothing_and_tells_what_would_be_made(dailies: Dailies) -> None:
    gateway, video = Gateway(), uuid4()
    options = ("--preview", "--naming", "{position} {name}", "--video", str(video), "--skip-damaged", "--no-highlights")
    with serving(gateway) as server:
        ended = dailies("--url", server.url, "export", str(BATCH), "--format", "merged", *options)
    assert ended.returncode == 0, ended.stderr
    (asked,) = gateway.asked
    assert asked[:2] == ("POST", f"{BATCH}/export/estimate")
    assert asked[2] == {
        "format": "merged",
        "include_failed": False,
        "original_names": False,
        "batch_prefix": False,
        "transcripts": True,
        "highlights": False,
        "naming": "{position} {name}",
        "video_ids": [str(video)],
        "skip_damaged": True,
    }
    assert "Season.zip: 1 video, " in ended.stdout and "about 5.0 MB" in ended.stdout
    assert "1 one.mp4" in ended.stdout
    assert "not included: two.mp4 (Its stored file is missing.)" in ended.stdout


def test_exports_are_listed(dailies: Dailies) -> None:
    listed = (
        export(ExportStatus.FAILED, error_message="The store is full."),
        export(ExportStatus.COMPLETED, file_size=7_000_000),
    )
    with serving(Gateway(*listed)) as server:
        shown = dailies("--url", server.url, "exports", str(BATCH))
        told = dailies("--url", server.url, "exports", str(BATCH), "--json")
    assert "The store is full." in shown.stdout and "7.0 MB" in shown.stdout
    assert [one["status"] for one in json.loads(told.stdout)["exports"]] == ["failed", "completed"]


@pytest.mark.parametrize(("option", "step"), [("--cancel", "cancel"), ("--again", "retry")])
def test_an_export_is_cancelled_or_made_anew_by_the_beginning_of_its_id(
    dailies: Dailies, option: str, step: str
) -> None:
    gateway = Gateway(export())
    with serving(gateway) as server:
        ended = dailies("--url", server.url, "exports", str(BATCH), option, "00000000")
    assert ended.returncode == 0, ended.stderr
    assert gateway.asked[-1][:2] == ("POST", f"{BATCH}/export/{export().id}/{step}")


def test_an_export_that_is_not_there_is_named(dailies: Dailies) -> None:
    with serving(Gateway(export())) as server:
        ended = dailies("--url", server.url, "exports", str(BATCH), "--cancel", "abc")
        both = dailies("--url", server.url, "exports", str(BATCH), "--cancel", "abc", "--again", "abc")
    assert (ended.returncode, both.returncode) == (ExitStatus.NOT_FOUND, ExitStatus.USAGE)
    assert "no export abc" in ended.stderr
