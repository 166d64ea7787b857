"""The virtual environment: made once, changed with the locks, and made again after a set-up that was killed."""

from pathlib import Path

import pytest

from stack import venv
from stack.errors import StackError


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with a virtual environment, whose locks hold no package: what is installed is not the question here."""
    folder = tmp_path_factory.mktemp("a clone")
    write_locks(folder)
    venv.ensure(folder, dev=False, say=print)
    return folder


@pytest.fixture
def root(made: Path) -> Path:
    """That clone as it was made."""
    write_locks(made)
    venv.ensure(made, dev=False, say=print)
    return made


def write_locks(folder: Path) -> None:
    """Write locks that ask for nothing."""
    for name in (venv.INSTALLER_LOCK, venv.LOCK, venv.DEV_LOCK):
        (folder / name).write_text("# nothing\n")


def test_it_is_made_once_changed_with_its_lock_and_healed_after_a_kill(root: Path) -> None:
    said: list[str] = []
    assert venv.python(root).exists()
    assert (root / ".venv" / "bin" / "dailies").stat().st_mode & 0o111
    kept = root / ".venv" / "kept"
    kept.touch()

    venv.ensure(root, dev=False, say=said.append)
    assert said == []

    (root / venv.LOCK).write_text("# something else\n")
    venv.ensure(root, dev=False, say=said.append)
    assert said and kept.exists()

    # Killed while it worked: the stamp is gone, and nobody knows what the rest is worth.
    (root / ".venv" / "dailies-stamp.json").unlink()
    venv.python(root).unlink()
    venv.ensure(root, dev=False, say=said.append)
    assert venv.python(root).exists() and not kept.exists()


def test_what_tests_need_stays_when_only_running_is_asked_for(root: Path) -> None:
    venv.ensure(root, dev=True, say=print)
    said: list[str] = []
    venv.ensure(root, dev=False, say=said.append)
    (root / venv.LOCK).write_text("# what runs is part of what tests need, so their lock decides\n")
    venv.ensure(root, dev=False, say=said.append)
    assert said == []
    (root / venv.DEV_LOCK).write_text("# more\n")
    venv.ensure(root, dev=False, say=said.append)
    assert said[0] == f"Installing Python packages into {root / '.venv'} ..."


def test_a_package_without_its_hash_is_refused(root: Path) -> None:
    for name in (venv.LOCK, venv.DEV_LOCK):
        (root / name).write_text("rich==15.0.0\n")
    with pytest.raises(StackError, match="hash"):
        venv.ensure(root, dev=False, say=print)
    assert not (root / ".venv" / "dailies-stamp.json").exists()


def test_the_locks_name_no_address_and_hash_everything() -> None:
    here = Path(__file__).resolve().parents[2]
    for name in (venv.INSTALLER_LOCK, venv.LOCK, venv.DEV_LOCK):
        lines = (here / name).read_text().splitlines()
        assert not [line for line in lines if "://" in line or line.lstrip().startswith("--index") or "file:" in line]
        packages = [number for number, line in enumerate(lines) if line and not line.startswith((" ", "#"))]
        assert all("==" in lines[number] and "--hash=sha256:" in lines[number + 1] for number in packages)
