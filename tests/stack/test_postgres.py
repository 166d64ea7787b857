"""Where PostgreSQL's data is, and when a data folder is made, kept or thrown away."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack import logins, postgres
from stack.errors import StackError
from stack.lock import FolderLock
from stack.logins import Logins
from stack.processes import SERVICES


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Path]:
    """A stack folder without servers; its data is removed in the end, wherever it is."""
    folder = (tmp_path / "run").resolve()
    # As a running stack does; other test runs on this machine tidy up what nobody holds.
    held = FolderLock(folder / "lock")
    held.take()
    yield folder
    held.release()
    data = postgres.data_folder(folder)
    postgres.discard(postgres.Cluster(data=data, programs=Path(), port=0, password="", user=None), folder)


@pytest.fixture
def passwords(run: Path) -> Logins:
    """The logins of that folder."""
    return logins.load(run / "secrets.json", services=SERVICES)


def test_the_data_is_private_to_its_user_and_kept(run: Path, passwords: Logins) -> None:
    data = postgres.prepare(run, port=1, logins=passwords, durable=False).data
    assert data.stat().st_mode & 0o777 == 0o700
    (data / "mine").touch()
    assert (postgres.prepare(run, port=1, logins=passwords, durable=False).data / "mine").exists()


def test_data_that_was_half_made_is_made_again(run: Path, passwords: Logins) -> None:
    data = postgres.data_folder(run)
    half = data.with_name("postgres.new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("15")
    assert (postgres.prepare(run, port=1, logins=passwords, durable=False).data / "global").is_dir()
    assert not half.exists()


def test_data_of_a_version_that_is_gone_is_not_touched(run: Path, passwords: Logins) -> None:
    data = postgres.prepare(run, port=1, logins=passwords, durable=False).data
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(StackError, match=r"PostgreSQL 9, which made .*, is not installed"):
        postgres.prepare(run, port=1, logins=passwords, durable=False)
    assert (data / "global").is_dir()


def test_the_pid_file_of_a_dead_server_is_removed(run: Path, passwords: Logins) -> None:
    data = postgres.prepare(run, port=1, logins=passwords, durable=False).data
    file = data / "postmaster.pid"
    with subprocess.Popen(["true"]) as zombie:
        while "Z" not in Path(f"/proc/{zombie.pid}/stat").read_text().rpartition(")")[2]:
            time.sleep(0.01)
        file.write_text(f"{zombie.pid}\n{data}\n0\n8404\n\n127.0.0.1\n  1 999999999\nready\n")
        postgres.prepare(run, port=1, logins=passwords, durable=False)
        assert not file.exists()


def test_the_pid_file_of_a_living_server_stays(run: Path, passwords: Logins) -> None:
    data = postgres.prepare(run, port=1, logins=passwords, durable=False).data
    file = data / "postmaster.pid"
    with subprocess.Popen(["sh", "-c", "sleep 100", "-D", str(data)]) as server:
        file.write_text(f"{server.pid}\n")
        postgres.prepare(run, port=1, logins=passwords, durable=False)
        assert file.exists()
        server.kill()


def test_data_outside_the_clone_goes_when_the_stack_folder_was_removed(
    run: Path, passwords: Logins, tmp_path: Path
) -> None:
    data = postgres.prepare(run, port=1, logins=passwords, durable=True).data
    (data / "mine").touch()
    fresh = logins.load(tmp_path / "secrets.json", services=SERVICES)
    if data.parent == run:
        # PostgreSQL's user may enter this folder, so that the data went with it.
        assert os.geteuid() != 0 or run.stat().st_mode & 0o001
        return
    assert not (postgres.prepare(run, port=1, logins=fresh, durable=True).data / "mine").exists()


def test_what_a_killed_test_run_left_outside_goes_with_the_next_start(
    run: Path, passwords: Logins, tmp_path: Path
) -> None:
    killed = (tmp_path / "killed").resolve()
    killed.mkdir()
    left = postgres.prepare(killed, port=1, logins=passwords, durable=False).data
    postgres.prepare(run, port=1, logins=passwords, durable=False)
    assert left.exists() == (left.parent == killed)
