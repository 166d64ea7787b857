"""The servers that the services need, as children of the stack."""

from dataclasses import dataclass
from pathlib import Path

from stack import health, nats, postgres, rabbitmq, seaweed
from stack.child import Spec
from stack.logins import Logins
from stack.nats import Bus
from stack.ports import Ports
from stack.postgres import Cluster
from stack.rabbitmq import Broker
from stack.seaweed import S3

NAMES = ("postgres", "nats", "epmd", "rabbitmq", "s3")


@dataclass(frozen=True, kw_only=True)
class Servers:
    """The prepared servers; `s3` is None where the store is a folder, or runs elsewhere."""

    cluster: Cluster
    broker: Broker
    bus: Bus
    s3: S3 | None


def prepare(folder: Path, *, ports: Ports, logins: Logins, durable: bool, s3: Path | None) -> Servers:
    """Choose the ports and write down the configuration of all servers; `s3` is the program of an S3 server, if one is wanted."""
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
    store = None
    if s3 is not None:
        numbers = {name: ports.of(name) for name in seaweed.names()}
        store = S3(home=folder / "s3", program=s3, secret_key=logins.s3_secret_key, ports=numbers)
        seaweed.prepare(store)
    return Servers(cluster=cluster, broker=broker, bus=bus, s3=store)


def specs(servers: Servers, *, stack: Path, durable: bool) -> list[Spec]:
    """How to run each server, in the order in which to start them."""
    cluster, broker, bus = servers.cluster, servers.broker, servers.bus
    logs = stack / "logs"
    found = [
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
    if (s3 := servers.s3) is not None:
        found.append(
            Spec(
                name="s3",
                command=seaweed.command(s3),
                environment=seaweed.environment(s3),
                folder=s3.home,
                stack=stack,
                log=logs / "s3.log",
                ready=lambda: seaweed.is_ready(s3),
                stop_signal=seaweed.STOP_SIGNAL,
            )
        )
    return found
