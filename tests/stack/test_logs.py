"""Log files that stay small, and how they are followed."""

import threading
from pathlib import Path

import pytest

from stack import follow, logs
from stack.errors import StackError
from stack.logs import LogFile


def test_a_log_file_is_bounded_and_its_tail_reaches_back_into_the_part_before(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "a.log", limit_bytes=100)
    for number in range(100):
        log.write(b"line %3d\n" % number)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 200
    assert log.tail(12) == [f"line {number:3}" for number in range(88, 100)]
    log.close()
    log.write(b"too late")
    assert log.tail(1) == ["line  99"]


def test_following_shows_whole_lines_also_after_the_file_was_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "scheduler.app.log"
    path.write_bytes(b"ha")
    source = follow.Source(path=path, file=path.open("rb"))
    assert list(follow.new_lines(source)) == []
    with path.open("ab") as file:
        file.write(b"lf\nwhole\n")
    assert list(follow.new_lines(source)) == ["half", "whole"]
    source.file.close()


def test_a_file_that_was_begun_anew_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "scheduler.app.log"
    path.write_bytes(b"")
    lines = follow.follow([path], pause_s=0.01)
    done = threading.Event()
    writer = threading.Thread(target=write_and_begin_anew, args=(path, done))
    writer.start()
    seen = []
    while ("scheduler.app", "anew") not in seen:
        seen.append(next(lines))
    done.set()
    writer.join()


def write_and_begin_anew(path: Path, done: threading.Event) -> None:
    """Grow a log file, move it away and begin a new one, over and over, as a busy process does."""
    while not done.wait(0.02):
        with path.open("ab") as file:
            file.write(b"before\n")
        path.replace(logs.older(path))
        path.write_bytes(b"anew\n")


def test_a_name_means_its_service_its_process_or_its_server(tmp_path: Path) -> None:
    for name in ("processor.worker.1", "processor.worker.2", "gateway.app", "postgres"):
        (tmp_path / f"{name}.log").touch()

    def names(wanted: str) -> list[str]:
        return [path.stem for path in follow.files(tmp_path, wanted)]

    assert names("processor") == ["processor.worker.1", "processor.worker.2"]
    assert names("processor.worker.2") == ["processor.worker.2"]
    assert names("postgres") == ["postgres"]
    with pytest.raises(StackError, match=r"no log of process; there are: gateway\.app, postgres, "):
        follow.files(tmp_path, "process")
