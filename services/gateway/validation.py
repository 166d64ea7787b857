"""Checks a decoded JSON body against a struct and names everything that is wrong with it, not only the first thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from litestar import Request
from litestar.exceptions import SerializationException
from msgspec import NODEFAULT, Meta, Struct

from services.gateway.problems import FieldProblem, InvalidFields
from shared.errors import Invalid

MOST_PROBLEMS = 20


def problems_in(value: object, kind: type[Struct], path: str = "") -> Iterator[FieldProblem]:
    """What is wrong with the fields of an object. The sentence of a field is its description, where it has one."""
    if not isinstance(value, dict):
        yield FieldProblem(field=path or "body", detail=f"{path or 'The body'} must be an object.")
        return
    hints = get_type_hints(kind, include_extras=True)
    known = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in value:
        if name not in known:
            yield FieldProblem(field=_at(path, name), detail=f"{_at(path, name)} is unknown; leave it out.")
    for name, field in known.items():
        if name in value:
            yield from _problems_of(value[name], hints[field.name], _at(path, name))
        elif field.default is NODEFAULT and field.default_factory is NODEFAULT:
            yield FieldProblem(field=_at(path, name), detail=f"{_at(path, name)} is missing.")


def _problems_of(value: object, hint: Any, path: str) -> Iterator[FieldProblem]:
    try:
        msgspec.convert(value, hint)
        return
    except msgspec.ValidationError as error:
        complaint = str(error)
    found: list[FieldProblem] = []
    bare = get_args(hint)[0] if hasattr(hint, "__metadata__") else hint
    if (struct := _struct_in(bare)) is not None and isinstance(value, dict):
        found.extend(problems_in(value, struct, path))
    elif get_origin(bare) is tuple and isinstance(value, list):
        for position, item in enumerate(value[:MOST_PROBLEMS]):
            found.extend(_problems_of(item, get_args(bare)[0], f"{path}[{position}]"))
    if found:
        yield from found
        return
    told = next((note.description for note in getattr(hint, "__metadata__", ()) if isinstance(note, Meta)), None)
    sentence = f"must be {told}" if told else f"is wrong: {complaint.split(' - at ')[0][:1].lower()}{complaint.split(' - at ')[0][1:]}"
    yield FieldProblem(field=path, detail=f"{path} {sentence}.")


def _struct_in(hint: Any) -> type[Struct] | None:
    for candidate in (hint, *get_args(hint)):
        if isinstance(candidate, type) and issubclass(candidate, Struct):
            return candidate
    return None


def _at(path: str, name: str) -> str:
    shown = name if len(name) <= 60 else f"{name[:60]}…"
    return f"{path}.{shown}" if path else shown


class CheckedRequest(Request[Any, Any, Any]):
    """A request whose body is checked, field by field, before the route sees it."""

    async def json(self) -> Any:
        """The decoded body. Raises `Invalid` when it is not JSON, `InvalidFields` when it is not what the route wants."""
        try:
            value = await super().json()
        except SerializationException:
            raise Invalid("The body is not valid JSON.") from None
        wanted = self.route_handler.parsed_data_field  # type: ignore[attr-defined]
        if wanted is not None and isinstance(wanted.annotation, type) and issubclass(wanted.annotation, Struct):
            errors = []
            for error in problems_in(value, wanted.annotation):
                errors.append(error)
                if len(errors) == MOST_PROBLEMS:
                    break
            if errors:
                raise InvalidFields(tuple(errors))
        return value
