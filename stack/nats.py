"""A private NATS server with JetStream."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from stack import health, programs

USER = "dailies"


@dataclass(frozen=True, kw_only=True)
class Bus:
    """Where a NATS server keeps its streams, and its ports (on 127.0.0.1)."""

    home: Path
    password: str
    port: int
    monitor_port: int


def prepare(bus: Bus) -> None:
    """Write its configuration: a superset of JSON."""
    bus.home.mkdir(mode=0o700, exist_ok=True)
    settings = {
        "server_name": "dailies",
        "listen": f"127.0.0.1:{bus.port}",
        "http": f"127.0.0.1:{bus.monitor_port}",
        "authorization": {"user": USER, "password": bus.password},
        "jetstream": {
            "store_dir": str(bus.home / "streams"),
            "max_file_store": 4 * 1024**3,
            "max_memory_store": 256 * 1024**2,
        },
    }
    path = bus.home / "nats.conf"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(settings, file, indent=2, ensure_ascii=False)


def command(bus: Bus) -> tuple[str, ...]:
    """The server, in the foreground."""
    return (programs.need("nats-server"), "-c", str(bus.home / "nats.conf"))


def environment() -> dict[str, str]:
    """What the server sees."""
    return {"PATH": os.environ.get("PATH", os.defpath)}


def is_ready(bus: Bus) -> bool:
    """Whether it serves clients and its streams are restored."""
    return health.answers(bus.monitor_port, "/healthz")


def url(bus: Bus) -> str:
    """The address with its login."""
    return f"nats://{USER}:{bus.password}@127.0.0.1:{bus.port}"
