"""The three servers that the services need, as children of the stack."""

from dataclasses import dataclass
from pathlib import Path

from stack import health, nats, postgres, rabbitmq
from stack.child import Spec
from stack.logins import Logins
from stack.nats import Bus
from stack.ports import Ports
from stack.postgres import Cluster
from stack.rabbitmq import Broker

NAMES = ("postgres", "nats", "epmd", "rabbitmq")


@dataclass(frozen=True, kw_only=True)
class Servers:
    """The prepared servers."""

    cluster: Cluster
    broker: Broker
    bus: Bus


def prepare(folder: Path, *, ports: Ports, logins: Logins, durable: bool) -> Servers:
    """Choose the ports and write down the configuration of all servers."""
    broker = Broker(
        home=folder / "rabbitmq",
        password=logins.rabbitmq_password,
        port=ports.of("rabbitmq"),
        console_port=ports.of("rabbitmq.console"),
        metrics_port=ports.of("rabbitmq.metrics"),
        nodes_port=ports.of("rabbitmq.nodes"),
        epmd_port=ports.of("epmd"),
    )
    bus = Bus(
        home=folder / "nats",
        password=logins.nats_password,
        port=ports.of("nats"),
        monitor_port=ports.of("nats.monitor"),
    )
    rabbitmq.prepare(broker)
    nats.prepare(bus)
    cluster = postgres.prepare(folder, port=ports.of("postgres"), logins=logins, durable=durable)
    return Servers(cluster=cluster, broker=broker, bus=bus)


def specs(servers: Servers, *, stack: Path, durable: bool) -> list[Spec]:
    """How to run each server, in the order in which to start them."""
    cluster, broker, bus = servers.cluster, servers.broker, servers.bus
    logs = stack / "logs"
    return [
        Spec(
            name="postgres",
            command=postgres.command(cluster, durable=durable),
            environment=postgres.environment(),
            folder=Path("/"),
            stack=stack,
            log=logs / "postgres.log",
            ready=lambda: postgres.is_ready(cluster),
            user=cluster.user,
            stop_signal=postgres.STOP_SIGNAL,
            death_signal=postgres.STOP_SIGNAL,
            grace_s=30.0,
        ),
        Spec(
            name="nats",
            command=nats.command(bus),
            environment=nats.environment(),
            folder=stack,
            stack=stack,
            log=logs / "nats.log",
            ready=lambda: nats.is_ready(bus),
        ),
        Spec(
            name="epmd",
            command=rabbitmq.epmd_command(),
            environment=rabbitmq.epmd_environment(broker),
            folder=stack,
            stack=stack,
            log=logs / "epmd.log",
            ready=lambda: health.listens(broker.epmd_port),
        ),
        Spec(
            name="rabbitmq",
            command=rabbitmq.command(),
            environment=rabbitmq.environment(broker),
            folder=broker.home,
            stack=stack,
            log=logs / "rabbitmq.log",
            ready=lambda: rabbitmq.is_ready(broker),
            grace_s=30.0,
        ),
    ]
