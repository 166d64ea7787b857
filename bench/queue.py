"""A scheduler of the benchmark's own, on an installation's servers, with a queue that is filled by SQL."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from services.scheduler import events
from services.scheduler.service import Scheduler
from services.scheduler.settings import SchedulerSettings
from services.scheduler.tables import TABLES, BatchVideos
from shared.batches import BatchSettings
from shared.bus import Bus
from shared.database import open_database
from shared.media import MediaFacts, StoredObject
from shared.messages import WorkerSeen
from shared.settings import load
from shared.views import ProcessingResult
from shared.work import Work

LEASE = timedelta(seconds=30)
FACTS = MediaFacts(
    container="mp4",
    duration_s=60.0,
    width=1280,
    height=720,
    frame_rate="25/1",
    video_codec="h264",
    audio_codec="aac",
    audio_channels=2,
    sample_rate=48_000,
    audio_streams=1,
)
NOTHING = StoredObject(key="runs/nothing", size_bytes=1, etag="e", crc32=0)
RESULT = ProcessingResult(source_s=60, output_s=60)

EMPTY = "truncate {schema}batch_jobs, {schema}queue_users, {schema}outbox, {schema}usage_ledger cascade"
BATCHES = """
insert into {schema}batch_jobs (id, user_id, name, settings, status, priority, total_videos, created_at, started_at, start_id)
select md5('batch ' || n)::uuid, md5('user ' || 1 + n % {users})::uuid, 'Batch ' || n, '{settings}', 'processing',
       (random() * 10)::int, {videos}, now() - n * interval '1 second', now(), md5('start ' || n)::uuid
from generate_series(1, {batches}) n
"""
VIDEOS = """
insert into {schema}batch_videos (id, batch_job_id, user_id, video_id, position, name, size_bytes, duration_seconds, queued,
                                  source, facts, uploaded_at, priority, batch_created_at, held, generation)
select md5('video ' || b.id || p)::uuid, b.id, b.user_id, md5('source ' || b.id || p)::uuid, p, 'Episode ' || p, 1000,
       60 + random() * 3000, true, '{source}', '{facts}', now(), b.priority, b.created_at, true, 1
from {schema}batch_jobs b, generate_series(1, {videos}) p
"""

# Last, because they are what makes the videos wait.
USERS = """
insert into {schema}queue_users (user_id, tier, weight, concurrency, waiting, virtual_time)
select user_id, (array['free', 'creator', 'pro'])[1 + n % 3], (array[1, 2, 4])[1 + n % 3], (array[1, 3, 5])[1 + n % 3],
       waiting, (select virtual_time from {schema}queue_clock) + random() * 3600
from (select user_id, count(*) as waiting, row_number() over (order by user_id) as n
      from {schema}batch_videos group by user_id) users
"""


def filling(batches: int, users: int, videos: int) -> list[str]:
    """Statements that replace everything by so many started batches, each with so many videos that all wait."""
    names = {
        "schema": "scheduler.",
        "batches": batches,
        "users": users,
        "videos": videos,
        "settings": msgspec.json.encode(BatchSettings()).decode(),
        "source": msgspec.json.encode(NOTHING).decode(),
        "facts": msgspec.json.encode(FACTS).decode(),
    }
    return [statement.format(**names) for statement in (EMPTY, BATCHES, VIDEOS, USERS, "vacuum analyze")]


@asynccontextmanager
async def scheduler(environment: Mapping[str, str]) -> AsyncIterator[Scheduler]:
    """The scheduler's connections, with nothing that runs by itself."""
    settings = load(SchedulerSettings, {**environment, "DAILIES_MONITOR_PORT": "0"})
    engine = await open_database(settings.database_url, TABLES)
    bus = await Bus.connect(settings.nats_url, "bench")
    at = Scheduler(settings, engine, bus, Work(settings.rabbitmq_url))
    try:
        yield at
    finally:
        await at.close()


async def hear(at: Scheduler, slots: int) -> None:
    """Let a scheduler hear of one worker with so many slots."""
    seen = WorkerSeen(worker="bench", service="processor", slots=slots, running=(), started_at=datetime.now(UTC))

    class Heard:
        data = msgspec.json.encode(seen)

    await at.presence.hear(Heard())  # type: ignore[arg-type]


async def dispatches_ms(at: Scheduler, count: int, slots: int) -> list[float]:
    """How long each of so many dispatches took, in milliseconds; when all slots are taken, every video of them is ended."""
    times: list[float] = []
    while len(times) < count:
        await hear(at, slots)
        for _ in range(slots):
            start = time.perf_counter()
            dispatched = await at.dispatcher.dispatch_one()
            times.append(1000 * (time.perf_counter() - start))
            assert dispatched, "the queue is long enough"
        await _end_all(at)
    return times


async def _end_all(at: Scheduler) -> None:
    for row in await BatchVideos.raw("select id, batch_job_id from batch_videos where status = 'processing'"):
        token, video_id, batch_id = uuid4(), UUID(str(row["id"])), UUID(str(row["batch_job_id"]))
        await at.change(batch_id, events.Claimed(id=video_id, run_token=token, worker="bench", lease=LEASE))
        await at.change(batch_id, events.Processed(id=video_id, run_token=token, output=NOTHING, result=RESULT))
    await BatchVideos.raw("delete from outbox")
