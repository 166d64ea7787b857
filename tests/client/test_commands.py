"""The commands as a person or a script runs them."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from client.errors import ExitStatus
from client.main import app
from shared.batches import BatchStatus, VideoStatus
from shared.views import BatchPage, ProcessingResult
from tests.client.server import Exchange, serving
from tests.client.views import BATCH, details, event, job, library_video, plan, video, written


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


class Dailies:
    """Runs `dailies` with a home folder of its own, in which it also stands."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: str, key: str | None = "dly_key", said: str = "") -> Ended:
        environment = {"HOME": str(self.home), "XDG_CONFIG_HOME": None, "DAILIES_URL": None, "DAILIES_API_KEY": key}
        done = CliRunner().invoke(app, arguments, input=said, env={**environment, "COLUMNS": "200"})
        return Ended(done.exit_code, done.stdout, done.stderr)


ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def dailies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dailies:
    """The command, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Dailies(tmp_path)


def test_it_is_a_program_of_its_own() -> None:
    ended = subprocess.run([sys.executable, "-m", "client", "--help"], capture_output=True, text=True, check=True)
    assert ended.stdout.startswith("Usage: dailies ")


def test_the_script_of_a_clone_works_from_anywhere_and_by_a_link(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    for name in ("client", "shared"):
        (clone / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "dailies", clone)
    (tmp_path / "linked").symlink_to(clone / "dailies")

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run([tmp_path / "linked", "--help"], capture_output=True, text=True, cwd="/", check=False)

    ended = run()
    assert ended.returncode == 1
    assert "make -C" in ended.stderr
    (clone / ".venv").symlink_to(sys.prefix)
    assert run().stdout.startswith("Usage: dailies ")


async def nothing(exchange: Exchange) -> None:
    """Answers nothing that a test would want."""


def test_bad_files_are_named_before_anything_is_sent(dailies: Dailies) -> None:
    (dailies.home / "empty.mp4").touch()
    (dailies.home / "notes.txt").write_text("x")
    with serving(nothing) as server:
        ended = dailies("--url", server.url, "submit", "empty.mp4", "notes.txt", "gone.mp4", "--name", "x")
        assert server.seen == []
    assert ended.returncode == ExitStatus.USAGE
    assert ended.stdout == ""
    assert [line.split(" ")[0] for line in ended.stderr.splitlines()] == ["empty.mp4", "notes.txt", "gone.mp4"]


def test_a_setting_out_of_range_is_told_before_anything_is_sent(dailies: Dailies) -> None:
    (dailies.home / "a.mp4").write_bytes(b"x")
    with serving(nothing) as server:
        ended = dailies("--url", server.url, "submit", "a.mp4", "--name", "x", "--threshold", "-70")
        assert server.seen == []
    assert ended.returncode == ExitStatus.USAGE
    assert ended.stderr.startswith("--threshold must be a loudness between -60 and -20 dB")


def test_the_reason_of_the_api_is_told_in_its_words_and_never_as_a_traceback(dailies: Dailies) -> None:
    async def handle(exchange: Exchange) -> None:
        await exchange.problem(404, "not_found", "There is no such batch.")

    with serving(handle) as server:
        ended = dailies("--url", server.url, "status", str(uuid4()))
        scripted = dailies("--url", server.url, "status", str(uuid4()), "--json")
    assert (ended.returncode, ended.stderr) == (ExitStatus.NOT_FOUND, "There is no such batch.\n")
    assert json.loads(scripted.stdout) == {
        "error": {"code": "not_found", "detail": "There is no such batch.", "errors": []}
    }


def test_without_a_server_it_says_what_to_check(dailies: Dailies) -> None:
    with serving(nothing) as server:
        gone = server.url
    ended = dailies("--url", gone, "list")
    assert ended.returncode == ExitStatus.UNREACHABLE
    assert ended.stderr == f"Nobody answers at {gone}; check the address, and that Dailies runs there.\n"


def test_something_else_at_the_address_is_told(dailies: Dailies) -> None:
    async def handle(exchange: Exchange) -> None:
        await exchange.answer(200, b"<html>A router</html>")

    with serving(handle) as server:
        ended = dailies("--url", server.url, "list")
    assert ended.returncode == ExitStatus.FAILED
    assert "does not understand" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_without_a_key_it_says_how_to_sign_in(dailies: Dailies) -> None:
    ended = dailies("list", key=None)
    assert ended.returncode == ExitStatus.SIGN_IN
    assert "dailies login" in ended.stderr


def test_signing_in_stores_a_key_that_only_this_installation_gets(dailies: Dailies) -> None:
    keys: list[str | None] = []

    async def handle(exchange: Exchange) -> None:
        match exchange.method, exchange.path:
            case "POST", "/api/session":
                assert await exchange.json() == {"email": "ada@example.com", "password": "secret"}
                assert exchange.headers["origin"] == f"http://{exchange.headers['host']}"
                await exchange.answer(200, {}, {"Set-Cookie": "dailies=token; Path=/; HttpOnly"})
            case "POST", "/api/api-keys":
                assert exchange.headers["cookie"] == "dailies=token"
                name = (await exchange.json())["name"]
                await exchange.answer(201, {"id": str(uuid4()), "name": name, "key": "dly_new"})
            case "DELETE", _:
                await exchange.answer(204)
            case _:
                keys.append(exchange.headers.get("authorization"))
                await exchange.answer(200, BatchPage(batch_jobs=(job(),), total=1, by_status={}))

    with serving(handle) as server, serving(handle) as other:
        ended = dailies(
            "--url", server.url, "login", "--email", "ada@example.com", "--password-stdin", key=None, said="secret\n"
        )
        assert ended.returncode == 0, ended.stderr
        assert "Season 3" in dailies("list", key=None).stdout
        assert dailies("--url", other.url, "list", key=None).returncode == ExitStatus.SIGN_IN
        assert dailies("logout", key=None).returncode == 0
        assert dailies("list", key=None).returncode == ExitStatus.SIGN_IN
    assert keys == ["Bearer dly_new"]
    assert list((dailies.home / ".config" / "dailies").iterdir()) == []


def test_the_stored_login_is_private(dailies: Dailies) -> None:
    async def handle(exchange: Exchange) -> None:
        await exchange.body()
        await exchange.answer(200, {"id": str(uuid4()), "name": "x", "key": "dly_new"})

    with serving(handle) as server:
        dailies("--url", server.url, "login", "--email", "a@b.c", "--password-stdin", "--json", key=None, said="s\n")
    path = dailies.home / ".config" / "dailies" / "login.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


class Installation:
    """As much of an API as one batch of one video needs. `broken` PUTs are dropped."""

    def __init__(self, *, broken: int = 0) -> None:
        self.broken = broken
        self.url = ""
        self.starts = 0
        self.asked: dict[str, Any] = {}

    async def handle(self, exchange: Exchange) -> None:
        match exchange.method, exchange.path.removeprefix("/api/"):
            case "POST", "batch-jobs":
                self.asked = await exchange.json()
                self.plan = plan(f"{self.url}/store", size=self.asked["files"][0]["size"])
                created = {
                    "batch_job_id": BATCH,
                    "batch_job": job(BatchStatus.PENDING),
                    "videos": [video()],
                    "uploads": [self.plan],
                }
                await exchange.answer(201, created)
            case "PUT", _ if self.broken:
                self.broken -= 1
                exchange.drop()
            case "PUT", _:
                await exchange.body()
                await exchange.answer(200)
            case "GET", path if path.startswith("videos/"):
                await exchange.answer(200, {"plan": self.plan, "parts": [], "complete": False})
            case "POST", path if path.endswith("/complete"):
                await exchange.answer(200, library_video(self.plan.video_id))
            case "POST", path if path.endswith("/start"):
                self.starts += 1
                await exchange.answer(200, {"job_id": str(uuid4()), "batch_job": job()})
            case "GET", path if path.endswith("/progress"):
                await exchange.stream()
                await exchange.send(written(event("video", self.ended.videos[0])))
                await exchange.send(written(event("batch", self.ended.batch_job)))
            case "GET", _:
                await exchange.answer(200, details(BatchStatus.PROCESSING if self.starts else BatchStatus.PENDING))

    ended = details(
        BatchStatus.COMPLETED,
        video(status=VideoStatus.COMPLETED, processing_result=ProcessingResult(source_s=10.0, output_s=7.0)),
        completed_videos=1,
    )


def test_files_become_a_finished_batch(dailies: Dailies) -> None:
    (dailies.home / "a.mp4").write_bytes(b"x" * 1000)
    there = Installation()
    with serving(there.handle) as server:
        there.url = server.url
        ended = dailies("--url", server.url, "submit", "a.mp4", "--name", "Season 3", "--remove-silence", "--watch")
    assert ended.returncode == 0, ended.stderr
    assert there.asked["settings"]["remove_silence"] is True
    assert there.asked["files"] == [{"name": "a.mp4", "size": 1000, "type": "video/mp4"}]
    assert "a.mp4: uploaded (1.0 KB)" in ended.stderr
    assert "30 %" in ended.stdout


def test_scripts_get_one_document_and_nothing_else(dailies: Dailies) -> None:
    (dailies.home / "a.mp4").write_bytes(b"x" * 1000)
    there = Installation()
    with serving(there.handle) as server:
        there.url = server.url
        ended = dailies("--url", server.url, "submit", "a.mp4", "--name", "Season 3", "--watch", "--json")
        watched = dailies("--url", server.url, "watch", str(BATCH), "--json")
    assert json.loads(ended.stdout)["batch_job"]["status"] == "completed"
    assert ended.stderr == ""
    events = [json.loads(line) for line in watched.stdout.splitlines()]
    assert [told["type"] for told in events] == ["snapshot", "video", "batch", "result"]


def test_an_interrupted_upload_goes_on_with_resume(dailies: Dailies) -> None:
    (dailies.home / "a.mp4").write_bytes(b"x" * 1000)
    there = Installation(broken=3)
    with serving(there.handle) as server:
        there.url = server.url
        first = dailies("--url", server.url, "submit", "a.mp4", "--name", "Season 3")
        assert first.returncode == ExitStatus.FAILED
        assert f"go on with: dailies resume {BATCH}" in first.stderr
        assert there.starts == 0
        second = dailies("--url", server.url, "resume")
        assert second.returncode == 0, second.stderr
        assert there.starts == 1
        assert "No upload" in dailies("--url", server.url, "resume").stdout
