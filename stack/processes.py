"""The processes of Dailies, in one table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stack.errors import StackError

SERVICES = ("gateway", "uploader", "scheduler", "processor", "exporter")


@dataclass(frozen=True, kw_only=True)
class ProcessKind:
    """A command that the stack keeps running.

    `command` is what follows the Python interpreter; it runs in the root of the repository. `port` is the preferred
    port of a process that speaks HTTP to the outside. A scalable kind runs as numbered copies.
    """

    name: str
    command: tuple[str, ...]
    port: int | None = None
    scalable: bool = False

    @property
    def service(self) -> str:
        """The service that this process belongs to: the part of its name before the dot."""
        return self.name.partition(".")[0]


def _module(name: str, *, port: int | None = None, scalable: bool = False) -> ProcessKind:
    return ProcessKind(name=name, command=("-m", f"services.{name}"), port=port, scalable=scalable)


PROCESSES = (
    _module("gateway.app", port=8400),
    _module("gateway.worker"),
    _module("uploader.app", port=8401),
    _module("uploader.worker"),
    _module("scheduler.app"),
    _module("scheduler.worker"),
    _module("processor.worker", scalable=True),
    _module("exporter.worker"),
)


def chosen(wanted: Iterable[str], table: Sequence[ProcessKind]) -> list[ProcessKind]:
    """The kinds of the table that a service's name ("uploader") or a process's name ("uploader.app") asks for.

    Raises `StackError` for a name that the table does not have.
    """
    names = list(wanted)
    for name in names:
        if not any(name in (kind.name, kind.service) for kind in table):
            known = ", ".join(kind.name for kind in table)
            raise StackError(f"There is no service or process named {name}; there are {known}.")
    return [kind for kind in table if kind.name in names or kind.service in names]


def kind_of(name: str, table: Sequence[ProcessKind]) -> ProcessKind:
    """The kind of a process ("scheduler.app") or of a copy ("processor.worker.2"). Raises `StackError` if unknown."""
    for kind in table:
        number = name.removeprefix(f"{kind.name}.")
        if name == kind.name or (kind.scalable and number != name and number.isdecimal()):
            return kind
    raise StackError(f"There is no process named {name}; there are {', '.join(kind.name for kind in table)}.")
