"""`dailies watch`: a batch, live, until it has ended."""

from __future__ import annotations

from contextlib import aclosing
from uuid import UUID

import typer

from client import tables
from client.errors import ExitStatus
from client.finding import find_batch
from client.progress import BatchBars
from client.session import BatchArgument, Call, JsonOption, run
from client.watching import follow
from shared.batches import BatchStatus
from shared.views import BatchDetails


def watch(context: typer.Context, batch: BatchArgument, as_json: JsonOption = False) -> None:
    """Watch a batch until it has ended; with --json, one event a line and the end result as the last."""

    async def work(call: Call) -> ExitStatus:
        details = await watch_batch(call, await find_batch(call.api, batch), events=True)
        call.terminal.event({"type": "result", "batch_job": details.batch_job, "videos": details.videos})
        call.terminal.show(tables.batch_details(details))
        return status_of(details)

    run(context, work, as_json=as_json)


async def watch_batch(call: Call, batch_id: UUID, *, events: bool = False) -> BatchDetails:
    """Show a batch until it has ended; with `events`, scripts get each event."""
    details = await call.api.batch(batch_id)
    with BatchBars(call.terminal) as bars:
        async with aclosing(follow(call.api, batch_id)) as happenings:
            async for seen in happenings:
                details = seen.details
                bars.update(details)
                if events:
                    call.terminal.event(seen.event)
    return details


def status_of(details: BatchDetails) -> ExitStatus:
    """Well only if every video is completed."""
    job = details.batch_job
    well = job.status is BatchStatus.COMPLETED and not job.failed_videos and not job.cancelled_videos
    return ExitStatus.WELL if well else ExitStatus.FAILED
