"""The whole system: five services with two processors on real servers, used as people and programs use it."""

from __future__ import annotations

import asyncio
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from msgspec import Struct

from stack.local import LocalStack
from tests.gateway.post import PostOffice, post_office
from tests.gateway.receivers import Receiver, receiving
from tests.journeys.collector import Collector, collecting

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("gateway", "uploader", "scheduler", "processor", "exporter")


class Outside(Struct, frozen=True):
    """What others run: a mail server, and a receiver of webhooks."""

    post: PostOffice
    receiver: Receiver


@pytest.fixture(scope="session")
def outside() -> Iterator[Outside]:
    """Both, in a thread of their own, because these tests wait without a loop."""
    found: queue.SimpleQueue[tuple[Outside, asyncio.AbstractEventLoop, asyncio.Event]] = queue.SimpleQueue()

    async def run() -> None:
        async with post_office() as post, receiving() as receiver:
            over = asyncio.Event()
            found.put((Outside(post, receiver), asyncio.get_running_loop(), over))
            await over.wait()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    ready, loop, over = found.get(timeout=10)
    yield ready
    loop.call_soon_threadsafe(over.set)
    thread.join()


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """A collector of traces."""
    with collecting() as listening:
        yield listening


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory, outside: Outside, collector: Collector) -> Iterator[LocalStack]:
    """Everything, with short leases so that a frozen worker is noticed while a test waits."""
    folder = tmp_path_factory.mktemp("system")
    folder.chmod(0o755)
    settings = {
        "DAILIES_LEASE_S": "6",
        "DAILIES_RETRY_FIRST_S": "0.5",
        "DAILIES_SMTP_URL": outside.post.url,
        "DAILIES_WEBHOOK_NETWORKS": "127.0.0.0/8",
        "DAILIES_WEBHOOK_RETRIES_S": "[0.2, 0.2]",
        "DAILIES_OTLP_URL": collector.url,
    }
    with LocalStack(folder, services=SERVICES, processors=2, settings=settings) as stack:
        yield stack


@pytest.fixture(scope="session")
def api(system: LocalStack) -> Iterator[httpx.Client]:
    """The public API, with an API key of the demo account."""
    environment = system.environment("gateway.app")
    email, _, password = environment["DAILIES_DEMO_ACCOUNT"].partition(":")
    url = environment["DAILIES_PUBLIC_URL"]
    with httpx.Client(base_url=url, headers={"Origin": url}, timeout=30) as browser:
        signed_in = browser.post("/api/session", json={"email": email, "password": password})
        assert signed_in.is_success, signed_in.text
        made = browser.post("/api/api-keys", json={"name": "journeys", "scopes": ["read", "write", "account"]})
        assert made.is_success, made.text
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {made.json()['key']}"}, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def dailies(system: LocalStack, api: httpx.Client) -> Callable[..., Any]:
    """The command line client: `dailies("list")` gives what it wrote as JSON; events of a watch are a list."""

    def run(*arguments: str | Path, status: int = 0) -> Any:
        command = [
            sys.executable,
            "-m",
            "client",
            "--url",
            str(api.base_url).rstrip("/"),
            *map(str, arguments),
            "--json",
        ]
        key = api.headers["Authorization"].removeprefix("Bearer ")
        environment = {**system.environment("gateway.app"), "DAILIES_API_KEY": key}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=180
        )
        assert done.returncode == status, done.stdout + done.stderr
        return msgspec.json.decode(done.stdout) if done.stdout.strip() else None

    return run
