"""Checks a decoded JSON body against a struct and names everything that is wrong with it, not only the first thing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

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


def _problems_of(value: object, hint: Any, path: str, of_list: str | None = None) -> Iterator[FieldProblem]:
    """What is wrong with one value; an item without a description of its own is told by that of its list."""
    try:
        msgspec.convert(value, hint)
        return
    except msgspec.ValidationError as error:
        complaint = str(error)
    found: list[FieldProblem] = []
    told = next(_descriptions(hint), of_list)
    options = list(_options(hint))
    if isinstance(value, dict):
        for struct in options:
            if _is_struct(struct):
                found.extend(problems_in(value, struct, path))
    elif isinstance(value, list):
        for items in options:
            if get_origin(items) is tuple:
                for position, item in enumerate(value[: MOST_PROBLEMS * 10]):
                    found.extend(_problems_of(item, get_args(items)[0], f"{path}[{position}]", told))
    if found:
        yield from found
        return
    name = path.rpartition("[")[0] if of_list is not None and told == of_list else path
    sentence = f"must be {told}" if told else f"is wrong: {complaint.partition(' - at ')[0]}"
    yield FieldProblem(field=path, detail=f"{name} {sentence}.")


def _options(hint: Any) -> Iterator[Any]:
    """The types that a hint allows, without what is noted on them."""
    if hasattr(hint, "__metadata__"):
        yield from _options(get_args(hint)[0])
    elif get_origin(hint) in (Union, UnionType):
        for option in get_args(hint):
            yield from _options(option)
    else:
        yield hint


def _descriptions(hint: Any) -> Iterator[str]:
    """What is noted on a hint, or on one of its options."""
    for note in getattr(hint, "__metadata__", ()):
        if isinstance(note, Meta) and note.description:
            yield note.description
    if get_origin(hint) in (Union, UnionType) or hasattr(hint, "__metadata__"):
        for option in get_args(hint):
            yield from _descriptions(option)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


def _at(path: str, name: str) -> str:
    shown = name if len(name) <= 60 else f"{name[:60]}…"
    return f"{path}.{shown}" if path else shown


class CheckedRequest(Request[Any, Any, Any]):
    """A request whose body is checked, field by field, before the route sees it."""

    async def json(self) -> Any:
        """The decoded body. Raises `Invalid` when it is not JSON, `InvalidFields` when it is not what the route wants."""
        try:
            value = await super().json()
        except (SerializationException, UnicodeDecodeError, RecursionError):
            raise Invalid("The body is not valid JSON.") from None
        wanted = self.route_handler.parsed_data_field
        kinds = [] if wanted is None else [kind for kind in _options(wanted.annotation) if _is_struct(kind)]
        if kinds and value is not None:
            errors = tuple(islice(problems_in(value, kinds[0]), MOST_PROBLEMS))
            if errors:
                raise InvalidFields(errors)
        return value
