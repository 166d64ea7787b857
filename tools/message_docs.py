"""Writes docs/messages.md: every message, by its kind, with where it goes and what it carries."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from shared import messages
from shared.messages import Asked, BatchUpdate, Command, Durable, Event, Query, Request, Update
from tools.described import field_docs, first_sentence

PAGE = Path(__file__).resolve().parent.parent / "docs" / "messages.md"
KINDS: tuple[tuple[str, type, str], ...] = (
    ("Commands", Command, "RabbitMQ, to the queue named after the receiver. They cannot be lost."),
    ("Events", Event, "RabbitMQ, to the one who decides what comes next. They cannot be lost."),
    ("Requests", Request, "NATS, asked and answered. They change something; asked again, they give the same answer."),
    ("Queries", Query, "NATS, asked and answered. They read something."),
    ("Updates", Update, "NATS, to whoever watches. The next one repairs a lost one."),
)
BASES = frozenset({Asked, BatchUpdate, Command, Durable, Event, Query, Request, Update})
HEAD = """# Messages

Written by `make docs` from `shared/messages.py`; change it there. A field with a `?` may be left out.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_sections()])


def _sections() -> Iterator[str]:
    told: set[type] = set()
    for title, base, meaning in KINDS:
        kinds = [kind for kind in _structs() if issubclass(kind, base) and kind not in BASES]
        told.update(kinds)
        yield f"## {title}\n\n{meaning}\n"
        for kind in kinds:
            yield from _message(kind)
    yield "## Parts of messages\n"
    for kind in _structs():
        if kind not in told and kind not in BASES:
            yield from _message(kind)


def _structs() -> list[type[Struct]]:
    """The structs of the module, in the order of their definitions."""
    found = [
        kind
        for _, kind in inspect.getmembers(messages, inspect.isclass)
        if issubclass(kind, Struct) and kind.__module__ == messages.__name__
    ]
    return sorted(found, key=lambda kind: inspect.getsourcelines(kind)[1])


def _message(kind: type[Struct]) -> Iterator[str]:
    yield f"### {kind.__name__}\n"
    yield f"{' '.join((inspect.getdoc(kind) or '').split())}\n"
    if where := _where(kind):
        yield f"{where}\n"
    docs = field_docs(kind)
    rows = [
        f"| `{field.name}{'' if field.required else '?'}` | {_type(field.type)} | {first_sentence(docs.get(field.name))} |"
        for field in msgspec.structs.fields(kind)
    ]
    if rows:
        yield "\n".join(["| Field | Type | |", "|---|---|---|", *rows, ""])


def _where(kind: type[Struct]) -> str:
    if issubclass(kind, Durable):
        return f"Queue `{kind.to}`"
    if issubclass(kind, Asked):
        return f"Subject `{kind.subject()}`, answered with `{kind.answer.__name__}`"
    if issubclass(kind, Update):
        # Structs are not checked when they are made, so that a subject can be shown with the names of its parts.
        names = {field.name: f"<{field.name}>" for field in msgspec.structs.fields(kind)}
        return f"Subject `{kind(**names).subject()}`"
    return ""


def _type(hint: object) -> str:
    name = hint.__name__ if isinstance(hint, type) and not hasattr(hint, "__args__") else str(hint)
    for prefix in (
        "shared.batches.",
        "shared.media.",
        "shared.messages.",
        "shared.library.",
        "shared.views.",
        "typing.",
        "uuid.",
        "datetime.",
    ):
        name = name.replace(prefix, "")
    return f"`{name}`".replace("|", "\\|")


def main() -> int:
    """Write the page."""
    PAGE.write_text(page())
    sys.stdout.write(f"Written: {PAGE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
