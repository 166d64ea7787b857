"""Runs the whole of Dailies until Ctrl-C (or SIGTERM, or the terminal closes), and ends it from another shell."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType

from stack import leftovers, lock, page, postgres, settings, status, venv
from stack.console import Console, wants_colour
from stack.errors import StackError
from stack.local import LocalStack
from stack.processes import PROCESSES, SERVICES, ProcessKind

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
DOWN_S = 90.0


class Ending:
    """Turns signals into the end of the stack: the first ends it in order, the second at once."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.hurry: Callable[[], None] = lambda: None
        self.starting = True

    def listen(self) -> None:
        """Begin to hear signals."""
        for number in SIGNALS:
            signal.signal(number, self._hear)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked.is_set():
            self.hurry()
            return
        self.asked.set()
        if self.starting:
            # Whatever the start is waiting for, it stops waiting.
            raise KeyboardInterrupt


def up(root: Path, *, processors: int) -> int:
    """Start everything, say where it is, and wait for the end. Gives the exit status."""
    if not venv.python(root).exists():
        raise StackError("Dailies is not set up yet; run: make up (or python3 -m stack setup)")
    chosen = settings.chosen(root, os.environ)
    console = Console(colour=wants_colour(sys.stdout, dict(os.environ)))
    for name in sorted(set(chosen) & set(settings.PER_PROCESS) - {"DAILIES_HTTP_PORT"}):
        console.say(f"{name} is ignored here: the local stack sets it for each process.")
    try:
        page.ensure(root, say=console.say)
    except StackError as error:
        # The API, the client and everything else work without it.
        console.say(f"{error}\nDailies starts without its web page.")
    stack = LocalStack(
        root / ".run",
        services=SERVICES,
        processors=processors,
        settings=chosen,
        usual_ports=True,
        durable=True,
        python=str(venv.python(root)),
        root=root,
        table=_table(chosen.get("DAILIES_HTTP_PORT")),
        say=console.say,
        echo=console.line,
    )
    ending = Ending()
    ending.listen()
    ending.hurry = stack.hurry
    try:
        stack.open()
        ending.starting = False
        _serve(stack, ending, console)
    except KeyboardInterrupt:
        console.say("Stopped while starting.")
        return 130
    finally:
        console.close()
    return 0


def _serve(stack: LocalStack, ending: Ending, console: Console) -> None:
    """Say where everything is, keep `ps` informed, and close the stack when the end is asked for."""
    shown = stack.folder / "status.json"
    try:
        console.say(welcome(stack))
        while not ending.asked.is_set():
            status.publish(stack, shown)
            ending.asked.wait(1.0)
        console.say("Stopping; press Ctrl-C again to stop at once.")
    finally:
        ending.asked.set()
        shown.unlink(missing_ok=True)
        stack.close()
        console.say("Everything has ended.")


def welcome(stack: LocalStack) -> str:
    """Where everything is and how to get in, on one screen."""
    account, _, password = stack.logins.demo_account.partition(":")
    gateway = stack.environment("gateway.app")["DAILIES_PUBLIC_URL"]
    admin = f"postgresql://{postgres.ADMIN}:{stack.logins.postgres_password}"
    rows = (
        ("Web page and API", gateway),
        ("API description", f"{gateway}/schema"),
        ("Sign in", f"{account}   password {password}"),
        ("RabbitMQ console", f"http://127.0.0.1:{stack.port('rabbitmq.console')}"),
        ("", f"user dailies   password {stack.logins.rabbitmq_password}"),
        ("PostgreSQL", f"{admin}@127.0.0.1:{stack.port('postgres')}/{postgres.DATABASE}"),
        ("NATS monitor", f"http://127.0.0.1:{stack.port('nats.monitor')}"),
        ("Data and logs", str(stack.folder)),
        ("Look closer", "make ps   make logs SERVICE=processor"),
        ("Stop", "Ctrl-C here, or make down in another shell"),
    )
    lines = "\n".join(f"  {title:<18} {text}" for title, text in rows)
    return f"\nDailies is ready.\n\n{lines}\n"


def down(root: Path, *, say: Callable[[str], None]) -> int:
    """End a running copy and wait for it; end also what a killed one left behind. Gives the exit status."""
    folder = (root / ".run").resolve()
    owner = lock.holder(folder / "lock")
    if owner is None:
        ended = leftovers.end(folder, data=postgres.data_folder(folder)) if folder.exists() else 0
        say(f"Ended {ended} processes that had been left behind." if ended else "Dailies is not running.")
        return 0
    say("Stopping Dailies ...")
    _send(owner, signal.SIGTERM)
    end = time.monotonic() + DOWN_S
    while lock.holder(folder / "lock") == owner:
        if time.monotonic() > end:
            _send(owner, signal.SIGKILL)
            leftovers.end(folder, data=postgres.data_folder(folder))
            say(f"It did not end within {DOWN_S:.0f} s and was killed.")
            return 1
        time.sleep(0.05)
    say("Everything has ended.")
    return 0


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
    except PermissionError:
        raise StackError(f"Dailies runs as another user (process {pid}); end it as that user.") from None


def _table(gateway_port: str | None) -> tuple[ProcessKind, ...]:
    """The processes, the gateway on the port that the user chose."""
    if gateway_port is None:
        return PROCESSES
    if not gateway_port.isdecimal() or not 0 < int(gateway_port) < 65536:
        raise StackError(f"DAILIES_HTTP_PORT must be a port number from 1 to 65535, and is {gateway_port}.")
    return tuple(replace(k, port=int(gateway_port)) if k.name == "gateway.app" else k for k in PROCESSES)
