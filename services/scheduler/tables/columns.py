"""Structs to columns and rows to structs: JSON columns hold structs, enums are text."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Struct

S = TypeVar("S", bound=Struct)


def to_column(value: Any) -> Any:
    """A field of a struct as asyncpg takes it; JSON goes as text."""
    if isinstance(value, Struct | dict | tuple):
        return msgspec.json.encode(value).decode()
    return value.value if isinstance(value, Enum) else value


def placeholder(kind: Any) -> str:
    """What stands for a field in a statement: JSON is cast."""
    return "{}::jsonb" if _is_json(kind) else "{}"


def from_row(row: dict[str, Any], kind: type[S], **extra: Any) -> S:
    """A row as a struct; columns that the struct does not have are left out."""
    values = dict(extra)
    for name, is_json in _columns(kind).items():
        if name in extra or name not in row:
            continue
        value = row[name]
        values[name] = msgspec.json.decode(value) if is_json and isinstance(value, str) else value
    return msgspec.convert(values, kind)


@cache
def _columns(kind: type[Struct]) -> dict[str, bool]:
    """The fields of a struct, and whether each is kept as JSON. Finding that out takes longer than reading a row."""
    return {name: _is_json(hint) for name, hint in get_type_hints(kind).items()}


def _is_json(kind: Any) -> bool:
    return any(
        option is dict
        or getattr(option, "__origin__", None) is dict
        or (isinstance(option, type) and issubclass(option, Struct))
        for option in (get_args(kind) or (kind,))
    )


def insert(table: str, fields: dict[str, Any], types: dict[str, Any]) -> str:
    """A statement that inserts a row with these columns."""
    marks = ", ".join(placeholder(types.get(name)) for name in fields)
    return f"insert into {table} ({', '.join(fields)}) values ({marks})"


def update(table: str, fields: dict[str, Any], types: dict[str, Any]) -> str:
    """A statement that updates these columns of the row with an id."""
    marks = ", ".join(f"{name} = {placeholder(types.get(name))}" for name in fields)
    return f"update {table} set {marks} where id = {{}}"


def insert_all(table: str, names: Iterable[str]) -> str:
    """A statement that inserts many rows with these columns, given as one JSON array of objects."""
    columns = ", ".join(names)
    return f"insert into {table} ({columns}) select {columns} from jsonb_populate_recordset(null::{table}, {{}}::jsonb)"


def update_all(table: str, names: Iterable[str]) -> str:
    """A statement that updates these columns of many rows, given with their ids as one JSON array of objects."""
    changes = ", ".join(f"{name} = new.{name}" for name in names)
    return (
        f"update {table} set {changes} from jsonb_populate_recordset(null::{table}, {{}}::jsonb) new"
        f" where {table}.id = new.id"
    )
