"""`dailies library`: the videos that were uploaded, and what to do about them."""

from __future__ import annotations

from typing import Annotated

import typer

from client import tables, text
from client.errors import UsageError
from client.finding import find_videos
from client.session import Call, JsonOption, run

app = typer.Typer(invoke_without_command=True, help="List the videos that you have uploaded, or remove some.")


@app.callback()
def library(
    context: typer.Context,
    search: Annotated[str | None, typer.Option("--search", "-s", help="Only videos with this in their names.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="How many to leave out at the start.")] = 0,
    sort: Annotated[
        str, typer.Option(help="created_at, name or size, with '-' in front for descending.")
    ] = "-created_at",
    as_json: JsonOption = False,
) -> None:
    """List the videos that you have uploaded, newest first; `remove` removes some."""
    if context.invoked_subcommand is not None:
        return

    async def work(call: Call) -> None:
        page = await call.api.videos(search=search, limit=limit, offset=offset, sort=sort)
        call.terminal.document(page)
        if page.videos:
            call.terminal.show(tables.library(page.videos))
            if page.total > offset + len(page.videos):
                call.terminal.show(f"{len(page.videos)} of {page.total}; see more with --offset or --limit")
        else:
            call.terminal.show(
                "No such videos." if search else "No videos; upload some with: dailies submit FILES --name NAME"
            )

    run(context, work, as_json=as_json)


@app.command()
def remove(
    context: typer.Context,
    videos: Annotated[list[str], typer.Argument(metavar="VIDEO...", help="Ids, beginnings of ids, or names.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove videos from the library for good; what was made of them stays."""

    async def work(call: Call) -> None:
        found = await find_videos(call.api, videos)
        names = ", ".join(text.shown(video.name) for video in found)
        if not yes:
            if as_json:
                raise UsageError("With --json nobody is asked; say --yes as well.")
            if not typer.confirm(f"Remove {names} for good?", err=True):
                raise UsageError("Nothing was removed.")
        for video in found:
            await call.api.delete_video(video.id)
            call.terminal.say(f"{text.shown(video.name)} was removed from the library")
        call.terminal.document({"removed": [video.id for video in found]})

    run(context, work, as_json=as_json)
