"""What an operator's monitoring reads of a processor, at /metrics."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

videos = Counter("dailies_processor_videos", "Videos by what came of them.", ["outcome", "code"])
step_seconds = Histogram(
    "dailies_processor_step_seconds",
    "Seconds that each step of the work on a video took.",
    ["step"],
    buckets=(0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10_000),
)
checkpoints = Counter(
    "dailies_processor_checkpoints",
    "Steps by whether a checkpoint saved them.",
    ["step", "found"],
)
encodes = Counter(
    "dailies_processor_encodes",
    "Encodes by what encoded (software, nvenc or vaapi) and what came of it.",
    ["engine", "outcome"],
)
busy_slots = Gauge("dailies_processor_busy_slots", "Slots that work on a video.")
slots = Gauge("dailies_processor_slots", "Slots of this processor.")
media_seconds = Counter("dailies_processor_media_seconds", "Seconds of source media that were processed.")
