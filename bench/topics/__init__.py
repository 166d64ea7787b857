"""Every topic, by the name that `make bench ONLY=` takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.rows import Row
from bench.topics import export, progress, scheduling, sse

TOPICS: dict[str, Callable[[], Sequence[Row]]] = {
    "export": export.run,
    "progress": progress.run,
    "scheduling": scheduling.run,
    "sse": sse.run,
}
