"""Real processor processes, to be killed, frozen and told to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stack.local import LocalStack


class Processes:
    """The processors of one test. All work in scratch folders below one folder of the test."""

    def __init__(self, servers: LocalStack, folder: Path, settings: dict[str, object]) -> None:
        self.servers = servers
        self.folder = folder
        self.settings = settings
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Start a processor; it is heard of when it is ready."""
        environment = self.environment(name)
        with (self.folder / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", "services.processor.worker"]
            self._running[name] = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def environment(self, name: str) -> dict[str, str]:
        """The environment of a processor."""
        wanted = {f"DAILIES_{field.upper()}": str(value) for field, value in self.settings.items()}
        own = {"DAILIES_SCRATCH_FOLDER": str(self.scratch(name)), "DAILIES_MONITOR_PORT": "0"}
        return {**self.servers.environment("processor.worker.1"), **wanted, **own, "DAILIES_PROCESS_NAME": name}

    def scratch(self, name: str) -> Path:
        """Where a processor works."""
        return self.folder / "scratch" / name

    def pid(self, name: str) -> int:
        """The process id of a processor."""
        return self._running[name].pid

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a processor a signal, and nobody else."""
        self._running[name].send_signal(number)

    def wait(self, name: str) -> int:
        """Wait until a processor has ended; gives its exit status."""
        return self._running.pop(name).wait(20)

    def files(self, name: str) -> list[Path]:
        """What a processor has in its scratch folder."""
        return [path for path in self.scratch(name).rglob("*") if path.is_file() and path.suffix != ".lock"]

    def ffmpegs(self) -> set[int]:
        """The ffmpegs that work for any of these processors, whether it lives or not."""
        found = set()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                ours = str(self.folder).encode() in (process / "cmdline").read_bytes()
                if ours and (process / "comm").read_text().strip() == "ffmpeg":
                    found.add(int(process.name))
        return found

    @contextmanager
    def rendering_stopped(self) -> Iterator[None]:
        """Let no ffmpeg go on inside the block."""
        stopped = self.ffmpegs()
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)


@contextmanager
def processes(servers: LocalStack, folder: Path, settings: dict[str, object]) -> Iterator[Processes]:
    """Processors that do not outlive the block."""
    running = Processes(servers, folder, settings)
    try:
        yield running
    finally:
        for process in running._running.values():
            process.kill()
            process.wait()
