"""Examples of answers about periods, for the description of the API."""

from __future__ import annotations

from datetime import UTC, date, datetime

from services.gateway.examples import BATCH, USER
from shared.batches import BatchStatus
from shared.insight import (
    Analytics,
    Deletion,
    Deletions,
    LedgerLine,
    LedgerPage,
    MonthsUsed,
    MonthUsed,
    StepTotals,
    Storage,
    Tally,
    Totals,
)

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
STORAGE = Storage(videos=20, videos_bytes=14_680_064_000, results_bytes=11_890_851_840, exports_bytes=11_890_900_000)
MONTHS = MonthsUsed(
    months=(
        MonthUsed(
            month=date(2026, 11, 1), minutes_used=340.0, minutes_held=30.0, minutes_refunded=12.5, videos=12, batches=2
        ),
    )
)
LEDGER = LedgerPage(
    lines=(
        LedgerLine(
            id=f"{BATCH}:1:hold",
            kind="hold",
            booked_at=datetime(2026, 11, 22, 21, 0, tzinfo=UTC),
            month=date(2026, 11, 1),
            minutes=30.0,
            balance_minutes=30.0,
            batch_job_id=BATCH,
            batch_name="Season 3",
            video_name="episode-1.mp4",
        ),
    ),
    next_after=None,
)
DELETIONS = Deletions(
    batches=1,
    stored_bytes=11_890_851_840,
    deletions=(
        Deletion(
            batch_job_id=BATCH,
            user_id=USER,
            name="Season 3",
            status=BatchStatus.COMPLETED,
            ended_at=datetime(2026, 10, 25, 5, 0, tzinfo=UTC),
            videos=20,
            stored_bytes=11_890_851_840,
            announced=True,
            in_use=False,
            delete_at=datetime(2026, 11, 24, 5, 0, tzinfo=UTC),
        ),
    ),
)
