"""Every topic, by the name that `make bench ONLY=` takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.rows import Row
from bench.topics import export, insight, page, progress, responsiveness, scheduling, sse, transcripts, upload

TOPICS: dict[str, Callable[[], Sequence[Row]]] = {
    "export": export.run,
    "insight": insight.run,
    "page": page.run,
    "progress": progress.run,
    "responsiveness": responsiveness.run,
    "scheduling": scheduling.run,
    "sse": sse.run,
    "transcripts": transcripts.run,
    "upload": upload.run,
}
