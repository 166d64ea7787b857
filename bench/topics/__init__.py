"""Every topic, by the name that `make bench ONLY=` takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.rows import Row
from bench.topics import (
    batch,
    criteria,
    cuts,
    cutting,
    export,
    insight,
    listening,
    page,
    progress,
    responsiveness,
    scheduling,
    sse,
    transcripts,
    upload,
)

TOPICS: dict[str, Callable[[], Sequence[Row]]] = {
    "batch": batch.run,
    "criteria": criteria.run,
    "cuts": cuts.run,
    "cutting": cutting.run,
    "export": export.run,
    "insight": insight.run,
    "listening": listening.run,
    "page": page.run,
    "progress": progress.run,
    "responsiveness": responsiveness.run,
    "scheduling": scheduling.run,
    "sse": sse.run,
    "transcripts": transcripts.run,
    "upload": upload.run,
}
