"""progress: how long after a processor says how far it is a client of the API knows.

The benchmark acts as the processor: it publishes progress on NATS, one update after the other, on videos of a real batch,
and hears each again as an event over HTTP. The reference is a plain subscriber of the same messages on NATS: what no way
through a gateway can beat. All clocks are one, because all of it happens in this process.
"""

from __future__ import annotations

import asyncio
import statistics
import time
import uuid
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from nats.aio.msg import Msg

from bench.place import installation
from bench.rows import Goal, Row, percentile, row
from client.api import Api
from client.bodies import NewFile
from client.events import ServerEvent, listen
from client.retrying import Backoff
from shared.batches import BatchSettings
from shared.bus import Bus
from shared.media import Stage
from shared.messages import VideoProgressed
from shared.views import BatchDetails

VIDEOS = 10
EVENTS = 1000
WARM_UP = 50
PAUSE_S = 0.02
"""Between updates: so many a second come from some fifty busy processors."""
PATIENCE_S = 30.0
REFERENCE = "a plain NATS subscriber of the same messages"


class Times:
    """When each update was published, and when it was heard here and there. Seconds of one clock."""

    def __init__(self) -> None:
        self.published: dict[int, float] = {}
        self.by_client: dict[int, float] = {}
        self.by_subscriber: dict[int, float] = {}

    def latencies_ms(self, heard: dict[int, float]) -> list[float]:
        """Milliseconds from publishing to hearing, without the first updates, which find everything cold."""
        return [1000 * (heard[number] - self.published[number]) for number in sorted(heard) if number >= WARM_UP]


def run() -> list[Row]:
    """Measure on an installation of its own."""
    with installation("gateway", "scheduler", "uploader") as at:
        times = asyncio.run(_measure(at.url, at.account, at.nats_url))
    ours, reference = times.latencies_ms(times.by_client), times.latencies_ms(times.by_subscriber)

    def made(name: str, of: Callable[[list[float]], float], goal: Goal | None) -> Row:
        return row(name, of(ours), unit="ms", n=len(ours), reference=of(reference), reference_is=REFERENCE, goal=goal)

    return [
        made("update to event, p50", statistics.median, None),
        made("update to event, p99", lambda values: percentile(values, 99), Goal(at_most=1000)),
        row(
            "events that arrived",
            100 * len(ours) / (EVENTS - WARM_UP),
            unit="%",
            n=EVENTS - WARM_UP,
            goal=Goal(at_least=99),
        ),
    ]


async def _measure(url: str, account: tuple[str, str], nats_url: str) -> Times:
    bus = await Bus.connect(nats_url, "bench")
    try:
        async with Api(url) as api:
            await api.sign_in(*account)
            files = [NewFile(name=f"{number}.mp4", size=1000, type="video/mp4") for number in range(VIDEOS)]
            created = await api.create_batch("Bench", BatchSettings(), files)
            details = BatchDetails(batch_job=created.batch_job, videos=created.videos)
            return await _watched(api, bus, details)
    finally:
        await bus.close()


async def _watched(api: Api, bus: Bus, details: BatchDetails) -> Times:
    times, watching = Times(), asyncio.Event()
    batch_id = details.batch_job.id

    async def hear() -> None:
        async with aclosing(listen(api.http, f"batch-jobs/{batch_id}/progress", Backoff())) as events:
            async for event in events:
                now = time.perf_counter()
                told = msgspec.json.decode(event.data) if isinstance(event, ServerEvent) else {}
                if told.get("type") == "snapshot":
                    watching.set()
                elif told.get("type") == "progress":
                    times.by_client.setdefault(told["stage_percentage"], now)
                if len(times.by_client) == EVENTS:
                    return

    async def note(message: Msg) -> None:
        now = time.perf_counter()
        times.by_subscriber[msgspec.json.decode(message.data)["stage_percentage"]] = now

    subscription = await bus.listen(f"live.{details.batch_job.user_id}.{batch_id}.>", note)
    hearing = asyncio.create_task(hear())
    await asyncio.wait_for(watching.wait(), PATIENCE_S)
    run_tokens = {video.video_id: uuid.uuid4() for video in details.videos}
    for number in range(EVENTS):
        video = details.videos[number % VIDEOS]
        update = _update(details, video.video_id, run_tokens[video.video_id], number)
        times.published[number] = time.perf_counter()
        await bus.publish(update)
        await asyncio.sleep(PAUSE_S)
    # What was overtaken by a newer update of the same video never comes: that is counted, not waited for.
    await asyncio.wait([hearing], timeout=2)
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)
    await subscription.unsubscribe()
    return times


def _update(details: BatchDetails, video_id: UUID, run_token: UUID, number: int) -> VideoProgressed:
    """An update that carries its own number where the percentage of the stage would be."""
    return VideoProgressed(
        user_id=details.batch_job.user_id,
        batch_id=details.batch_job.id,
        about_id=video_id,
        revision=number + 1,
        at=datetime.now(UTC),
        attempt=1,
        run_token=run_token,
        stage=Stage.EXPORTING,
        stage_percentage=number,
        progress_percentage=min(99, number * 100 // EVENTS),
    )
