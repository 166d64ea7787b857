"""Reporting: tells whoever watches how far a run is, a few times a second at most, and never that it went backwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from services.processor import metrics
from services.processor.stages import Planned, Progress, Step, progress
from shared import tracing
from shared.bus import Bus
from shared.claims import Run
from shared.logs import ids_of, logger
from shared.media import Stage
from shared.messages import ProcessVideo, VideoProgressed

log = logger(__name__)

EVERY_S = 0.2

Tell = Callable[[float], None]
"""Takes the share of a step that is done, from 0 to 1; it may be called often, from the event loop."""


class Reporter:
    """The progress of one run. What comes too quickly is coalesced; the last of it is always sent."""

    def __init__(self, bus: Bus, video: ProcessVideo, run: Run, steps: Sequence[Planned]) -> None:
        self.seconds: dict[str, float] = {}
        """Seconds that each step took, by its name."""
        self._bus = bus
        self._video = video
        self._run = run
        self._steps = steps
        self._revision = 0
        self._now = progress(steps, steps[0].step, 0.0)
        run.reached(self._now.stage)
        self._changed = asyncio.Event()
        self._changed.set()

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Send progress for as long as the block runs."""
        sender = asyncio.create_task(self._send_for_ever())
        try:
            yield
        finally:
            sender.cancel()

    @asynccontextmanager
    async def step(self, step: Step) -> AsyncIterator[Tell]:
        """Be at a step, and measure how long it takes."""
        begun = time.monotonic()
        self._reach(step, 0.0)
        with tracing.span(step.value, about=ids_of(self._video)):
            yield lambda share: self._reach(step, share)
        self._reach(step, 1.0)
        self.seconds[step.value] = round(time.monotonic() - begun, 3)
        metrics.step_seconds.labels(step.value).observe(self.seconds[step.value])
        log.info("a step is done", step=step.value, seconds=self.seconds[step.value])

    async def finish(self) -> None:
        """Say that the output is stored; nothing else says 100 %."""
        await self._send(Progress(Stage.EXPORTING, 100, 100))

    def _reach(self, step: Step, share: float) -> None:
        reached = progress(self._steps, step, share)
        if _further(reached, self._now):
            self._now = reached
            self._run.reached(reached.stage)
            self._changed.set()

    async def _send_for_ever(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self._send(self._now)
            await asyncio.sleep(EVERY_S)

    async def _send(self, now: Progress) -> None:
        self._revision += 1
        await self._bus.publish(
            VideoProgressed(
                user_id=self._video.user_id,
                batch_id=self._video.batch_id,
                about_id=self._video.video_id,
                revision=self._revision,
                at=datetime.now(UTC),
                attempt=self._video.attempt,
                run_token=self._run.token,
                stage=now.stage,
                stage_percentage=now.stage_percentage,
                progress_percentage=now.progress_percentage,
            )
        )


def _further(new: Progress, old: Progress) -> bool:
    if new.stage is old.stage and new.stage_percentage < old.stage_percentage:
        return False
    return new != old and new.progress_percentage >= old.progress_percentage
