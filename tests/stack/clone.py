"""A clone of the repository whose services are stand-ins, and the command line of its stack."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stack import leftovers, lock, postgres
from stack.processes import PROCESSES, SERVICES

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "import os; print('migrating with', os.environ['DAILIES_DATABASE_URL'])\n"
APP = "from standin import serve\n\nserve()\n"


@dataclass
class Clone:
    """A folder with everything that `python3 -m stack` needs, and the copies of it that a test started."""

    root: Path
    python: str = sys.executable
    before: Sequence[str] = ()
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def run_folder(self) -> Path:
        """Where its stack keeps its things."""
        return self.root.resolve() / ".run"

    def command(self, *arguments: str) -> list[str]:
        """The stack's command line."""
        return [*self.before, self.python, "-m", "stack", *arguments]

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.command(*arguments), check=False, cwd=self.root, capture_output=True, text=True, timeout=120
        )

    def up(self, *arguments: str, **settings: str) -> "Running":
        """Start everything and wait until it says that it is ready."""
        process = subprocess.Popen(
            self.command("up", *arguments),
            cwd=self.root,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        running = Running(process)
        running.read_until("Stop  ")
        return running

    def processes(self) -> set[int]:
        """All processes of its stack."""
        return leftovers.find(self.run_folder, data=postgres.data_folder(self.run_folder))

    def close(self) -> None:
        """End what a failed test left running, and remove the data."""
        for process in self.started:
            process.kill()
            process.communicate()
        if not self.run_folder.exists():
            return
        data = postgres.data_folder(self.run_folder)
        leftovers.end(self.run_folder, data=data)
        shutil.rmtree(data.parent, ignore_errors=True)


@dataclass
class Running:
    """A stack in the foreground, and what it has printed so far."""

    process: subprocess.Popen[str]
    output: str = ""

    def read_until(self, words: str) -> None:
        """Read its output up to these words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
            if words in line:
                return
        raise AssertionError(f"it ended before it said {words!r}:\n{self.output}")

    def wait(self) -> int:
        """Read the rest of its output and give its exit status."""
        rest, _ = self.process.communicate(timeout=60)
        self.output += rest
        return self.process.returncode


def make(root: Path) -> Clone:
    """Lay out a clone: the real stack, stand-ins for the services, this Python as the virtual environment."""
    shutil.copytree(ROOT / "stack", root / "stack", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(Path(__file__).with_name("standin.py"), root / "standin.py")
    (root / "services").mkdir()
    (root / "services" / "__init__.py").touch()
    for service in SERVICES:
        folder = root / "services" / service
        folder.mkdir()
        (folder / "__init__.py").touch()
        (folder / "database.py").write_text(DATABASE)
    for kind in PROCESSES:
        (root / "services" / kind.service / f"{kind.name.partition('.')[2]}.py").write_text(APP)
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").symlink_to(sys.executable)
    return Clone(root)


def pid_of(name: str, table: str) -> int:
    """The process id in the output of `ps`."""
    found = re.search(rf"^{re.escape(name)} +(\d+) ", table, re.MULTILINE)
    assert found is not None, table
    return int(found[1])


def eventually(condition: Callable[[], object], *, within_s: float = 30.0) -> None:
    """Wait until the condition holds."""
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def is_locked(clone: Clone) -> bool:
    """Whether a stack runs in the clone."""
    return lock.holder(clone.run_folder / "lock") is not None
