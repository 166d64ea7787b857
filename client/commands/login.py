"""`dailies login`, `dailies logout`, `dailies whoami`."""

from __future__ import annotations

import socket
import sys
from typing import Annotated

import httpx
import typer

from client import credentials
from client.api import Api
from client.credentials import Login
from client.errors import ClientError, Refused, UsageError
from client.session import Call, JsonOption, login_file, run

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


def login(
    context: typer.Context,
    email: Annotated[
        str | None, typer.Option(help="The account's email address; asked for when it is not given.")
    ] = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Sign in: makes an API key for this machine and stores it where only you can read it."""

    async def work(call: Call) -> None:
        address = email or _asked("Email", as_json=as_json)
        password = (
            sys.stdin.readline().rstrip("\n") if password_stdin else _asked("Password", hide=True, as_json=as_json)
        )
        url = call.api.url
        parts = httpx.URL(url)
        if parts.scheme != "https" and parts.host not in LOCAL:
            call.terminal.say(f"Careful: {url} is not encrypted; others on the way can read your password.")
        # A connection of its own, without the key that may be stored already.
        async with Api(url) as api:
            await api.sign_in(address, password)
            made = await api.make_key(f"dailies on {socket.gethostname()}"[:100])
            await api.sign_out()
        stored = Login(url=url, email=address, key_id=made.id, api_key=made.key)
        credentials.save(login_file(), stored)
        call.terminal.document({"url": url, "email": address, "key_id": made.id, "file": str(login_file())})
        call.terminal.show(f"Signed in at {url} as {address}; the key is in {login_file()}.")

    run(context, work, as_json=as_json, needs_key=False)


def logout(context: typer.Context, as_json: JsonOption = False) -> None:
    """Revoke the stored API key and forget it."""

    async def work(call: Call) -> None:
        stored = credentials.load(login_file())
        if stored is None:
            raise UsageError("Nobody is signed in here; nothing is to be done.")
        try:
            async with Api(stored.url, stored.api_key) as api:
                await api.revoke_key(stored.key_id)
        except Refused as error:
            # A key that is gone already is what was wanted.
            if error.code not in ("not_found", "unauthenticated"):
                raise
        login_file().unlink(missing_ok=True)
        call.terminal.document({"url": stored.url, "email": stored.email})
        call.terminal.show(f"Signed out at {stored.url}.")

    run(context, work, as_json=as_json, needs_key=False)


def whoami(context: typer.Context, as_json: JsonOption = False) -> None:
    """Show where and as whom you are signed in."""

    async def work(call: Call) -> None:
        me = await call.api.me()
        call.terminal.document({"url": call.api.url, "id": me.id, "email": me.email, "tier": me.tier})
        call.terminal.show(f"{me.email} (tier {me.tier}) at {call.api.url}")

    run(context, work, as_json=as_json)


def _asked(what: str, *, hide: bool = False, as_json: bool) -> str:
    if as_json or not sys.stdin.isatty():
        option = "--password-stdin" if hide else "--email"
        raise ClientError(f"{what} is missing; give it with {option}.", code="usage")
    answer: str = typer.prompt(what, hide_input=hide, err=True)
    return answer
