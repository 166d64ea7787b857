"""Commands about what came of it: `report`, `usage`."""

from __future__ import annotations

import typer

from client import reporting
from client.finding import find_batch
from client.session import BatchArgument, Call, JsonOption, run


def report(context: typer.Context, batch: BatchArgument, as_json: JsonOption = False) -> None:
    """Show what came of a batch that has ended: lengths before and after, the work, what failed and what to do."""

    async def work(call: Call) -> None:
        found = await call.api.report(await find_batch(call.api, batch))
        call.terminal.document(found)
        call.terminal.show(reporting.batch_report(found))

    run(context, work, as_json=as_json)


def usage(context: typer.Context, as_json: JsonOption = False) -> None:
    """Show what you have used of your month and of your tier."""

    async def work(call: Call) -> None:
        used = await call.api.usage()
        call.terminal.document(used)
        call.terminal.show(reporting.usage(used))

    run(context, work, as_json=as_json)
