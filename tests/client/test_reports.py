"""`dailies report` and `dailies usage`, and that a watcher knows the time left."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from client.errors import ExitStatus
from client.watching import Watched, with_event
from services.gateway import examples
from shared.batches import BatchStatus, VideoStatus
from shared.reports import BatchReport
from tests.client.server import Exchange, serving
from tests.client.test_commands import Dailies
from tests.client.test_watching import progress
from tests.client.views import BATCH, details, video


@pytest.fixture
def dailies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dailies:
    """The command, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Dailies(tmp_path)


def failed() -> BatchReport:
    """A report with a failed video, whose name tries to steer the terminal."""
    (done,) = examples.REPORT.videos
    bad = msgspec.structs.replace(
        done,
        name="evil\x1b[2J.mp4",
        position=2,
        status=VideoStatus.FAILED,
        output_s=None,
        processing_s=None,
        error_code="failed_permanently",
        error_message="The file is damaged.",
        what_to_do="Upload it again.",
    )
    quiet = msgspec.structs.replace(done, warnings=("Quiet throughout.",))
    return msgspec.structs.replace(examples.REPORT, failed_videos=1, videos=(quiet, bad))


async def answering(exchange: Exchange) -> None:
    if exchange.path == f"/api/batch-jobs/{BATCH}/report":
        await exchange.answer(200, failed())
    elif exchange.path == "/api/usage":
        await exchange.answer(200, examples.USAGE)
    elif exchange.path.startswith(f"/api/batch-jobs/{BATCH}"):
        await exchange.answer(200, details(BatchStatus.COMPLETED, video(status=VideoStatus.COMPLETED)))


def test_a_report_shows_lengths_reasons_and_what_to_do(dailies: Dailies) -> None:
    with serving(answering) as server:
        ended = dailies("--url", server.url, "report", str(BATCH))
        told = dailies("--url", server.url, "report", str(BATCH), "--json")
    assert ended.returncode == ExitStatus.WELL, ended.stderr
    for words in (
        "30:34",
        "23:23",
        "7:12",
        "The file is damaged. Upload it again.",
        "episode-1.mp4: Quiet throughout.",
    ):
        assert words in ended.stdout, words
    assert "\x1b[2J" not in ended.stdout
    assert msgspec.convert(json.loads(told.stdout), BatchReport) == failed()


def test_usage_shows_what_is_left(dailies: Dailies) -> None:
    with serving(answering) as server:
        ended = dailies("--url", server.url, "usage")
    assert ended.returncode == ExitStatus.WELL, ended.stderr
    assert "10764.9" in ended.stdout and "12000 (pro)" in ended.stdout


def test_a_watcher_knows_the_time_left_and_keeps_it_while_nothing_newer_is_said() -> None:
    watched = Watched(details=details(BatchStatus.PROCESSING, video()))
    watched = with_event(watched, {**progress(10), "estimated_time_remaining": 90})
    assert watched.details.batch_job.estimated_time_remaining == 90
    watched = with_event(watched, {**progress(11), "estimated_time_remaining": None})
    assert with_event(watched, progress(12)).details.batch_job.estimated_time_remaining == 90
