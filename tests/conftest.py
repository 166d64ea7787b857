"""What all tests share: one set of real servers for the whole run, on free ports and in a temporary folder; and clips."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from msgspec import Struct

from shared.settings import load
from stack.local import LocalStack


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """PostgreSQL, RabbitMQ and NATS, with no service running. Services can be migrated: `servers.migrate("scheduler")`."""
    # A short path: the servers' sockets live below it.
    folder = tmp_path_factory.mktemp("stack")
    folder.chmod(0o755)
    with LocalStack(folder) as stack:
        yield stack


@pytest.fixture(scope="session")
def settings_of(servers: LocalStack) -> Callable[..., Struct]:
    """Settings of a service as its processes would read them: `settings_of(SchedulerSettings, "scheduler.app", lease_s=1)`."""

    def settings(kind: type[Struct], process: str, **wanted: object) -> Struct:
        environment: Mapping[str, str] = servers.environment(process)
        extra = {f"DAILIES_{name.upper()}": str(value) for name, value in wanted.items()}
        return load(kind, {**environment, "DAILIES_MONITOR_PORT": "0", **extra})

    return settings


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for clips, kept for the whole run, so that each clip is made once. What is in it is read-only."""
    return tmp_path_factory.mktemp("media")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the servers, so that `make test-unit` can leave it out."""
    for item in items:
        if "servers" in getattr(item, "fixturenames", ()):
            item.add_marker("servers")
