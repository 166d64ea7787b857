"""sse: a thousand browsers on one gateway, and one that does not read.

The benchmark acts as the processors and the scheduler: it publishes progress and state changes of 500 batches of several users
on NATS, and a crowd hears them over HTTP, each watcher only those of its batch. All clocks are one.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from bench.crowd import Crowd
from bench.place import installation
from bench.rows import Goal, Row, percentile, row
from client.api import Api
from client.bodies import NewFile
from shared.batches import BatchSettings, Tier, VideoStatus
from shared.bus import Bus
from shared.media import Stage
from shared.messages import VideoChanged, VideoProgressed
from shared.tiers import DEFAULT_TIERS
from shared.views import BatchVideo

USERS, BATCHES, WATCHERS = 10, 50, 2
"""Users, batches of each, watchers of each batch."""
EVENTS, A_SECOND = 2000, 50
STATES_EVERY = 9
"""One event in so many is a state change, of another batch each time; the others are progress."""
WARM_UP = 100
STALLED, FLOOD, LONG = 10, 100, 50_000
"""Clients that do not read, state changes that are sent to each of them, and bytes of each: five megabytes that nobody takes."""
SETTLE_S = 2.0


class Place(NamedTuple):
    """A video of a batch, the run that works on it, its owner, and the owner's API key."""

    video: BatchVideo
    run_token: uuid.UUID
    owner: uuid.UUID
    key: str


class Published:
    """When each event was published, by its number."""

    def __init__(self) -> None:
        self.progress: dict[int, float] = {}
        self.states: dict[int, float] = {}


def run() -> list[Row]:
    """Measure on an installation of its own."""
    limits = {tier: replace(DEFAULT_TIERS[tier], batches_per_hour=10_000) for tier in Tier}
    with installation("gateway", "scheduler", "uploader", tiers=msgspec.json.encode(limits).decode()) as at:
        # Every run signs up anew, and the installation of benchmarks stays.
        at.stack.sql("truncate gateway.allowances")
        pid = at.stack.pid("gateway.app")
        return asyncio.run(_measure(at.url, at.nats_url, pid))


async def _measure(url: str, nats_url: str, pid: int) -> list[Row]:
    places = [place for number in range(USERS) for place in await _user(url, number)]
    bus, crowd = await Bus.connect(nats_url, "bench"), Crowd(url)
    try:
        before = resident_bytes(pid)
        await crowd.join([(place.video.batch_job_id, place.key) for place in places for _ in range(WATCHERS)])
        joined = resident_bytes(pid)
        quiet = await _publish(bus, places)
        rows = _told(crowd, quiet, f"{len(places) * WATCHERS:,} clients of {len(places)} batches")
        rows.append(
            row("memory per client", (joined - before) / 1024 / len(places) / WATCHERS, unit="kB", n=len(places))
        )
        return [*rows, *await _beside_stalled(bus, crowd, places, pid)]
    finally:
        await crowd.leave()
        await bus.close()


async def _beside_stalled(bus: Bus, crowd: Crowd, places: Sequence[Place], pid: int) -> list[Row]:
    """Some watchers of the first batch stop reading while very much happens there; the others go on."""
    video, _, owner, key = places[0]
    before = resident_bytes(pid)
    stalled = [await crowd.stall(video.batch_job_id, key) for _ in range(STALLED)]
    flood = asyncio.create_task(_flood(bus, video, owner))
    crowd.progress.clear()
    crowd.states.clear()
    published = await _publish(bus, places[1:], first=EVENTS)
    await flood
    grown = (resident_bytes(pid) - before) / 2**20 / STALLED
    for client in stalled:
        client.close()
    rows = _told(crowd, published, f"beside {STALLED} that do not read")
    return [*rows, row("memory per client that does not read", grown, unit="MB", n=STALLED, goal=Goal(at_most=4))]


def _told(crowd: Crowd, published: Published, of: str) -> list[Row]:
    """How late the crowd heard what was published, and how much of it."""
    rows = []
    for name, sent, heard, least in (
        ("progress", published.progress, crowd.progress, 95),
        ("state changes", published.states, crowd.states, 100),
    ):
        late_ms = [1000 * (at - sent[number]) for number, at in heard if number in sent]
        counted = sum(number in sent for number, _ in heard)
        rows += [
            row(f"{name} to {of}, p99", percentile(late_ms, 99), unit="ms", n=len(late_ms), goal=Goal(at_most=100)),
            row(
                f"{name} delivered, {of}",
                100 * counted / (len(sent) * WATCHERS),
                unit="%",
                n=len(sent) * WATCHERS,
                goal=Goal(at_least=least),
            ),
        ]
    return rows


async def _user(url: str, number: int) -> list[Place]:
    """Sign up, and make batches of one video each."""
    async with Api(url) as api:
        api.http.headers["Origin"] = api.url
        account = {"email": f"watcher-{number}-{uuid.uuid4()}@example.com", "password": "correct horse battery"}
        (await api.http.post("accounts", json=account)).raise_for_status()
        me, key = await api.me(), await api.make_key("bench")
        file = NewFile(name="episode.mp4", size=1000, type="video/mp4")
        made = [await api.create_batch(f"Season {n}", BatchSettings(), [file]) for n in range(BATCHES)]
        return [Place(batch.videos[0], uuid.uuid4(), me.id, key.key) for batch in made]


async def _publish(bus: Bus, places: Sequence[Place], first: int = 0) -> Published:
    """Publish evenly, one event after the other over all batches; the first find everything cold and are not counted."""
    published = Published()
    begun = time.perf_counter()
    for number in range(first, first + EVENTS):
        video, token, owner, _ = places[number % len(places)]
        about = {"user_id": owner, "batch_id": video.batch_job_id, "about_id": video.video_id}
        at = datetime.now(UTC)
        state = number % STATES_EVERY == 0
        if number - first >= WARM_UP:
            (published.states if state else published.progress)[number] = time.perf_counter()
        if state:
            changed = replace(video, status=VideoStatus.PROCESSING, attempt=1, revision=number)
            await bus.publish(VideoChanged(**about, revision=number, at=at, video=changed, run_token=token))
        else:
            await bus.publish(
                VideoProgressed(
                    **about,
                    revision=number + 1,
                    at=at,
                    attempt=1,
                    run_token=token,
                    stage=Stage.EXPORTING,
                    stage_percentage=number,
                    progress_percentage=min(99, (number - first) * 100 // EVENTS),
                )
            )
        await asyncio.sleep(max(0.0, begun + (number - first + 1) / A_SECOND - time.perf_counter()))
    await asyncio.sleep(SETTLE_S)
    return published


async def _flood(bus: Bus, video: BatchVideo, owner: uuid.UUID) -> None:
    for number in range(FLOOD):
        changed = replace(video, revision=10 * EVENTS + number, error_message="x" * LONG)
        update = VideoChanged(
            user_id=owner,
            batch_id=video.batch_job_id,
            about_id=video.video_id,
            revision=changed.revision,
            at=datetime.now(UTC),
            video=changed,
        )
        await bus.publish(update)
        await asyncio.sleep(EVENTS / A_SECOND / FLOOD / 2)


def resident_bytes(pid: int) -> int:
    """What a process has in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096
