"""Brings the services' schemas up to date, with each service's own command."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from stack.errors import StackError


def run(environments: Mapping[str, Mapping[str, str]], *, python: str, root: Path, logs: Path) -> None:
    """Run `python -m services.<name>.database` for each service, side by side.

    Raises `StackError` with the output of the first one that failed, after all of them have ended.
    """
    running = {
        name: subprocess.Popen(
            [python, "-m", f"services.{name}.database"],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for name, environment in environments.items()
    }
    outputs = {name: process.communicate()[0].decode(errors="replace") for name, process in running.items()}
    for name, output in outputs.items():
        (logs / f"{name}.database.log").write_text(output)
    for name, process in running.items():
        if process.returncode != 0:
            raise StackError(f"The database of the {name} could not be brought up to date:\n{outputs[name].strip()}")
