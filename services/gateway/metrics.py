"""What an operator's monitoring reads of the API and the live events, at /metrics; of letters and webhooks: `sending_metrics`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

from services.gateway.feed import Feed

NO_ROUTE = "none"
"""What was asked for at an address that does not exist: those are named by whoever asks, and never by us."""
STREAM = b"text/event-stream"

requests = Counter("dailies_gateway_requests", "Requests by route and status.", ["method", "route", "status"])
request_seconds = Histogram(
    "dailies_gateway_request_seconds",
    "Seconds to the end of an answer; live events are not in it.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)
watchers = Gauge("dailies_gateway_watchers", "Clients that hold a stream of live events open.")
sign_ins = Counter("dailies_gateway_sign_ins", "Tries to sign in.", ["outcome"])


def count_request(scope: Mapping[str, Any], status: int, took_s: float, *, stream: bool) -> None:
    """Count an answer. The route is the pattern that was matched, so that there are not more of them than in the code."""
    route = str(scope.get("path_template") or NO_ROUTE)
    method = scope["method"] if route != NO_ROUTE else "any"
    requests.labels(method, route, str(status or 499)).inc()
    if not stream:
        request_seconds.labels(method, route).observe(took_s)


def show_watchers(feed: Feed) -> None:
    """Have the number of watchers in the metrics of this process."""
    watchers.set_function(lambda: sum(map(len, list(feed.watchers.values()))))
