"""An installation for a benchmark: real servers and the services that it needs, on free ports, ended afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack import settings
from stack.local import LocalStack

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".run" / "bench"


@dataclass(frozen=True)
class Installation:
    """Where things are, and the demo account's email and password."""

    stack: LocalStack
    url: str
    account: tuple[str, str]
    nats_url: str


@contextmanager
def installation(*services: str, processors: int = 1, **wanted: str) -> Iterator[Installation]:
    """Run the services; `wanted` are settings, such as `tiers='{…}'`. Raises `StackError` when they do not become ready."""
    # A folder of its own: what people have in their installation is neither touched nor measured.
    FOLDER.mkdir(parents=True, exist_ok=True)
    chosen = {**settings.chosen(ROOT, os.environ), **{f"DAILIES_{name.upper()}": text for name, text in wanted.items()}}
    with LocalStack(FOLDER, services=services, processors=processors, settings=chosen, root=ROOT) as stack:
        environment = stack.environment("gateway.app")
        email, _, password = stack.logins.demo_account.partition(":")
        yield Installation(
            stack=stack,
            url=environment["DAILIES_PUBLIC_URL"],
            account=(email, password),
            nats_url=environment["DAILIES_NATS_URL"],
        )
