"""The house rules that a machine can check: who handles what, who says what he is, which room is for what."""

from __future__ import annotations

import importlib
import inspect
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from shared import messages
from shared.messages import Asked, Command, Durable, Event, Query, Request

ROOT = Path(__file__).resolve().parents[1]
SERVICES = ("gateway", "uploader", "scheduler", "processor", "exporter")
ABSTRACT = {Asked, Command, Durable, Event, Query, Request}
KINDS = [
    kind
    for _, kind in inspect.getmembers(messages, inspect.isclass)
    if issubclass(kind, Durable | Asked) and kind not in ABSTRACT and kind.__module__ == messages.__name__
]


def modules() -> list[ModuleType]:
    """Every module of every service."""
    names = sorted(path.relative_to(ROOT).with_suffix("") for path in (ROOT / "services").rglob("*.py"))
    wanted = [".".join(name.parts) for name in names if "migrations" not in name.parts and name.stem != "__init__"]
    return [importlib.import_module(name) for name in wanted if not name.endswith(".database")]


def marked() -> Counter[type]:
    """How often each message is handled or answered, in all services."""
    functions = {
        value
        for module in modules()
        for value in vars(module).values()
        if inspect.iscoroutinefunction(value) and value.__module__ == module.__name__
    }
    return Counter(
        kind
        for function in functions
        if (kind := getattr(function, "handled", None) or getattr(function, "asked", None)) is not None
    )


def test_every_message_has_exactly_one_handler() -> None:
    found = marked()
    assert {kind.__name__: found[kind] for kind in KINDS if found[kind] != 1} == {}


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_its_card(service: str) -> None:
    card = importlib.import_module(f"services.{service}").__doc__ or ""
    assert all(f"\n{line}:" in card for line in ("Owns", "Hears", "Says")), card
    said = {name for kind in KINDS if issubclass(kind, Durable) and (name := kind.__name__) in card}
    assert said, "the card names no message"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_message_says_what_it_is_for_and_where_it_goes(kind: type) -> None:
    assert kind.__doc__ and kind.__doc__.strip().endswith(".")
    target = kind.to if issubclass(kind, Durable) else kind.of  # type: ignore[attr-defined]
    assert target.partition(".")[0] in SERVICES


def test_only_the_ways_in_read_the_environment() -> None:
    allowed = {"shared/running.py", "shared/migrating.py", "shared/processes.py", "services/gateway/admin.py"}
    reading = {
        str(path.relative_to(ROOT))
        for folder in ("shared", "services")
        for path in (ROOT / folder).rglob("*.py")
        if "os.environ" in path.read_text() and path.name != "database.py"
    }
    assert reading <= allowed, f"settings are passed down, not read: {reading - allowed}"


def test_no_file_hides_behind_a_name_that_says_nothing() -> None:
    empty = {"utils", "helpers", "common", "base", "manager", "misc"}
    assert [path for path in ROOT.glob("s*/**/*.py") if path.stem in empty] == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_two_migrations_have_one_id(service: str) -> None:
    """Of two with the same one Piccolo runs only one, and says nothing."""
    paths = (ROOT / "services" / service / "migrations").glob("*_*.py")
    ids = Counter(line for path in paths for line in path.read_text().splitlines() if line.startswith("ID = "))
    assert ids and [one for one, count in ids.items() if count > 1] == []
