"""Very many batches, and videos that all get further at the same time: what the web page has to stand."""

from __future__ import annotations

import asyncio
import subprocess
import uuid
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from client.api import Api
from client.bodies import NewFile
from client.upload import Outgoing, upload_all
from shared.batches import BatchSettings
from shared.bus import Bus
from shared.media import Stage
from shared.messages import VideoProgressed
from shared.tiers import DEFAULT_TIERS
from shared.views import BatchDetails

VIDEOS = 50
PER_SECOND = 100
AT_ONCE = 8
PLENTY = 1_000_000


def tiers() -> str:
    """The setting with which nobody meets a limit."""
    free = {"videos_per_batch": VIDEOS, "batches_per_hour": PLENTY, "open_batches": PLENTY}
    return msgspec.json.encode(
        {tier: {**msgspec.to_builtins(limits), **free} for tier, limits in DEFAULT_TIERS.items()}
    ).decode()


async def batches(api: Api, count: int) -> None:
    """Make so many batches of one video that was not uploaded."""
    numbers = iter(range(1, count + 1))

    async def make() -> None:
        for number in numbers:
            file = NewFile(name="talk.mp4", size=1000, type="video/mp4")
            await api.create_batch(f"Season {number}", BatchSettings(remove_silence=True), [file])

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(make())


async def started(api: Api, folder: Path) -> BatchDetails:
    """A batch of videos that wait for a processor."""
    clip = folder / "clip.mp4"
    _make(clip)
    size = clip.stat().st_size
    files = [NewFile(name=f"Episode {number}.mp4", size=size, type="video/mp4") for number in range(1, VIDEOS + 1)]
    created = await api.create_batch("Season 1", BatchSettings(remove_silence=True), files)
    outgoing = [Outgoing(path=clip, size_bytes=size, plan=plan) for plan in created.uploads]
    for outcome in await upload_all(api, outgoing, Nobody()):
        if outcome.error:
            raise outcome.error
    await api.start(created.batch_job_id)
    return await api.batch(created.batch_job_id)


def _make(clip: Path) -> None:
    picture, sound = "testsrc=s=160x90:r=5:d=1", "sine=d=1"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    subprocess.run([*command, "-c:v", "libx264", "-c:a", "aac", str(clip)], check=True, capture_output=True)


class Nobody:
    """Hears how uploads get on, and says nothing."""

    def sent(self, file: int, count: int) -> None:
        """Say nothing."""

    def again(self, file: int, reason: str) -> None:
        """Say nothing."""

    def ended(self, file: int, error: Exception | None) -> None:
        """Say nothing."""


async def keep_publishing(bus: Bus, details: BatchDetails, seconds: float) -> None:
    """Act as the processors of a batch: publish updates of its videos in turn, until cancelled.

    After so many seconds all of them are at 99 percent, and stay there.
    """
    tokens = [uuid.uuid4() for _ in details.videos]
    loop = asyncio.get_running_loop()
    begun, number = loop.time(), 0
    while True:
        video, token = details.videos[number % VIDEOS], tokens[number % VIDEOS]
        percent = min(99, int(99 * (loop.time() - begun) / seconds))
        await bus.publish(
            VideoProgressed(
                user_id=details.batch_job.user_id,
                batch_id=details.batch_job.id,
                about_id=video.video_id,
                revision=number + 1,
                at=datetime.now(UTC),
                attempt=1,
                run_token=token,
                stage=Stage.REMOVING_SILENCE if percent < 50 else Stage.EXPORTING,
                stage_percentage=percent,
                progress_percentage=percent,
            )
        )
        number += 1
        await asyncio.sleep(max(0.0, begun + number / PER_SECOND - loop.time()))
