"""The life of a process: settings, logs, health, signals, and an orderly end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from socketserver import ThreadingMixIn
from typing import Any, TypeVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from shared import logs
from shared.errors import DailiesError
from shared.settings import Common, load

S = TypeVar("S", bound=Common)


class Lifetime:
    """What a process knows of its own state: whether it is ready, and when it has to end."""

    def __init__(self, process: str) -> None:
        self.process = process
        self.stopping = asyncio.Event()
        self._ready = False
        self._checks: list[Callable[[], bool]] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._log = logs.logger(__name__)

    def ready(self, *checks: Callable[[], bool]) -> None:
        """Say that work can begin. The checks are asked again at every question about health."""
        self._checks.extend(checks)
        self._ready = True
        self._log.info("ready")

    @property
    def is_ready(self) -> bool:
        """Whether the process is ready and everything it needs is there."""
        return self._ready and not self.stopping.is_set() and all(check() for check in self._checks)

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
    monitor = _monitor(settings, lifetime) if settings.monitor_port else None
    try:
        await main(settings, lifetime)
    finally:
        if monitor is not None:
            monitor.shutdown()


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        pass


def _monitor(settings: Common, lifetime: Lifetime) -> WSGIServer:
    """Serve /health/live, /health/ready and /metrics in a thread, so that they answer even when the loop is busy."""
    metrics = make_wsgi_app()

    def answer(environ: Any, start: Any) -> Any:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            return metrics(environ, start)
        well = path == "/health/live" or (path == "/health/ready" and lifetime.is_ready)
        status = "200 OK" if well else "503 Service Unavailable" if path.startswith("/health/") else "404 Not Found"
        start(status, [("Content-Type", "text/plain")])
        return [f"{status}\n".encode()]

    server = make_server(
        settings.monitor_host, settings.monitor_port, answer, server_class=_Threaded, handler_class=_Quiet
    )
    threading.Thread(target=server.serve_forever, name="monitor", daemon=True).start()
    return server
