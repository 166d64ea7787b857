"""Writes .env.example: every setting of every service, its default, and what it is for."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from typing import Any

import msgspec
from msgspec import NODEFAULT, Struct

from shared.settings import Common, variable
from stack.settings import PER_PROCESS
from tools.described import field_docs

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / ".env.example"
HEAD = """\
# Every setting of Dailies, with its default. Written by `make docs` from the settings of the services; change it there.
#
# Copy what you want to change to `.env`, without the # in front. `make up` reads that file and sets the rest by itself;
# `docker compose up` reads it for the values that compose.yaml leaves open.
"""


class Setting(Struct, frozen=True, kw_only=True):
    """A variable as one service reads it: its default (None when it must be set), and what it is for."""

    name: str
    service: str
    default: str | None
    purpose: str


def services() -> list[str]:
    """The services that have settings."""
    return sorted(path.parent.name for path in (ROOT / "services").glob("*/settings.py"))


def structs(service: str) -> list[type[Common]]:
    """The settings structs of a service."""
    module = importlib.import_module(f"services.{service}.settings")
    return [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Common) and kind.__module__ == module.__name__
    ]


def known() -> dict[str, list[Setting]]:
    """Every variable, as each service that has it reads it."""
    found: dict[str, list[Setting]] = {}
    for service in services():
        for kind in structs(service):
            docs = field_docs(kind)
            for field in msgspec.structs.fields(kind):
                name = variable(field.name)
                purpose = docs.get(field.name, "")
                setting = Setting(name=name, service=service, default=_default(field), purpose=purpose)
                if setting not in found.setdefault(name, []):
                    found[name].append(setting)
    return found


def text() -> str:
    """The whole file: first what most services have."""
    groups: dict[tuple[str, ...], list[list[Setting]]] = {}
    for readings in known().values():
        groups.setdefault(tuple(reading.service for reading in readings), []).append(readings)
    parts = [HEAD]
    for readers in sorted(groups, key=lambda readers: -len(readers)):
        everybody = len(readers) == len(services())
        parts.append(f"# --- {'Every service' if everybody else ', '.join(readers).capitalize()} ---\n")
        parts += [_written(readings) for readings in groups[readers]]
    if passwords := compose_only():
        parts.append("# --- For compose.yaml alone; `make up` makes its own ---\n")
        parts += [f"#{name}=\n" for name in passwords]
    return "\n".join(parts)


def compose_only() -> list[str]:
    """Variables that compose.yaml asks for and no service reads, such as the passwords of its servers."""
    file = ROOT / "compose.yaml"
    asked = re.findall(r"\$\{(DAILIES_\w+)", file.read_text()) if file.exists() else []
    return [name for name in dict.fromkeys(asked) if name not in known()]


def _written(readings: list[Setting]) -> str:
    first = readings[0]
    if len({reading.purpose for reading in readings}) == 1:
        lines = [f"# {first.purpose}"]
    else:
        lines = [f"# {reading.service.capitalize()}: {reading.purpose}" for reading in readings]
    if first.name in PER_PROCESS:
        lines.append("# The local stack sets it for each process.")
    elif first.default is None:
        lines.append("# Must be set; the local stack does it.")
    return "\n".join([*lines, f"#{first.name}={first.default or ''}", ""])


def _default(field: Any) -> str | None:
    if field.default is not NODEFAULT:
        value = field.default
    elif field.default_factory is not NODEFAULT:
        value = field.default_factory()
    else:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list | tuple | Struct):
        return msgspec.json.encode(value).decode()
    return str(value)


def main() -> int:
    """Write the file."""
    FILE.write_text(text())
    sys.stdout.write(f"Written: {FILE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
