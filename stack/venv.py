"""The virtual environment `.venv`, made from the hashed locks and made again only when they change."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from stack.errors import StackError

OLDEST = (3, 11)
# uv installs the lock in a seventh of pip's time; pip only installs uv. If uv cannot reach the packages (it does not
# read pip's settings), pip does it all.
INSTALLER_LOCK = "requirements-uv.txt"
LOCK = "requirements.txt"
DEV_LOCK = "requirements-dev.txt"
CLIENT = """#!/bin/sh
# The command line client, from anywhere.
bin=$(dirname "$(readlink -f "$0")")
PYTHONPATH="$bin/../..${PYTHONPATH:+:$PYTHONPATH}" exec "$bin/python" -m client "$@"
"""


def python(root: Path) -> Path:
    """The interpreter of the virtual environment."""
    return root / ".venv" / "bin" / "python"


def ensure(root: Path, *, dev: bool, say: Callable[[str], None]) -> None:
    """Bring `.venv` in line with the locks; nothing happens when it is.

    The stamp is removed before and written after any change, so that a set-up which was killed is done anew.
    Raises `StackError` when Python is too old or packages cannot be had.
    """
    if sys.version_info < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise StackError(f"Dailies needs Python {wanted} or newer, and this is {sys.version.split()[0]}.")
    folder = root / ".venv"
    stamp = folder / "dailies-stamp.json"
    have = _read(stamp)
    level = "dev" if dev or have.get("level") == "dev" else "run"
    lock = _digest(root, level)
    version = _version(python(root)) if have else ""
    # A whole environment that still runs is changed in place; anything else is made from nothing.
    whole = have.get("root") == str(root) and bool(version) and have.get("python") == version
    if whole and have.get("lock") == lock:
        return
    stamp.unlink(missing_ok=True)
    say(f"Installing Python packages into {folder} ...")
    if not whole:
        shutil.rmtree(folder, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(folder)], root)
    _fill(root, DEV_LOCK if level == "dev" else LOCK, say)
    client = folder / "bin" / "dailies"
    client.write_text(CLIENT)
    client.chmod(0o755)
    made = {"level": level, "lock": lock, "root": str(root), "python": _version(python(root))}
    stamp.write_text(json.dumps(made))


def _fill(root: Path, lock: str, say: Callable[[str], None]) -> None:
    interpreter = str(python(root))
    pip = [interpreter, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--require-hashes", "-r"]
    uv = str(python(root).with_name("uv"))
    try:
        _run([*pip, INSTALLER_LOCK], root)
        _run([uv, "pip", "sync", "-q", "--python", interpreter, "--require-hashes", "--no-build", lock], root)
    except StackError:
        say("uv could not install the packages, so pip does (this takes about a minute) ...")
        _run([*pip, lock], root)


def _run(command: list[str], root: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    try:
        done = subprocess.run(command, check=False, cwd=root, capture_output=True, text=True, env=inherited)
    except OSError as error:
        raise StackError(f"{command[0]} could not be run: {error.strerror}.") from None
    if done.returncode != 0:
        raise StackError(f"This failed: {' '.join(command)}\n{(done.stdout + done.stderr).strip()[-3000:]}")


def _digest(root: Path, level: str) -> str:
    locks = (INSTALLER_LOCK, DEV_LOCK if level == "dev" else LOCK)
    return hashlib.sha256(b"".join(name.encode() + (root / name).read_bytes() for name in locks)).hexdigest()


def _version(interpreter: Path) -> str:
    """What the interpreter says its version is; nothing when it does not run (its Python was removed or replaced)."""
    try:
        asked = [str(interpreter), "-c", "import sys; print(sys.version_info[:2])"]
        return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _read(stamp: Path) -> dict[str, str]:
    try:
        found = json.loads(stamp.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
