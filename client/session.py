"""What every command has in common: whom it speaks to, as whom, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from client import credentials
from client.api import Api
from client.errors import ClientError, ExitStatus
from client.terminal import Terminal

DEFAULT_URL = "http://127.0.0.1:8400"

JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON for scripts to stdout, and no progress.")]
BatchArgument = Annotated[
    str, typer.Argument(metavar="BATCH", help="The batch: its id, the beginning of it, its name, or 'last'.")
]

Work = Callable[["Call"], Awaitable[ExitStatus | None]]


class Place(Struct, frozen=True, kw_only=True):
    """The options before the command."""

    url: str | None = None
    api_key: str | None = None
    debug: bool = False

    def address(self) -> tuple[str, str | None]:
        """The installation to speak to, and the key for it."""
        login = credentials.load(login_file()) if self.url is None or self.api_key is None else None
        url = (self.url or (login.url if login else DEFAULT_URL)).rstrip("/")
        return url, self.api_key or credentials.key_for(login, url)


class Call(Struct, frozen=True):
    """One command while it runs."""

    api: Api
    terminal: Terminal
    place: Place


def login_file() -> Path:
    """Where the login is stored."""
    return Path(typer.get_app_dir("dailies")) / "login.json"


def run(context: typer.Context, work: Work, *, as_json: bool, needs_key: bool = True) -> None:
    """Do the work of a command and end with its status; what goes wrong is told in a sentence, never as a traceback."""
    terminal = Terminal(as_json=as_json)
    place: Place = context.obj
    try:
        status = asyncio.run(_work(place, terminal, work, needs_key=needs_key))
    except ClientError as error:
        terminal.error(error)
        status = error.status
    except (KeyboardInterrupt, asyncio.CancelledError):
        terminal.error(ClientError("Interrupted.", code="interrupted"))
        status = ExitStatus.INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        if place.debug:
            raise
        sentence = f"The client failed ({type(error).__name__}: {error}); run it again with --debug to see where."
        terminal.error(ClientError(sentence, code="internal"))
        status = ExitStatus.FAILED
    raise typer.Exit(status or ExitStatus.WELL)


async def _work(place: Place, terminal: Terminal, work: Work, *, needs_key: bool) -> ExitStatus | None:
    url, key = place.address()
    if key is None and needs_key:
        raise ClientError(
            f"You are not signed in at {url}; run: dailies login, or set DAILIES_API_KEY.",
            code="unauthenticated",
            status=ExitStatus.SIGN_IN,
        )
    async with Api(url, key) as api:
        return await work(Call(api, terminal, place))
