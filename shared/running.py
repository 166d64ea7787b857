"""The life of a process: settings, logs, health, signals, and an orderly end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from shared import health, logs, monitor, tracing
from shared.errors import DailiesError
from shared.health import Check, Checks, Pulse
from shared.settings import Common, load

S = TypeVar("S", bound=Common)


class Lifetime:
    """What a process knows of its own state: whether it is ready, and when it has to end."""

    def __init__(self, process: str) -> None:
        self.process = process
        self.stopping = asyncio.Event()
        self.pulse = Pulse()
        self._ready = False
        self._checks = Checks()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._log = logs.logger(__name__)

    def ready(self, **checks: Check) -> None:
        """Say that work can begin, and what it needs: each by its name is asked again at every question about health."""
        self._checks.add(**checks)
        self._ready = True
        self._log.info("ready")

    async def look(self) -> dict[str, str]:
        """Everything that the process needs with `ok`, or what is wrong; a process is ready when all of it is `ok`."""
        if self.stopping.is_set():
            return {"process": "it is ending"}
        return {"process": health.OK if self._ready else "it is starting", **await self._checks.look()}

    def background(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something for as long as the process lives; if it fails, the process ends and is restarted by its keeper."""
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._log.error("a background task failed; the process ends", exc_info=error)
            self.stopping.set()

    async def until_stopped(self) -> None:
        """Wait for SIGTERM or SIGINT, then end the background tasks."""
        await self.stopping.wait()
        while self._tasks:
            # More than once, because a cancellation can get lost in a library.
            for task in list(self._tasks):
                task.cancel()
            await asyncio.wait(self._tasks, timeout=1)


def run(
    kind: type[S],
    service: str,
    main: Callable[[S, Lifetime], Awaitable[None]],
    *,
    loop: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> None:
    """Run a process from its settings to its end; the exit status tells whether it ended well. `loop` makes its event loop."""
    settings = load(kind, os.environ)
    process = settings.process_name or f"{service}@{socket.gethostname()}.{os.getpid()}"
    logs.configure(settings.log_level, settings.log_format, process)
    try:
        with asyncio.Runner(loop_factory=loop) as runner:
            runner.run(_live(settings, Lifetime(process), main))
    except DailiesError as error:
        sys.exit(f"{service}: {error}")
    # Threads of libraries may still wait for messages; nothing of theirs is worth waiting for.
    sys.stdout.flush()


async def _live(settings: S, lifetime: Lifetime, main: Callable[[S, Lifetime], Awaitable[None]]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lifetime.stopping.set)
    tracing.configure(settings.otlp_url, lifetime.process)
    server = monitor.serve(settings.monitor_host, settings.monitor_port, lifetime) if settings.monitor_port else None
    beating = asyncio.create_task(lifetime.pulse.beat_for_ever())
    try:
        await main(settings, lifetime)
    finally:
        beating.cancel()
        if server is not None:
            server.shutdown()
        tracing.close()
