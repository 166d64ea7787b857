"""responsiveness: how quickly the API answers while 20 users and one with five batches have all of them processed at once.

Everything is real: the accounts, the uploads, the processor that works on the batches, an event stream for every batch. The users
ask for their list and for a batch once a second each; the one with five batches pauses and resumes one of them besides. The
reference is the same users asking the same before anything is started.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import time
import uuid
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import msgspec
from msgspec.structs import replace

from bench.crowd import Crowd
from bench.place import installation
from bench.rows import Goal, Row, percentile, row
from client.api import Api
from client.bodies import NewFile
from shared.batches import BatchSettings, BatchStatus, Tier
from shared.tiers import DEFAULT_TIERS
from shared.views import BatchJob
from stack.local import LocalStack

USERS, OF_ONE, VIDEOS = 20, 5, 2
"""Users with one batch, batches of the one who has several, videos in each."""
MEASURED_S = 20.0
EVERY_S = 1.0
"""Between the questions of one user."""
CLIP = (
    "-f lavfi -i testsrc2=size=1280x720:rate=30:duration=6 -f lavfi -i sine=frequency=300:duration=6"
    " -af volume=0:enable=between(t\\,2\\,4) -c:v libx264 -preset ultrafast -c:a aac -shortest"
)


class User(msgspec.Struct):
    """Somebody with batches."""

    api: Api
    key: str
    batches: list[BatchJob]


def run() -> list[Row]:
    """Measure on an installation of its own."""
    free = replace(DEFAULT_TIERS[Tier.FREE], open_batches=2 * OF_ONE, batches_per_hour=1000, minutes_per_month=10_000)
    tiers = msgspec.json.encode({**DEFAULT_TIERS, Tier.FREE: free}).decode()
    with (
        installation("gateway", "scheduler", "uploader", "processor", tiers=tiers) as at,
        TemporaryDirectory() as folder,
    ):
        clip = Path(folder) / "clip.mp4"
        subprocess.run(["ffmpeg", "-v", "error", *CLIP.split(), str(clip)], check=True)
        return asyncio.run(_measure(at.url, at.stack, clip.read_bytes()))


async def _measure(url: str, stack: LocalStack, clip: bytes) -> list[Row]:
    users = [await _user(url, stack, clip, OF_ONE if number == 0 else 1) for number in range(USERS + 1)]
    crowd = Crowd(url)
    try:
        idle, _ = await _asked(users)
        batches = [(batch.id, user.key) for user in users for batch in user.batches]
        await asyncio.gather(*(user.api.start(batch.id) for user in users for batch in user.batches))
        await crowd.join(batches)
        busy, under_way = await _asked(users)
        changes = await _changed(users[0])
    finally:
        await crowd.leave()
        for user in users:
            for batch in user.batches:
                await user.api.http.post(f"batch-jobs/{batch.id}/cancel")
            await user.api.http.aclose()
    name = f"answers beside {len(batches)} batches of {len(users)} users"
    heard = len(crowd.progress)
    return [
        _compared(f"{name}, p50", statistics.median, busy, idle),
        _compared(f"{name}, p99", lambda times: percentile(times, 99), busy, idle, Goal(at_most=500)),
        row("batches under way at the end", under_way, unit="batches", n=len(batches), goal=Goal(at_least=1)),
        row("progress events heard meanwhile", heard, unit="events", n=heard, goal=Goal(at_least=1)),
        row("pause or resume, slowest", max(changes), unit="ms", n=len(changes), goal=Goal(at_most=1000)),
    ]


def _compared(
    name: str, of: Callable[[list[float]], float], busy: list[float], idle: list[float], goal: Goal | None = None
) -> Row:
    reference_is = "the same before anything is started"
    return row(name, of(busy), unit="ms", n=len(busy), reference=of(idle), reference_is=reference_is, goal=goal)


async def _user(url: str, stack: LocalStack, clip: bytes, batches: int) -> User:
    """Sign up, and upload batches that can be started."""
    api = Api(url)
    api.http.headers["Origin"] = api.url
    # So many people at one address would be too many within an hour.
    stack.sql("truncate gateway.allowances")
    account = {"email": f"{uuid.uuid4()}@example.com", "password": "correct horse battery"}
    (await api.http.post("accounts", json=account)).raise_for_status()
    key = (await api.make_key("bench")).key
    made = [await _batch(api, number, clip) for number in range(batches)]
    return User(api=api, key=key, batches=made)


async def _batch(api: Api, number: int, clip: bytes) -> BatchJob:
    files = [NewFile(name=f"{place}.mp4", size=len(clip), type="video/mp4") for place in range(VIDEOS)]
    created = await api.create_batch(f"Season {number}", BatchSettings(remove_silence=True), files)
    async with httpx.AsyncClient(timeout=60) as store:
        for plan in created.uploads:
            (await store.put(plan.url, content=clip, headers=plan.headers)).raise_for_status()
            await api.complete_upload(plan.video_id)
    return created.batch_job


async def _asked(users: list[User]) -> tuple[list[float], int]:
    """Milliseconds of each answer while everybody asks, and how many batches are under way when they stop."""
    times: list[float] = []

    async def timed(question: Callable[[], Awaitable[object]]) -> None:
        begun = time.perf_counter()
        await question()
        times.append(1000 * (time.perf_counter() - begun))

    async def ask(user: User, number: int) -> None:
        await asyncio.sleep(number * EVERY_S / len(users))
        until = time.perf_counter() + MEASURED_S
        while time.perf_counter() < until:
            begun = time.perf_counter()
            await timed(user.api.batches)
            for batch in user.batches:
                await timed(partial(user.api.batch, batch.id))
            await asyncio.sleep(max(0.0, begun + EVERY_S - time.perf_counter()))

    await asyncio.gather(*(ask(user, number) for number, user in enumerate(users)))
    jobs = [job for user in users for job in (await user.api.batches()).batch_jobs]
    return times, sum(job.status is BatchStatus.PROCESSING for job in jobs)


async def _changed(user: User) -> list[float]:
    """Milliseconds that it takes to pause and to resume a batch, for each that is under way."""
    times = []
    for batch in user.batches:
        for change in ("pause", "resume"):
            begun = time.perf_counter()
            answer = await user.api.http.post(f"batch-jobs/{batch.id}/{change}")
            if answer.status_code == 200:
                times.append(1000 * (time.perf_counter() - begun))
    return times or [0.0]
