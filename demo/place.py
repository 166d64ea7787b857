"""The installation that the demo speaks to: the one of this clone that runs already, or one that it starts and ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from stack import lock, logins, logs, settings
from stack.errors import StackError
from stack.local import LocalStack
from stack.processes import SERVICES

MODEL = Path(__file__).resolve().parent.parent / "tests" / "data" / "dailies-tiny.en"
"""A tiny speech model that knows the words of the samples, so that the demo needs no download."""
STARTING_S = 120.0
LINES = 8


@dataclass(frozen=True)
class Place:
    """Where the API is, and the demo account's email and password."""

    url: str
    email: str
    password: str


@contextmanager
def place(root: Path, say: Callable[[str], None]) -> Iterator[Place]:
    """An installation that is ready. Raises `StackError` when there cannot be one."""
    install_model(root)
    if (owner := lock.holder(root / ".run" / "lock")) is not None:
        say(f"Dailies runs already (process {owner}); the demo uses it.")
        yield _running(root)
        return
    say("Starting PostgreSQL, RabbitMQ, NATS and the five services ...")
    stack = LocalStack(
        root / ".run",
        services=SERVICES,
        settings=settings.chosen(root, os.environ),
        usual_ports=True,
        durable=True,
        root=root,
        say=say,
    )
    with _ending(stack, say), stack:
        url = stack.environment("gateway.app")["DAILIES_PUBLIC_URL"]
        say(f"Ready at {url}")
        yield _with_account(url, stack.logins.demo_account)


def install_model(root: Path) -> None:
    """Put the demo's speech model where the processors look for theirs."""
    chosen = settings.chosen(root, os.environ).get("DAILIES_WHISPER_FOLDER")
    folder = (root / chosen if chosen else root / ".run" / settings.MODELS) / MODEL.name
    if not (folder / "model.bin").is_file():
        unfinished = folder.with_name(f".{folder.name}")
        shutil.copytree(MODEL, unfinished, dirs_exist_ok=True)
        unfinished.replace(folder)


def log_tail(root: Path) -> Iterator[str]:
    """The last lines of each service's log, for whoever has to find out what went wrong."""
    for path in sorted((root / ".run" / "logs").glob("*.log")):
        if path.stem.split(".")[0] in SERVICES:
            yield f"--- {path.stem}"
            yield from logs.tail(path, LINES)


@contextmanager
def _ending(stack: LocalStack, say: Callable[[str], None]) -> Iterator[None]:
    """Turn signals into an orderly end: the first stops the demo, and whoever cannot wait sends another."""
    asked = False

    def hear(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            stack.hurry()
            return
        asked = True
        say("Stopping; press Ctrl-C again to stop at once.")
        raise KeyboardInterrupt

    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _running(root: Path) -> Place:
    """The installation that another process of this clone runs, once it is ready."""
    folder = root / ".run"
    end = time.monotonic() + STARTING_S
    while time.monotonic() < end:
        try:
            rows = json.loads((folder / "status.json").read_text())
        except FileNotFoundError:
            # It is just being started.
            time.sleep(0.2)
            continue
        port = next(row["port"] for row in rows if row["name"] == "gateway.app")
        known = logins.load(folder / "secrets.json", services=SERVICES)
        return _with_account(f"http://127.0.0.1:{port}", known.demo_account)
    raise StackError(
        f"Dailies was started before, but is not ready after {STARTING_S:.0f} s; see: make logs SERVICE=gateway"
    )


def _with_account(url: str, account: str) -> Place:
    email, _, password = account.partition(":")
    return Place(url, email, password)
