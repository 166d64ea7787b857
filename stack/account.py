"""Runs the gateway's command for accounts beside the gateway that runs, with its settings."""

import json
import os
import subprocess
from pathlib import Path

from stack import venv
from stack.errors import StackError

GATEWAY = "gateway.app"


def run(root: Path, arguments: list[str]) -> int:
    """Run `python -m services.gateway.admin` with these arguments; gives its exit status.

    Raises `StackError` when no gateway runs.
    """
    command = [str(venv.python(root)), "-m", "services.gateway.admin", *arguments]
    return subprocess.run(command, check=False, cwd=root, env=environment_of(GATEWAY, root / ".run")).returncode


def environment_of(process: str, folder: Path) -> dict[str, str]:
    """The environment of a running process of the stack in this folder. Raises `StackError` when it does not run."""
    try:
        rows = json.loads((folder / "status.json").read_text())
        pid = next(row["pid"] for row in rows if row["name"] == process)
        written = Path(f"/proc/{pid}/environ").read_bytes()
    except (OSError, StopIteration) as error:
        raise StackError("Dailies is not running; start it with: make up") from error
    return dict(os.fsdecode(pair).split("=", 1) for pair in written.split(b"\0") if b"=" in pair)
