"""What is found to be missing, and what is said where nothing may be installed."""

import subprocess
import sys
from pathlib import Path

import pytest

from stack import install, programs
from stack.errors import StackError
from stack.install import Need

ROOT = Path(__file__).resolve().parents[2]
LACKING = Need("a flux capacitor", "flux-capacitor", lambda: False)


def test_what_this_machine_runs_is_found_even_without_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    for name in ("postgres", "initdb", "psql", "rabbitmq-server", "epmd", "nats-server"):
        assert Path(programs.need(name)).is_file()


def test_the_newest_postgresql_is_chosen_unless_the_data_needs_another() -> None:
    newest = programs.postgres_folder()
    assert newest is not None
    assert programs.postgres_folder("8") is None
    major = next(part for part in newest.parts if part.isdecimal())
    assert programs.postgres_folder(major) == newest


def test_without_apt_it_lists_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(StackError, match=r"Install these, then try again .*\n  - a flux capacitor$"):
        install.install([LACKING], say=print)


def test_a_user_who_may_not_install_is_told_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "apt-get").symlink_to("/bin/true")
    (tmp_path / "sudo").symlink_to("/bin/false")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(StackError, match=r"sudo sh .*/stack/install\.sh flux-capacitor$"):
        install.install([LACKING], say=print)


def test_the_stack_runs_on_a_python_without_any_package() -> None:
    bare = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import stack.up, stack.setup",
    ]
    done = subprocess.run(bare, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
