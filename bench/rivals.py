"""Other programs that cut silence or cut without encoding everything: unsilence and smartcut, in an environment of their own.

unsilence leaves the encoder at ffmpeg's usual settings; it finds an ffmpeg on its path that adds ours, so that both do the same work.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from bench.place import FOLDER, ROOT
from stack.errors import StackError

LOCK = ROOT / "requirements-bench.txt"
HOME = FOLDER / "rivals"


def ensure() -> None:
    """Install them; nothing happens when they are there. Raises `StackError` when they cannot be had."""
    stamp = HOME / "lock"
    if stamp.exists() and stamp.read_text() == LOCK.read_text():
        return
    shutil.rmtree(HOME, ignore_errors=True)
    pip = [str(HOME / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    for command in ([sys.executable, "-m", "venv", str(HOME)], [*pip, "--require-hashes", "-r", str(LOCK)]):
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            raise StackError(f"unsilence and smartcut could not be installed: {done.stderr.strip()[-500:]}")
    stamp.write_text(LOCK.read_text())


def unsilence(
    clip: Path, to: Path, encoder: Sequence[str], threshold_db: float, least_s: float, margin_s: float
) -> None:
    """Have unsilence remove the silence: what is silent is played a hundred times as fast."""
    shim = HOME / "shim" / "ffmpeg"
    shim.parent.mkdir(exist_ok=True)
    options = " ".join(encoder)
    shim.write_text(f'#!/bin/bash\nexec {shutil.which("ffmpeg")} "${{@:1:$#-1}}" {options} "${{@: -1}}"\n')
    shim.chmod(0o755)
    command = ["unsilence", "-y", "-ss", "100", "-sl", str(threshold_db), "-stt", str(least_s), "-st", str(margin_s)]
    _run([*command, str(clip), str(to)], f"{shim.parent}:")


def smartcut(clip: Path, to: Path, kept: Sequence[tuple[int, int]], fps: Fraction) -> None:
    """Have smartcut keep the frames."""
    edges = ",".join(f"{float(edge / fps):.6f}" for span in kept for edge in span)
    _run(["smartcut", str(clip), str(to), "--keep", edges], "")


def _run(command: Sequence[str], first: str) -> None:
    environment = {**os.environ, "PATH": f"{first}{HOME / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["nice", "-n", "10", *command], check=False, capture_output=True, text=True, env=environment, cwd=HOME
    )
    if done.returncode:
        raise StackError(f"{command[0]} failed: {(done.stdout + done.stderr).strip()[-500:]}")
