"""Examples of what operators are told, for the description of the API."""

from __future__ import annotations

from services.gateway.examples import BATCH, EVENING, USER, VIDEO
from shared.batches import Tier
from shared.reports import FailedVideo, FailurePage, PriorityCount, QueuedUser, QueueShown

QUEUE = QueueShown(
    waiting_videos=37,
    waiting_users=1,
    retries=1,
    exports=0,
    running=3,
    slots=4,
    priorities=(PriorityCount(priority=6, videos=37),),
    users=(
        QueuedUser(
            user_id=USER,
            tier=Tier.CREATOR,
            waiting=37,
            running=3,
            concurrency=3,
            batch_job_id=BATCH,
            batch_name="Season 3",
            video_name="episode-4.mp4",
            priority=6,
            waiting_since=EVENING,
        ),
    ),
)
FAILURES = FailurePage(
    failures=(
        FailedVideo(
            id=VIDEO,
            batch_job_id=BATCH,
            batch_name="Season 3",
            user_id=USER,
            name="episode-2.mp4",
            size_bytes=734_003_200,
            failed_at=EVENING,
            error_code="failed_permanently",
            error_message="The file is damaged: no picture can be read.",
            attempts=1,
        ),
    ),
    next_after=None,
)
