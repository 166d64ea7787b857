"""The local stack: private servers and the services of Dailies, as children of this process."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from signal import SIGKILL
from types import TracebackType
from typing import Self

from stack import health, leftovers, logins, migrations, postgres, processes, seaweed, servers, settings
from stack.child import Child, Spec
from stack.errors import StackError
from stack.lock import FolderLock
from stack.ports import PREFERRED, Ports
from stack.processes import PROCESSES, SERVICES, ProcessKind

ROOT = Path(__file__).resolve().parent.parent
READY_S = 180.0  # RabbitMQ needs a minute where everything else needs the machine too


def _silent(*_: str) -> None:
    """Say nothing."""


class LocalStack:
    """Real PostgreSQL, RabbitMQ and NATS in a folder, and the chosen services on top of them.

    Used as a context manager: inside it everything is ready, after it everything has ended. `services` names services
    ("scheduler") or single processes ("scheduler.worker"); none means servers only. `settings` are DAILIES_* values
    that win over the stack's own. Ports are random unless `usual_ports`. Without `durable` the database does not wait
    for the disk, and `close` ends the servers at once. `say` gets news for people, `echo` every log line of a service
    as (process, line).

    What is ended through the stack (`stop`, `kill`) stays down until `start`; what dies by itself is restarted.
    Raises `StackError` when another stack uses the folder, or something does not become ready.
    """

    def __init__(
        self,
        folder: Path,
        *,
        services: Iterable[str] = (),
        processors: int = 1,
        settings: Mapping[str, str] | None = None,
        usual_ports: bool = False,
        durable: bool = False,
        python: str = sys.executable,
        root: Path = ROOT,
        table: Sequence[ProcessKind] = PROCESSES,
        say: Callable[[str], None] = _silent,
        echo: Callable[[str, str], None] = _silent,
    ) -> None:
        self.folder = folder.resolve()
        self._kinds = processes.chosen(services, table)
        self._table = table
        self._copies = {kind.name: processors for kind in table if kind.scalable}
        self._settings = dict(settings or {})
        self._durable = durable
        self._python = python
        self._root = root
        self._say = say
        self._echo = echo
        self._ports = Ports(preferred=usual_ports, say=say)
        self._lock = FolderLock(self.folder / "lock")
        self._children: dict[str, Child] = {}
        self._hurried = False
        self._discard: Callable[[], None] = _silent
        self._forks = ThreadPoolExecutor(1, "forks")

    def __enter__(self) -> Self:
        """Start everything and wait until it is ready."""
        self.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End everything."""
        self.close()

    def open(self) -> None:
        """Start everything and wait until it is ready; when that fails, nothing is left running."""
        self._lock.take()
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        data = postgres.data_folder(self.folder)
        if ended := leftovers.end(self.folder, data=data):
            self._say(f"Ended {ended} processes that an earlier run had left behind.")
        for name in ("logs", "scratch", "objects"):
            (self.folder / name).mkdir(exist_ok=True)
        self.logins = logins.load(self.folder / "secrets.json", services=SERVICES)
        s3 = seaweed.program(self._root) if settings.wants_s3_server(self._settings) else None
        self.servers = servers.prepare(self.folder, ports=self._ports, logins=self.logins, durable=self._durable, s3=s3)
        if not self._durable:
            self._discard = partial(postgres.discard, self.servers.cluster, self.folder)
        if self.servers.cluster.data.parent != self.folder:
            self._say(
                f"PostgreSQL runs as user {self.servers.cluster.user}; its data is in {self.servers.cluster.data}."
            )
        specs = servers.specs(self.servers, stack=self.folder, durable=self._durable)
        for spec in specs:
            self._add(spec).start()
        self.wait_ready("postgres")
        postgres.provision(self.servers.cluster, SERVICES, self.logins)
        self.migrate(*dict.fromkeys(kind.service for kind in self._kinds))
        self.wait_ready(*(spec.name for spec in specs))
        names = [name for kind in self._kinds for name in self._names(kind)]
        for name in names:
            self._add(self._spec(name)).start()
        self.wait_ready(*names)

    def close(self) -> None:
        """End everything, services before servers; RabbitMQ, NATS and PostgreSQL write down what they hold."""
        try:
            self._end([name for name in self._children if name not in servers.NAMES])
            # Data that nobody will read again needs no orderly end, which takes RabbitMQ some seconds.
            patience_s = None if self._durable else 0.0
            self._end([name for name in servers.NAMES if name in self._children], patience_s=patience_s)
        finally:
            for child in self._children.values():
                child.close()
            self._discard()
            self._children.clear()
            self._forks.shutdown()
            self._lock.release()

    def hurry(self) -> None:
        """Make a `close` that is under way kill what has not ended yet. Safe in a signal handler."""
        self._hurried = True
        for child in list(self._children.values()):
            child.send(SIGKILL)

    @property
    def names(self) -> list[str]:
        """Servers and processes, in the order in which they started."""
        return list(self._children)

    def child(self, name: str) -> Child:
        """A server or process by its name; a scalable one without its number is its first copy."""
        for known in (name, f"{name}.1"):
            if known in self._children:
                return self._children[known]
        raise StackError(f"Nothing named {name} belongs to this stack; there are {', '.join(self._children)}.")

    def pid(self, name: str) -> int:
        """The process id. Raises `StackError` when it is not running."""
        pid = self.child(name).pid
        if pid is None:
            raise StackError(f"{name} is not running.")
        return pid

    def start(self, name: str, *, timeout_s: float = READY_S) -> None:
        """Start what was stopped or killed, or a process that was not chosen at first, and wait until it is ready."""
        if name not in self._children and f"{name}.1" not in self._children:
            kind = self._kind(name)
            self._add(self._spec(f"{kind.name}.1" if kind.scalable and name == kind.name else name))
        self.child(name).start()
        self.child(name).wait_ready(timeout_s)

    def stop(self, name: str) -> None:
        """End it in order."""
        self.child(name).stop()

    def kill(self, name: str) -> None:
        """End it with SIGKILL."""
        self.child(name).kill()

    def freeze(self, name: str) -> None:
        """Stop it and its children with SIGSTOP; see `thaw`."""
        self.child(name).freeze()

    def thaw(self, name: str) -> None:
        """Let what was frozen go on."""
        self.child(name).thaw()

    def wait_ready(self, *names: str, timeout_s: float = READY_S) -> None:
        """Wait until all of these are ready. Raises `StackError` with the log's end when one ends or takes too long."""
        for name in names:
            self.child(name).wait_ready(timeout_s)

    def scale(self, name: str, copies: int) -> None:
        """Run this many copies of a scalable process and wait until they are ready."""
        kind = self._kind(name)
        if not kind.scalable:
            raise StackError(f"{name} runs once; only a scalable process has copies.")
        before = set(self._names(kind)) & set(self._children)
        self._copies[kind.name] = copies
        wanted = self._names(kind)
        self._end([copy for copy in before if copy not in wanted])
        for copy in before - set(wanted):
            self._children.pop(copy).close()
        for copy in wanted:
            if copy not in self._children:
                self._add(self._spec(copy))
            self.child(copy).start()
        self.wait_ready(*wanted)

    def migrate(self, *services: str) -> None:
        """Bring the schemas of these services up to date, all at once: none reads another's."""
        known = {name: self.environment(name) for name in services}
        migrations.run(known, python=self._python, root=self._root, logs=self.folder / "logs")

    def sql(self, statements: str) -> str:
        """Run SQL as the administrator of the database; gives the rows, one a line, columns parted by |."""
        return postgres.run_sql(self.servers.cluster, statements)

    def port(self, name: str) -> int:
        """The port of a server ("rabbitmq.console", "nats") or of a process that speaks HTTP ("gateway.app")."""
        usual = {kind.name: kind.port for kind in self._table}.get(name)
        return self._ports.of(name, usual)

    def shown_port(self, name: str) -> int | None:
        """The port that people use of a server or process, if it has one."""
        known = [*PREFERRED, *(kind.name for kind in self._table if kind.port)]
        return self.port(name) if name in known else None

    def environment(self, name: str) -> dict[str, str]:
        """The whole environment of a process ("scheduler.worker") or of code that acts for a service ("scheduler")."""
        return settings.of_process(
            name,
            service=name.partition(".")[0],
            folder=self.folder,
            servers=self.servers,
            logins=self.logins,
            port=self.port,
            chosen=self._settings,
        )

    def _names(self, kind: ProcessKind) -> list[str]:
        if not kind.scalable:
            return [kind.name]
        return [f"{kind.name}.{number}" for number in range(1, self._copies[kind.name] + 1)]

    def _kind(self, name: str) -> ProcessKind:
        return processes.kind_of(name, self._table)

    def _add(self, spec: Spec) -> Child:
        child = Child(spec, forks=self._forks, say=self._say)
        self._children[spec.name] = child
        return child

    def _spec(self, name: str) -> Spec:
        environment = self.environment(name)
        port = int(environment["DAILIES_MONITOR_PORT"])
        return Spec(
            name=name,
            command=(self._python, *self._kind(name).command),
            environment=environment,
            folder=self._root,
            stack=self.folder,
            log=self.folder / "logs" / f"{name}.log",
            ready=lambda: health.answers(port, "/health/ready"),
            echo=self._echo,
        )

    def _end(self, names: Sequence[str], *, patience_s: float | None = None) -> None:
        if self._hurried:
            patience_s = 0.0
        if names:
            with ThreadPoolExecutor(len(names)) as pool:
                list(pool.map(lambda name: self._children[name].stop(patience_s=patience_s), names))
