"""`dailies exports`: what was exported of a batch, and what to do about it."""

from __future__ import annotations

from typing import Annotated

import typer

from client import tables
from client.errors import ClientError, ExitStatus, UsageError
from client.finding import find_batch
from client.session import BatchArgument, Call, JsonOption, run
from shared.views import BatchExport


def exports(
    context: typer.Context,
    batch: BatchArgument,
    cancel: Annotated[
        str | None, typer.Option(metavar="ID", help="Stop this export; the beginning of its id will do.")
    ] = None,
    again: Annotated[
        str | None, typer.Option(metavar="ID", help="Make this one anew: it failed, was cancelled or has expired.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the exports of a batch, newest first; cancel one, or make one anew."""

    async def work(call: Call) -> None:
        if cancel and again:
            raise UsageError("An export is cancelled or made anew, not both; leave one of them out.")
        batch_id = await find_batch(call.api, batch)
        page = await call.api.exports(batch_id)
        if wanted := cancel or again:
            act = call.api.cancel_export if cancel else call.api.retry_export
            changed = await act(batch_id, _named(page.exports, wanted).id)
            call.terminal.document({"export": changed})
            call.terminal.show(tables.export_list([changed]))
            return
        call.terminal.document(page)
        call.terminal.show(
            tables.export_list(page.exports) if page.exports else "No exports; make one with: dailies export BATCH"
        )

    run(context, work, as_json=as_json)


def _named(found: tuple[BatchExport, ...], wanted: str) -> BatchExport:
    """The export whose id begins like this. Raises `UsageError` when that is not clear, `ClientError` when there is none."""
    fits = [export for export in found if str(export.id).startswith(wanted.lower())]
    if len(fits) > 1:
        raise UsageError(f"Several exports begin with {wanted}; give more of the id.")
    if not fits:
        sentence = f"This batch has no export {wanted}; see them with: dailies exports BATCH"
        raise ClientError(sentence, code="not_found", status=ExitStatus.NOT_FOUND)
    return fits[0]
