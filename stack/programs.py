"""Finds the programs that the stack runs, also those that Linux distributions keep off the PATH."""

import os
import shutil
from pathlib import Path

from stack.errors import StackError

# Where Debian, Fedora and Arch put servers; a plain user's PATH often lacks the sbin folders.
FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
POSTGRES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/bin", "/usr/local/pgsql/bin")
# Not Debian's wrapper in /usr/sbin, which insists on its own user and its own folders.
RABBITMQ = (
    "/usr/lib/rabbitmq/bin/rabbitmq-server",
    "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server",
    "/usr/lib64/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server",
)
EPMD = ("/usr/lib/erlang/erts-*/bin/epmd", "/usr/lib64/erlang/erts-*/bin/epmd")


def find(name: str) -> Path | None:
    """The path of a program, or nothing."""
    if name in ("postgres", "initdb", "psql"):
        folder = postgres_folder()
        return folder / name if folder else None
    patterns = {"rabbitmq-server": RABBITMQ, "epmd": EPMD}.get(name, ())
    for pattern in patterns:
        if found := _newest(pattern):
            return found[0]
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *FOLDERS])
    found_there = shutil.which(name, path=path)
    return Path(found_there) if found_there else None


def need(name: str) -> str:
    """The path of a program. Raises `StackError` when it is not installed."""
    if (path := find(name)) is None:
        raise StackError(f"{name} is not installed; run: python3 -m stack setup")
    return str(path)


def postgres_folder(major: str | None = None) -> Path | None:
    """The folder with PostgreSQL's programs: those of the given major version, otherwise the newest."""
    for pattern in POSTGRES:
        for folder in _newest(pattern):
            complete = all((folder / name).exists() for name in ("postgres", "initdb", "psql"))
            if complete and major in (None, *folder.parts, *folder.parent.name.split("-")):
                return folder
    return None


def _newest(pattern: str) -> list[Path]:
    def version(path: Path) -> list[int]:
        return [int(digits) for digits in "".join(c if c.isdigit() else " " for c in str(path)).split()]

    return sorted(Path("/").glob(pattern.lstrip("/")), key=version, reverse=True)
