"""What an operator's monitoring reads of the exporter, at /metrics."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

from shared.metrics import LONG_S

exports = Counter(
    "dailies_exporter_exports",
    "Exports: built, reused (the file was there), failed (with the code of the reason) or stopped.",
    ["format", "outcome", "code"],
)
build_seconds = Histogram(
    "dailies_exporter_build_seconds", "Seconds that building a deliverable took.", ["format"], buckets=LONG_S
)
built_bytes = Counter("dailies_exporter_built_bytes", "Bytes of deliverables that were built.", ["format"])
left_out = Counter("dailies_exporter_left_out", "Videos that were left out of an export because they were damaged.")
