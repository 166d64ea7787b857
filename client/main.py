"""The `dailies` command: its commands and the options before them."""

from __future__ import annotations

from typing import Annotated

import typer

from client.commands import batches, cuts, export, exports, library, login, reports, submit, watch
from client.session import DEFAULT_URL, Place

EPILOG = (
    "Exit status: 0 well, 1 something failed, 2 wrong usage, 3 not signed in, 4 not found, 5 refused, 6 not reachable, "
    "130 interrupted."
)

# Typer's own tracebacks show the values of variables, and one of them is the API key.
app = typer.Typer(
    name="dailies",
    help="Send videos to Dailies, watch the work on them, and fetch the results.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def place(
    context: typer.Context,
    url: Annotated[
        str | None,
        typer.Option(envvar="DAILIES_URL", help=f"The installation; by default where you signed in, or {DEFAULT_URL}."),
    ] = None,
    api_key: Annotated[
        str | None,
        typer.Option(envvar="DAILIES_API_KEY", help="An API key; better given by the environment than as an option."),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show where the client itself fails.")] = False,
) -> None:
    """Keep the options for the command."""
    context.obj = Place(url=url or None, api_key=api_key or None, debug=debug)


app.command()(submit.submit)
app.command()(batches.status)
app.command("list")(batches.list_batches)
app.command()(watch.watch)
app.command()(reports.report)
app.command()(cuts.cuts)
app.command()(export.export)
app.command()(exports.exports)
app.add_typer(library.app, name="library")
app.command()(batches.pause)
app.command()(submit.resume)
app.command()(batches.cancel)
app.command()(batches.retry)
app.command()(reports.usage)
app.command()(login.login)
app.command()(login.logout)
app.command()(login.whoami)
