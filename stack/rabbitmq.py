"""A private RabbitMQ with its management console and its metrics."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stack import health, programs

VHOST = "dailies"
SCHEDULERS = min(4, os.cpu_count() or 1)
USER = "dailies"
# A message that is not acknowledged for this long is given to another consumer while the first one still works on it:
# it must lie above the longest budget of a batch.
CONSUMER_TIMEOUT_MS = 7 * 24 * 3600 * 1000


# RabbitMQ's default never lets a scheduler wait busily. A short wait costs next to nothing when idle (2 % of a core
# either way) and halves the time to start, which hands small pieces of work between threads all the time.
ERLANG = (
    f"+S {SCHEDULERS}:{SCHEDULERS}",
    *("+sbwt short", "+sbwtdcpu short", "+sbwtdio short"),
    "-kernel inet_dist_use_interface {127,0,0,1}",
)


# Its own working folder. Erlang cannot hand a path with letters like é to `df`, by which it watches the disk.
HERE = "/proc/self/cwd"


@dataclass(frozen=True, kw_only=True)
class Broker:
    """Where a RabbitMQ keeps its things, and its ports (all on 127.0.0.1)."""

    home: Path
    password: str
    port: int
    console_port: int
    metrics_port: int
    nodes_port: int
    epmd_port: int


def prepare(broker: Broker) -> None:
    """Write its configuration."""
    broker.home.mkdir(mode=0o700, exist_ok=True)
    cookie = broker.home / ".erlang.cookie"
    if not cookie.exists() or not cookie.read_text():
        cookie.unlink(missing_ok=True)
        with os.fdopen(os.open(cookie, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
            file.write(secrets.token_hex(20))
    settings = {
        "listeners.tcp.local": f"127.0.0.1:{broker.port}",
        "management.tcp.ip": "127.0.0.1",
        "management.tcp.port": broker.console_port,
        "prometheus.tcp.ip": "127.0.0.1",
        "prometheus.tcp.port": broker.metrics_port,
        "default_user": USER,
        "default_pass": broker.password,
        "default_vhost": VHOST,
        "default_user_tags.administrator": "true",
        "consumer_timeout": CONSUMER_TIMEOUT_MS,
        "disk_free_limit.absolute": "200MB",
        "cluster_name": "dailies",
        "log.file": "false",
        "log.console": "true",
        "log.console.level": "warning",
    }
    _private(broker.home / "rabbitmq.conf", "".join(f"{name} = {value}\n" for name, value in settings.items()))
    _private(broker.home / "rabbitmq-env.conf", "")
    _private(broker.home / "enabled_plugins", "[rabbitmq_management,rabbitmq_prometheus].\n")


def environment(broker: Broker) -> dict[str, str]:
    """What the server sees: nothing of a system-wide RabbitMQ's settings."""
    home = broker.home
    return {
        **epmd_environment(broker),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "RABBITMQ_NODENAME": "dailies@localhost",
        "RABBITMQ_DIST_PORT": str(broker.nodes_port),
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
        "RABBITMQ_CONF_ENV_FILE": str(home / "rabbitmq-env.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": f"{HERE}/data",
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_SCHEMA_DIR": str(home / "schema"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(home / "config"),
        # The start script replaces itself with the server, so that signals and the exit status are the server's own.
        "RUNNING_UNDER_SYSTEMD": "true",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": " ".join(ERLANG),
    }


def epmd_environment(broker: Broker) -> dict[str, str]:
    """Where Erlang's port mapper is: our own, since one that the server started itself would outlive it."""
    address = {"ERL_EPMD_PORT": str(broker.epmd_port), "ERL_EPMD_ADDRESS": "127.0.0.1"}
    return {"PATH": os.environ.get("PATH", os.defpath), **address}


def epmd_command() -> tuple[str, ...]:
    """Erlang's port mapper, in the foreground."""
    return (programs.need("epmd"),)


def command() -> tuple[str, ...]:
    """The server, in the foreground."""
    return (programs.need("rabbitmq-server"),)


def is_ready(broker: Broker) -> bool:
    """Whether it takes work: it runs, no alarm (memory, disk) stops its publishers, and clients are let in.

    The console answers some moments before the port for clients does.
    """
    login = (USER, broker.password)
    return health.answers(broker.console_port, "/api/health/checks/local-alarms", login=login) and health.listens(
        broker.port
    )


def url(broker: Broker) -> str:
    """The AMQP address with its login."""
    return f"amqp://{USER}:{broker.password}@127.0.0.1:{broker.port}/{VHOST}"


def _private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def console_login(broker: Broker) -> Mapping[str, str]:
    """Address, user and password of the management console."""
    return {"url": f"http://127.0.0.1:{broker.console_port}", "user": USER, "password": broker.password}
