"""The monitor's port: /health/live, /health/ready and /metrics, in threads of its own, so that a busy process answers too."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as OutOfTime
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import Any, Protocol
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import REGISTRY, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shared import measuring
from shared.health import CHECK_S, OK, Pulse


class Watched(Protocol):
    """A process as its monitor sees it."""

    pulse: Pulse

    async def look(self) -> dict[str, str]:
        """What it needs, with `ok` or what is wrong."""
        ...


class Dependencies(Collector):
    """What the process needs, as a gauge for each."""

    def __init__(self, ask: Any) -> None:
        self._ask = ask

    def describe(self) -> Iterator[Metric]:
        """Known when somebody asks only."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """As of now."""
        up = GaugeMetricFamily(
            "dailies_dependency_up", "Whether what the process needs is there (1) or not (0).", labels=["dependency"]
        )
        for name, said in self._ask().items():
            up.add_metric([name], float(said == OK))
        yield up


def serve(host: str, port: int, process: Watched) -> WSGIServer:
    """Begin to answer; the caller is on the process's event loop."""
    loop = asyncio.get_running_loop()
    measuring.use(loop)

    def looked() -> dict[str, str]:
        asked: Future[dict[str, str]] = asyncio.run_coroutine_threadsafe(process.look(), loop)
        try:
            # The rest is for a loop that has much to do.
            return asked.result(CHECK_S + 0.5)
        except OutOfTime:
            asked.cancel()
            return {"process": "it is too busy to answer"}

    REGISTRY.register(Dependencies(looked))
    metrics = make_wsgi_app()

    def answer(environ: Any, start: Any) -> Any:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            return metrics(environ, start)
        if path == "/health/live":
            return _say(start, process.pulse.beats, {"live": process.pulse.beats})
        if path == "/health/ready":
            said = looked()
            ready = all(word == OK for word in said.values())
            return _say(start, ready, {"ready": ready, "missing": [n for n in said if said[n] != OK], "checks": said})
        start("404 Not Found", [("Content-Type", "text/plain")])
        return [b"There is /health/live, /health/ready and /metrics.\n"]

    server = make_server(host, port, answer, server_class=_Threaded, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, name="monitor", daemon=True).start()
    return server


def _say(start: Any, well: bool, body: dict[str, Any]) -> list[bytes]:  # noqa: FBT001 - a status, not a switch
    status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
    start(f"{status.value} {status.phrase}", [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
    return [json.dumps(body).encode() + b"\n"]


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        pass
