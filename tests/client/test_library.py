"""`dailies library`, and batches of what is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec.structs import asdict, replace

from client.bodies import LibraryPage, LibraryVideo
from client.errors import ExitStatus
from shared.batches import BatchStatus
from shared.library import VideoBatch
from shared.media import MediaFacts
from tests.client.server import Exchange, serving
from tests.client.test_commands import Dailies
from tests.client.views import BATCH, details, job, library_video, video

FACTS = MediaFacts(container="mp4", duration_s=61, width=640, height=360, video_codec="h264")
IDS = [UUID("aaaa1111-0000-4000-8000-000000000001"), UUID("bbbb2222-0000-4000-8000-000000000002"), uuid4()]
IN = VideoBatch(video_id=IDS[0], batch_job_id=BATCH, batch_name="Season 3", batch_status=BatchStatus.COMPLETED)
ONE = replace(LibraryVideo(**asdict(library_video(IDS[0]))), name="one.mp4", facts=FACTS, batches=(IN,), status="ready")
LIBRARY = (
    ONE,
    replace(ONE, id=IDS[1], name="two.mov", batches=()),
    replace(ONE, id=IDS[2], name="two.mov", batches=()),
)


@pytest.fixture
def dailies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dailies:
    """The command, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Dailies(tmp_path)


class There:
    """The server's side: what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.made: list[Any] = []

    async def __call__(self, exchange: Exchange) -> None:
        path = exchange.path.removeprefix("/api/")
        self.asked.append(f"{exchange.method} {path}")
        if exchange.method == "DELETE":
            await exchange.answer(204)
        elif path.startswith("videos"):
            await exchange.answer(200, LibraryPage(videos=LIBRARY, total=len(LIBRARY)))
        elif path.endswith("/start"):
            await exchange.answer(200, {"job_id": str(uuid4()), "batch_job": job()})
        elif exchange.method == "POST":
            self.made.append(await exchange.json())
            created = {"batch_job_id": BATCH, "batch_job": job(BatchStatus.PENDING), "videos": [video()], "uploads": []}
            await exchange.answer(201, created)
        else:
            await exchange.answer(200, details())


def test_the_library_is_listed_searched_and_told_to_scripts(dailies: Dailies) -> None:
    there = There()
    with serving(there) as server:
        at = ("--url", server.url, "library")
        shown = dailies(*at, "--search", "tw o", "--sort", "-size", "--limit", "3")
        told = dailies(*at, "--json")
    assert shown.returncode == ExitStatus.WELL, shown.stderr
    assert there.asked[0] == "GET videos?search=tw+o&limit=3&offset=0&sort=-size"
    row = shown.stdout.splitlines()[1]
    assert row.startswith(str(IDS[0])) and "one.mp4" in row and "1:01" in row and row.endswith("Season 3")
    assert [one["id"] for one in json.loads(told.stdout)["videos"]] == [str(one) for one in IDS]


def test_videos_are_removed_by_name_or_id_once_somebody_said_yes(dailies: Dailies) -> None:
    there = There()
    with serving(there) as server:
        at = ("--url", server.url, "library", "remove")
        refused = dailies(*at, "one.mp4", said="n\n")
        unclear = dailies(*at, "two.mov", "--yes")
        missing = dailies(*at, "one.mp4", "three.mp4", "--yes")
        unasked = dailies(*at, "one.mp4", "--json")
        assert not [line for line in there.asked if line.startswith("DELETE")]
        removed = dailies(*at, "one.mp4", "bbbb2222", str(IDS[0]), said="y\n")
    assert (refused.returncode, unclear.returncode, unasked.returncode) == (ExitStatus.USAGE,) * 3
    assert "2 videos are called two.mov" in unclear.stderr and missing.returncode == ExitStatus.NOT_FOUND
    assert removed.returncode == ExitStatus.WELL, removed.stderr
    assert [line for line in there.asked if line.startswith("DELETE")] == [f"DELETE videos/{one}" for one in IDS[:2]]


def test_a_batch_is_made_of_videos_of_the_library(dailies: Dailies) -> None:
    there = There()
    with serving(there) as server:
        at = ("--url", server.url, "submit", "--name", "Season 4", "--remove-silence")
        made = dailies(*at, "--from-library", "one.mp4", "--from-library", "bbbb2222")
        missing = dailies(*at, "--from-library", "gone.mp4")
        nothing = dailies(*at)
    assert made.returncode == ExitStatus.WELL, made.stderr
    assert [(one["files"], one["library_ids"]) for one in there.made] == [([], [str(one) for one in IDS[:2]])]
    assert f"POST batch-jobs/{BATCH}/start" in there.asked
    assert missing.returncode == ExitStatus.NOT_FOUND and "see: dailies library" in missing.stderr
    assert nothing.returncode == ExitStatus.USAGE and "--from-library" in nothing.stderr
