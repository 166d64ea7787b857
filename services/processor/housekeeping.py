"""Housekeeping: nothing that a run left behind stays for ever, whatever became of the worker."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from uuid import UUID

from services.processor import checkpoints
from services.processor.service import Processor
from services.processor.tables import Checkpoint, Run
from shared.logs import logger
from shared.messages import DeleteRun

log = logger(__name__)

RUNS = "runs/"


def prefix_of(batch_video_id: UUID, run_token: UUID | None = None) -> str:
    """Where a run, or all runs on a video, leave what they make."""
    return f"{RUNS}{batch_video_id}/" + (f"{run_token}/" if run_token else "")


async def delete_runs(command: DeleteRun, at: Processor) -> None:
    """Remove what a command names from the store. What still runs is left to its worker, which hears by itself that it is over."""
    video = command.batch_video_id
    if command.only_run is not None:
        await at.store.delete_prefix(prefix_of(video, command.only_run))
        await Run.forget(video, [command.only_run])
        return
    tokens = await _tokens_in_store(at, video) | await Run.of_video(video)
    keep = await Run.running(video, at.settings.orphan_grace_s)
    if command.keep_run is not None:
        # The command may be old: a run that began after the kept one had ended is somebody's newer wish.
        keep |= {command.keep_run} | await Run.begun_after(command.keep_run)
    else:
        await _drop_checkpoints(at, await Checkpoint.used_last_by(video))
    for token in tokens - keep:
        await at.store.delete_prefix(prefix_of(video, token))
    await Run.forget(video, tokens - keep)


async def _tokens_in_store(at: Processor, video: UUID) -> set[UUID]:
    return {token for _, token in await _runs_in_store(at, prefix_of(video))}


async def _runs_in_store(at: Processor, prefix: str) -> set[tuple[UUID, UUID]]:
    """Video and token of every run that has objects under a prefix; keys that no run can have are left alone."""
    found = set()
    async for stored in at.store.list(prefix):
        with suppress(ValueError):
            video, token = stored.key.split("/")[1:3]
            found.add((UUID(video), UUID(token)))
    return found


async def _drop_checkpoints(at: Processor, dropped: list[tuple[str, str]]) -> None:
    for _, stored_key in dropped:
        await at.store.delete(stored_key)
    await Checkpoint.forget([key for key, _ in dropped])


class Sweeper:
    """Looks again and again for what nobody needs. An orphan in the store goes when it was one for the whole grace."""

    def __init__(self, at: Processor) -> None:
        self.at = at
        self.orphans: dict[str, float] = {}
        """Prefixes and keys in the store that no row knows, and when that was first seen."""
        self._listed_at = float("-inf")

    async def sweep_for_ever(self) -> None:
        """Sweep, and begin with it."""
        while True:
            try:
                await self.sweep()
            except Exception:
                log.exception("housekeeping failed; it is tried again")
            await asyncio.sleep(self.at.settings.housekeeping_s)

    async def sweep(self) -> None:
        """Scratch, rows and signs of life every time; the store, which has to be listed, a few times in each grace."""
        settings = self.at.settings
        await Run.seen(self.at.worker)
        if cleared := await asyncio.to_thread(self.at.scratch.sweep):
            log.info("cleared the scratch of dead processes", folders=cleared)
        await _drop_checkpoints(self.at, await Checkpoint.unused_for(settings.checkpoint_days))
        await Run.forget_ended(settings.checkpoint_days)
        await self.at.outbox.forget_answers()
        if time.monotonic() - self._listed_at >= settings.orphan_grace_s / 4:
            await self.sweep_store()
            self._listed_at = time.monotonic()

    async def sweep_store(self) -> None:
        """Remove the objects under `runs/` and `checkpoints/` that no row knows, and did not know a grace ago."""
        now = time.monotonic()
        orphans = [*await self._dead_runs(), *await self._lost_checkpoints()]
        self.orphans = {prefix: self.orphans.get(prefix, now) for prefix in orphans}
        for prefix, since in list(self.orphans.items()):
            if now - since >= self.at.settings.orphan_grace_s:
                await self.at.store.delete_prefix(prefix) if prefix.endswith("/") else await self.at.store.delete(
                    prefix
                )
                log.info("removed objects that no run knows", prefix=prefix)

    async def _dead_runs(self) -> list[str]:
        found = await _runs_in_store(self.at, RUNS)
        live = await Run.live([token for _, token in found], self.at.settings.orphan_grace_s)
        return [prefix_of(video, token) for video, token in found if token not in live]

    async def _lost_checkpoints(self) -> list[str]:
        found = [stored.key async for stored in self.at.store.list(checkpoints.FOLDER)]
        known = await Checkpoint.known(found)
        return [key for key in found if key not in known]
