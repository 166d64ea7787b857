"""Claims and leases: a worker asks before it begins, says every few seconds that it is still at it, and stops when it is told.

RabbitMQ may hand one command to two workers. Only the one with the newest run token counts, and the scheduler alone gives tokens.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import msgspec
from nats.aio.msg import Msg

from shared import metrics
from shared.bus import Bus
from shared.errors import DailiesError, NotFound, Unavailable
from shared.logs import logger
from shared.media import Stage
from shared.messages import Claim, ClaimRun, RenewLease, WorkStopped

log = logger(__name__)

MAX_RENEWAL_S = 5.0
MIN_RENEWAL_S = 0.2
MAX_BACKOFF_S = 5.0


class RunStopped(Exception):
    """The work is not wanted, or not from this run: it was `cancelled`, `superseded` by a newer run, or is `done` already."""

    def __init__(self, verdict: str) -> None:
        super().__init__(f"the run is {verdict}")
        self.verdict = verdict


class Run:
    """A granted claim. Everything the run says and stores carries its token."""

    def __init__(self, token: UUID, lease_s: float) -> None:
        self.token = token
        self.lease_s = lease_s
        self.stage: Stage | None = None
        self.news = asyncio.Event()

    def reached(self, stage: Stage) -> None:
        """Tell the scheduler, with the next renewal and at once, that the run is in a new stage."""
        if stage is not self.stage:
            self.stage = stage
            self.news.set()


@asynccontextmanager
async def claimed(bus: Bus, work_id: UUID, attempt: int, worker: str) -> AsyncIterator[Run]:
    """Claim a piece of work and keep its lease for as long as the body runs.

    Waits until the scheduler answers the claim. Raises `RunStopped` when it is not granted; cancels the body and raises
    `RunStopped` when the run is stopped later. No answer to a renewal is not a stop. A cancellation from elsewhere passes through.
    """
    claim = await _claim(bus, ClaimRun(request_id=uuid4(), work_id=work_id, attempt=attempt, worker=worker))
    metrics.claims.labels(claim.verdict).inc()
    if claim.verdict != "granted" or claim.run_token is None:
        raise RunStopped(claim.verdict)
    run = Run(claim.run_token, claim.lease_s)
    body = asyncio.current_task()
    assert body is not None
    stopped: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def stop(verdict: str) -> None:
        if not stopped.done():
            metrics.runs_stopped.labels(verdict).inc()
            stopped.set_result(verdict)
            body.cancel()

    async def told(message: Msg) -> None:
        stop(msgspec.json.decode(message.data, type=WorkStopped).verdict)

    subscription = await bus.listen(f"{WorkStopped.stream}.{run.token}", told)
    keeper = asyncio.create_task(_renew(bus, work_id, run, stop))
    try:
        try:
            yield run
        finally:
            keeper.cancel()
            # From here on nobody can stop the run; the future stays as it is when somebody already has.
            stopped.cancel()
    except asyncio.CancelledError:
        if stopped.cancelled():
            raise
        _uncancel(body)
    except Exception as error:
        if stopped.cancelled():
            raise
        log.info("a stopped run ended with an error", error=repr(error))
        await _await_cancellation(body)
    else:
        if not stopped.cancelled():
            await _await_cancellation(body)
    finally:
        with contextlib.suppress(Exception):
            await subscription.unsubscribe()
    if not stopped.cancelled():
        raise RunStopped(stopped.result())


async def _await_cancellation(body: asyncio.Task[object]) -> None:
    """The body ended in the moment of its stop: the cancellation may be still to come, at the next suspension."""
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(0)
    _uncancel(body)


def _uncancel(body: asyncio.Task[object]) -> None:
    # `uncancel` counts: when somebody else cancelled the task as well, theirs goes on.
    if body.uncancel() > 0:
        raise asyncio.CancelledError


async def _claim(bus: Bus, question: ClaimRun) -> Claim:
    """Ask until there is an answer: the command is in our hands, and dropping it would lose it."""
    pause_s = 0.2
    while True:
        try:
            return await bus.ask(question)
        except NotFound:
            return Claim(verdict="cancelled")
        except DailiesError as error:
            log.warning("the claim is not answered", error=str(error))
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, MAX_BACKOFF_S)


async def _renew(bus: Bus, work_id: UUID, run: Run, stop: Callable[[str], None]) -> None:
    """Renew at once, in case the run was stopped before anybody listened, and then several times within each lease."""
    every_s = max(MIN_RENEWAL_S, min(run.lease_s / 4, MAX_RENEWAL_S))
    while True:
        try:
            question = RenewLease(work_id=work_id, run_token=run.token, stage=run.stage)
            renewal = await bus.ask(question, timeout_s=every_s)
            if renewal.verdict != "go_on":
                return stop(renewal.verdict)
        except NotFound:
            return stop("cancelled")
        except Unavailable:
            pass
        except DailiesError as error:
            log.warning("the lease was not renewed", error=str(error))
        # Not `wait_for`: in Python 3.11 it loses a cancellation that comes together with the news.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(every_s):
                await run.news.wait()
        run.news.clear()
