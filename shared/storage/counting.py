"""Counts the traffic with the store: requests by what came of them, and bytes. Operations have the names of HTTP's methods."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from time import monotonic
from typing import Any, ParamSpec, TypeVar

from prometheus_client import Counter, Histogram

from shared.errors import DailiesError
from shared.media import StoredObject
from shared.views import StoredPart

P = ParamSpec("P")
A = TypeVar("A")

requests = Counter(
    "dailies_store_requests", "Requests to the store, by `ok` or what went wrong.", ["operation", "outcome"]
)
request_seconds = Histogram(
    "dailies_store_request_seconds",
    "Seconds that the store took, bytes included.",
    ["operation"],
    buckets=(0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100),
)
traffic = Counter("dailies_store_bytes", "Bytes written to the store (in) and read from it (out).", ["direction"])


def counted(
    operation: str, direction: str = ""
) -> Callable[[Callable[P, Coroutine[Any, Any, A]]], Callable[P, Coroutine[Any, Any, A]]]:
    """Count a coroutine of a store; with a direction also the bytes of the object that it gives."""

    def wrap(method: Callable[P, Coroutine[Any, Any, A]]) -> Callable[P, Coroutine[Any, Any, A]]:
        @wraps(method)
        async def run(*args: P.args, **named: P.kwargs) -> A:
            begun, outcome = monotonic(), "stopped"
            try:
                result = await method(*args, **named)
                outcome = "ok"
            except DailiesError as error:
                outcome = error.code
                raise
            except Exception:
                outcome = "internal"
                raise
            finally:
                requests.labels(operation, outcome).inc()
                request_seconds.labels(operation).observe(monotonic() - begun)
            if direction and isinstance(result, StoredObject | StoredPart):
                traffic.labels(direction).inc(result.size_bytes)
            return result

        return run

    return wrap
