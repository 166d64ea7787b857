"""One batch as an example, for the description of the API."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from shared.batches import (
    BatchSettings,
    BatchStatus,
    ExportFormat,
    ExportStatus,
    Quality,
    Tier,
    VideoStatus,
)
from shared.library import Video, VideoBatch, VideoPage, VideoProxy
from shared.media import MediaFacts, Stage
from shared.reports import BatchReport, Usage, VideoReport, Workers, WorkerShown, WorkShown
from shared.tiers import DEFAULT_TIERS
from shared.views import (
    BatchDetails,
    BatchExport,
    BatchJob,
    BatchPage,
    BatchStarted,
    BatchVideo,
    ExportEstimate,
    ExportPage,
    LeftOut,
    PartUrl,
    PartUrls,
    StoredPart,
    UploadPlan,
    UploadState,
    UserExport,
    UserExports,
)

EVENING = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
USER = UUID("0192f0c1-7a51-7d0e-9c3b-0d6a2f1b8e11")
BATCH = UUID("0192f0c2-11aa-7f5e-8a77-5a1d3c9b7f22")
VIDEO = UUID("0192f0c2-11ab-7b6a-b0de-8f7a6e5d4c33")
EXPORT = UUID("0192f0c9-5d21-7e44-a1b2-c3d4e5f60744")
STORE = "https://dailies.example.com:8471/objects"

SETTINGS = BatchSettings(
    transcribe=True, language="en", remove_silence=True, silence_threshold=-38.0, export_quality=Quality.P1080
)

BATCH_JOB = BatchJob(
    id=BATCH,
    user_id=USER,
    name="Season 3",
    description="All episodes, tightened",
    settings=SETTINGS,
    status=BatchStatus.PROCESSING,
    priority=8,
    total_videos=1,
    completed_videos=0,
    failed_videos=0,
    cancelled_videos=0,
    running_videos=1,
    progress_percentage=42,
    total_duration_seconds=1834.2,
    processed_duration_seconds=0.0,
    estimated_time_remaining=310,
    estimated_completion_at=EVENING + timedelta(seconds=850),
    created_at=EVENING,
    started_at=EVENING + timedelta(minutes=4),
    updated_at=EVENING + timedelta(minutes=9),
)

BATCH_VIDEO = BatchVideo(
    id=UUID("0192f0c2-11ac-70a1-9be0-1f2e3d4c5b55"),
    batch_job_id=BATCH,
    video_id=VIDEO,
    position=1,
    name="episode-1.mp4",
    size_bytes=734_003_200,
    duration_s=1834.2,
    status=VideoStatus.PROCESSING,
    progress_percentage=42,
    current_stage=Stage.REMOVING_SILENCE,
    attempt=1,
    estimated_time_remaining=310,
    estimated_completion_at=EVENING + timedelta(seconds=850),
    uploaded_at=EVENING + timedelta(minutes=3),
    created_at=EVENING,
    started_at=EVENING + timedelta(minutes=4),
    updated_at=EVENING + timedelta(minutes=9),
)

DETAILS = BatchDetails(batch_job=BATCH_JOB, videos=(BATCH_VIDEO,))
PAGE = BatchPage(batch_jobs=(BATCH_JOB,), total=1, by_status={BatchStatus.PROCESSING: 1})
STARTED = BatchStarted(job_id=UUID("0192f0c5-aa10-7c3d-8e9f-a0b1c2d3e466"), batch_job=BATCH_JOB)

UPLOAD_PLAN = UploadPlan(
    video_id=VIDEO,
    name="episode-1.mp4",
    upload_id="5b0c2e9a",
    url=f"{STORE}/sources/episode-1?part=1&expires=1795209900&signature=8f2c",
    headers={},
    part_size_bytes=16_777_216,
    part_count=44,
    expires_at=EVENING + timedelta(minutes=15),
)

UPLOAD_STATE = UploadState(
    plan=UPLOAD_PLAN,
    parts=(StoredPart(number=1, size_bytes=16_777_216, etag="9b2cf535f27731c974343645a3985328"),),
    complete=False,
)

PART_URLS = PartUrls(
    parts=(
        PartUrl(
            number=2,
            url=f"{STORE}/sources/episode-1?part=2&expires=1795209900&signature=77d1",
            size_bytes=16_777_216,
        ),
    ),
    expires_at=EVENING + timedelta(minutes=15),
)

LIBRARY_VIDEO = Video(
    id=VIDEO,
    user_id=USER,
    name="episode-1.mp4",
    status="ready",
    size_bytes=734_003_200,
    content_type="video/mp4",
    facts=MediaFacts(
        container="mp4",
        duration_s=1834.2,
        width=1920,
        height=1080,
        frame_rate="30000/1001",
        video_codec="h264",
        pixel_format="yuv420p",
        audio_codec="aac",
        audio_channels=2,
        sample_rate=48_000,
        audio_streams=1,
        bit_rate=3_201_000,
    ),
    playable=True,
    created_at=EVENING,
    uploaded_at=EVENING + timedelta(minutes=3),
)
VIDEO_PROXY = VideoProxy(status="preparing", progress=40)
VIDEO_PAGE = VideoPage(videos=(LIBRARY_VIDEO,), total=1)

BATCH_EXPORT = BatchExport(
    id=EXPORT,
    batch_job_id=BATCH,
    format=ExportFormat.ZIP,
    status=ExportStatus.COMPLETED,
    progress=100,
    file_name="Season 3.zip",
    file_size=512_010_233,
    download_url=f"{STORE}/deliverables/season-3.zip?expires=1795296300&signature=04ab",
    expires_at=EVENING + timedelta(days=1),
    created_at=EVENING + timedelta(minutes=20),
    completed_at=EVENING + timedelta(minutes=21),
)
EXPORT_ESTIMATE = ExportEstimate(
    videos=2,
    size_bytes=734_003_200,
    duration_s=3_512.4,
    file_name="Season 3.zip",
    files=("001_episode-1.mp4", "002_episode-2.mp4"),
    left_out=(LeftOut(position=3, name="episode-3.mov", reason="This is not a video file that can be read."),),
)

EXPORT_PAGE = ExportPage(exports=(BATCH_EXPORT,))

TEMPLATE: dict[str, Any] = {
    "id": UUID("0192f0d4-2b31-7c10-8d9e-a1b2c3d4e588"),
    "name": "Podcast",
    "settings": SETTINGS,
    "is_default": True,
    "created_at": EVENING,
    "updated_at": EVENING,
}
VIDEO_BATCH = VideoBatch(video_id=VIDEO, batch_job_id=BATCH, batch_name="Season 3", batch_status=BatchStatus.PROCESSING)
USER_EXPORTS = UserExports(exports=(UserExport(batch_name="Season 3", export=BATCH_EXPORT),))
LIBRARY_VIDEO_SHOWN: dict[str, Any] = {
    **msgspec.structs.asdict(LIBRARY_VIDEO),
    "batches": [VIDEO_BATCH],
    "source_url": f"{STORE}/sources/episode-1?expires=1795296300&signature=5be1",
}

REPORT = BatchReport(
    batch_job_id=BATCH,
    name="Season 3",
    status=BatchStatus.COMPLETED,
    started_at=EVENING + timedelta(minutes=4),
    completed_at=EVENING + timedelta(minutes=16),
    elapsed_s=720.0,
    processing_s=655.2,
    completed_videos=1,
    failed_videos=0,
    cancelled_videos=0,
    source_s=1834.2,
    output_s=1402.7,
    saved_s=431.5,
    warnings=0,
    videos=(
        VideoReport(
            video_id=VIDEO,
            position=1,
            name="episode-1.mp4",
            status=VideoStatus.COMPLETED,
            source_s=1834.2,
            output_s=1402.7,
            saved_s=431.5,
            processing_s=655.2,
            attempts=1,
            error_code=None,
            error_message=None,
            what_to_do=None,
            warnings=(),
        ),
    ),
)
USAGE = Usage(
    tier=Tier.PRO,
    month=date(2026, 11, 1),
    resets_at=datetime(2026, 12, 1, tzinfo=UTC),
    minutes_used=1204.5,
    minutes_held=30.57,
    minutes_limit=12_000,
    minutes_left=10_764.93,
    open_batches=1,
    running_videos=1,
    concurrency=5,
    limits=DEFAULT_TIERS[Tier.PRO],
)
WORKERS = Workers(
    workers=(
        WorkerShown(
            worker="processor-1",
            service="processor",
            slots=1,
            alive=True,
            started_at=EVENING,
            running=(
                WorkShown(
                    id=BATCH_VIDEO.id,
                    kind="video",
                    batch_job_id=BATCH,
                    user_id=USER,
                    name="episode-1.mp4",
                    stage=Stage.REMOVING_SILENCE,
                    attempt=1,
                    since=EVENING + timedelta(minutes=4),
                    lease_until=EVENING + timedelta(minutes=10),
                ),
            ),
        ),
    ),
    waiting_videos=3,
    waiting_users=2,
)
PREFERENCES: dict[str, Any] = {"concurrency": 2, "concurrency_limit": 5, "theme": "dark"}

ME: dict[str, Any] = {
    "id": USER,
    "email": "ada@example.com",
    "tier": Tier.PRO,
    "role": "user",
    "created_at": EVENING,
    "limits": DEFAULT_TIERS[Tier.PRO],
    "theme": "dark",
}


def plain(example: object) -> Any:
    """An example as JSON shows it."""
    return msgspec.to_builtins(example, str_keys=True)
