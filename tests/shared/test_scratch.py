"""Scratch folders: private while their process lives, gone when it does not."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shared.scratch import Scratch

HOLD = """
import sys
from pathlib import Path
from shared.scratch import Scratch
scratch = Scratch(Path(sys.argv[1]))
with scratch.room() as room:
    (room / "source").write_bytes(b"x" * 1000)
    print(room, flush=True)
    sys.stdin.read()
"""


def holder(root: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def room_of(process: subprocess.Popen[str]) -> Path:
    assert process.stdout is not None
    return Path(process.stdout.readline().strip())


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_what_a_killed_process_left_is_swept_by_a_sibling(tmp_path: Path) -> None:
    process = holder(tmp_path)
    room = room_of(process)
    end(process)
    assert (room / "source").exists()
    sibling = Scratch(tmp_path)
    assert sibling.sweep() == 1
    assert not room.exists()
    assert sibling.sweep() == 0
    sibling.close()
    assert list(tmp_path.iterdir()) == []


def test_the_files_of_a_living_process_stay_even_while_it_is_frozen(tmp_path: Path) -> None:
    process = holder(tmp_path)
    try:
        room = room_of(process)
        process.send_signal(signal.SIGSTOP)
        sibling = Scratch(tmp_path)
        assert sibling.sweep() == 0
        assert (room / "source").exists()
        sibling.close()
    finally:
        end(process)


def test_a_room_is_removed_however_its_block_ends(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    with pytest.raises(RuntimeError), scratch.room() as room:
        (room / "output").write_bytes(b"x")
        raise RuntimeError
    assert not room.exists()
    scratch.close()


def test_what_is_not_ours_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    (tmp_path / "dailies-without-a-lock").mkdir()
    scratch = Scratch(tmp_path)
    scratch.sweep()
    scratch.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dailies-without-a-lock", "thesis.txt"]
