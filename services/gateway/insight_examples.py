"""Examples of answers about periods, for the description of the API."""

from __future__ import annotations

from datetime import date

from shared.insight import Analytics, StepTotals, Tally, Totals

TOTALS = Totals(
    batches_completed=2,
    videos_completed=38,
    videos_failed=2,
    source_s=102_600.0,
    output_s=83_106.0,
    saved_s=19_494.0,
    processing_s=15_390.0,
)
ANALYTICS = Analytics(
    since=date(2026, 11, 1),
    until=date(2026, 11, 30),
    totals=TOTALS,
    success_rate=0.95,
    speed=6.667,
    average_processing_s=405.0,
    average_wait_s=61.5,
    average_batch_s=8100.0,
    step="day",
    steps=(StepTotals(since=date(2026, 11, 22), totals=TOTALS),),
    failures=(Tally(name="failed_permanently", count=2),),
    settings=(Tally(name="remove_silence", count=2), Tally(name="export_quality=1080p", count=2)),
)
