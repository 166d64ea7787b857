"""The description of the API, without any server."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from services.gateway.openapi import completed
from services.gateway.reference import reference
from services.gateway.web import ROUTES, application

PUBLIC = {
    "sign_in",
    "sign_up",
    "get_sign_in_options",
    "start_sign_in",
    "finish_sign_in",
    "ask_for_password_reset",
    "reset_password",
    "unsubscribe",
}
"""The routes under /api that need nobody to be signed in."""


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    app = application()
    return completed(app.openapi_schema.to_schema(), app)


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def test_every_route_has_a_name_a_summary_and_a_description(schema: dict[str, Any]) -> None:
    described = {operation["operationId"] for _, _, operation in operations(schema)}
    assert len(described) == len(ROUTES)
    for method, path, operation in operations(schema):
        assert operation["summary"] and operation["description"] and operation["tags"], (method, path)


def test_every_body_and_every_answer_has_an_example(schema: dict[str, Any]) -> None:
    for method, path, operation in operations(schema):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert content["example"], (method, path)
        for status, response in operation["responses"].items():
            if status not in ("204", "303"):
                assert all(content["examples"] for content in response["content"].values()), (method, path, status)


def test_problems_are_problem_bodies(schema: dict[str, Any]) -> None:
    for method, path, operation in operations(schema):
        problems = {status: response for status, response in operation["responses"].items() if status >= "400"}
        assert "503" in problems, (method, path)
        assert "401" in problems or operation["operationId"] in PUBLIC, (method, path)
        for status, response in problems.items():
            assert list(response["content"]) == ["application/problem+json"], (method, path, status)


def test_only_the_short_list_needs_nobody_to_be_signed_in(schema: dict[str, Any]) -> None:
    public = {operation["operationId"] for _, _, operation in operations(schema) if operation.get("security") == []}
    assert public == PUBLIC


def test_every_structure_that_is_referred_to_is_there(schema: dict[str, Any]) -> None:
    referred: set[str] = set()

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            referred.add(str(part.get("$ref", "")).rpartition("/")[2])
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(schema)
    assert referred - {""} == set(schema["components"]["schemas"])


def test_fields_of_answers_are_always_there_and_fields_of_bodies_may_be_missing(schema: dict[str, Any]) -> None:
    structures = schema["components"]["schemas"]
    assert "progress_percentage" in structures["BatchVideo"]["required"]
    assert structures["NewBatch"]["required"] == ["name"]
    assert "transcribe" not in structures["BatchSettings"].get("required", [])


def test_events_are_told_apart_by_their_type(schema: dict[str, Any]) -> None:
    structures = schema["components"]["schemas"]
    kinds = {"ProgressEvent": "progress", "BatchEvent": "batch", "VideoEvent": "video", "BatchSnapshot": "snapshot"}
    for name, kind in kinds.items():
        assert structures[name]["properties"]["type"]["enum"] == [kind]


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.addresses: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            if name in ("href", "src") and value:
                self.addresses.append(value)


def test_the_page_for_people_shows_every_route_and_loads_nothing_from_elsewhere(schema: dict[str, Any]) -> None:
    links = Links()
    links.feed(reference(schema).decode())
    assert {operation["operationId"] for _, _, operation in operations(schema)} <= links.ids
    assert "script" not in links.tags
    for address in links.addresses:
        assert address.startswith("/schema/") or address.removeprefix("#") in links.ids
