"""Commands about batches: `list`, `status`, `pause`, `cancel`, `retry`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import typer

from client import tables, text
from client.api import Api
from client.finding import find_batch
from client.session import BatchArgument, Call, JsonOption, run
from shared.batches import BatchStatus
from shared.views import BatchJob


def list_batches(
    context: typer.Context,
    status: Annotated[BatchStatus | None, typer.Option(help="Only batches with this status.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many.")] = 20,
    offset: Annotated[int, typer.Option(min=0, help="How many to leave out at the start.")] = 0,
    sort: Annotated[
        str, typer.Option(help="created_at, priority, status, progress or name, with '-' in front for descending.")
    ] = "-created_at",
    as_json: JsonOption = False,
) -> None:
    """List your batches, newest first."""

    async def work(call: Call) -> None:
        page = await call.api.batches(status=status, limit=limit, offset=offset, sort=sort)
        call.terminal.document(page)
        if page.batch_jobs:
            call.terminal.show(tables.batch_list(page.batch_jobs))
            if page.total > offset + len(page.batch_jobs):
                call.terminal.show(f"{len(page.batch_jobs)} of {page.total}; see more with --offset or --limit")
        else:
            call.terminal.show("No batches; make one with: dailies submit FILES --name NAME")

    run(context, work, as_json=as_json)


def status(
    context: typer.Context,
    batch: Annotated[
        str | None, typer.Argument(metavar="[BATCH]", help="A batch; without it, all that are under way.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show how a batch stands, or which batches are under way."""

    async def one(call: Call, wanted: str) -> None:
        details = await call.api.batch(await find_batch(call.api, wanted))
        call.terminal.document(details)
        call.terminal.show(tables.batch_details(details))

    async def work(call: Call) -> None:
        if batch is not None:
            await one(call, batch)
            return
        running = await call.api.batches(status=BatchStatus.PROCESSING, limit=100)
        paused = await call.api.batches(status=BatchStatus.PAUSED, limit=100)
        jobs = [*running.batch_jobs, *paused.batch_jobs]
        call.terminal.document({"batch_jobs": jobs, "by_status": running.by_status})
        call.terminal.show(tables.batch_list(jobs) if jobs else "Nothing is under way.")

    run(context, work, as_json=as_json)


def pause(context: typer.Context, batch: BatchArgument, as_json: JsonOption = False) -> None:
    """Start no more videos of a batch; those that run may finish."""
    _change(context, batch, Api.pause, as_json=as_json)


def cancel(context: typer.Context, batch: BatchArgument, as_json: JsonOption = False) -> None:
    """Stop all work on a batch for good and clean up."""
    _change(context, batch, Api.cancel, as_json=as_json)


def retry(context: typer.Context, batch: BatchArgument, as_json: JsonOption = False) -> None:
    """Try the failed videos of a batch again."""
    _change(context, batch, Api.retry_failed, as_json=as_json)


def _change(
    context: typer.Context, batch: str, change: Callable[[Api, UUID], Awaitable[BatchJob]], *, as_json: bool
) -> None:
    async def work(call: Call) -> None:
        show_job(call, await change(call.api, await find_batch(call.api, batch)))

    run(context, work, as_json=as_json)


def show_job(call: Call, job: BatchJob) -> None:
    """How a batch stands after it was changed."""
    call.terminal.document(job)
    call.terminal.show(f"{text.shown(job.name)} is {job.status} ({job.id}).")
