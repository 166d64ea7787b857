"""Every topic, by the name that `make bench ONLY=` takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.rows import Row
from bench.topics import progress, scheduling, sse

TOPICS: dict[str, Callable[[], Sequence[Row]]] = {
    "progress": progress.run,
    "scheduling": scheduling.run,
    "sse": sse.run,
}
