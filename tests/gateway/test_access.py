"""Walks every route of the API: who is let in, and what strangers see."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from services.gateway import signing
from services.gateway.notices import NOTICE
from services.gateway.scopes import Scope
from services.gateway.tables import Notices, Webhooks
from services.gateway.webhooks import HOOK
from tests.gateway.conftest import House, Person
from tests.gateway.test_openapi import PUBLIC, operations, schema

__all__ = ["schema"]

Route = tuple[str, str, dict[str, Any]]


def routes(schema: dict[str, Any]) -> Iterator[Route]:
    """Method, path and operation of each route that needs somebody signed in."""
    for method, path, operation in operations(schema):
        if operation["operationId"] not in PUBLIC:
            yield method, path, operation


def body_of(operation: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return content.get("example")


def filled(path: str, ids: dict[str, str]) -> str:
    for name, value in ids.items():
        path = path.replace("{" + name + "}", value)
    assert "{" not in path, f"{path}: the test has to know a foreign id for it"
    return path


async def test_every_route_but_the_public_ones_needs_somebody_signed_in(house: House, schema: dict[str, Any]) -> None:
    stranger = house.client()
    for method, path, operation in routes(schema):
        address = filled(path, {name: str(uuid.uuid4()) for name in names(path)})
        answer = await stranger.request(method.upper(), address, json=body_of(operation))
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), (method, path)


def names(path: str) -> list[str]:
    return [part.strip("{}") for part in path.split("/") if part.startswith("{")]


async def belongings(house: House, person: Person) -> dict[str, str]:
    """Ids of somebody's things, by the name that paths give them."""
    made = await person.client.post(
        "/api/batch-jobs", json={"name": "Hers", "files": [{"name": "one.mp4", "size": 2_000}]}
    )
    key = await person.client.post("/api/api-keys", json={"name": "hers"})
    template = await person.client.post("/api/settings-templates", json={"name": "hers", "settings": {}})
    browser = await house.browser(person)
    assert (made.status_code, key.status_code, template.status_code) == (201, 201, 201)
    await Notices.add(person.user_id, NOTICE)
    await Webhooks.make(person.user_id, HOOK, signing.new_secret())
    return {
        "notice_id": str(NOTICE.id),
        "webhook_id": str(HOOK.id),
        "delivery_id": str(uuid.uuid4()),
        "batch_id": made.json()["batch_job_id"],
        "video_id": made.json()["videos"][0]["video_id"],
        "export_id": str(uuid.uuid4()),
        "key_id": key.json()["id"],
        "template_id": template.json()["id"],
        "session_id": (await browser.get("/api/sessions")).json()["sessions"][0]["id"],
    }


async def test_the_things_of_others_look_as_if_they_did_not_exist(house: House, schema: dict[str, Any]) -> None:
    ada, eve = await house.person(), await house.person()
    hers = await belongings(house, ada)
    before = (await ada.client.get(f"/api/batch-jobs/{hers['batch_id']}")).json()
    walked = 0
    for method, path, operation in routes(schema):
        if not names(path) or "Operators" in operation["tags"]:
            continue
        answer = await eve.client.request(method.upper(), filled(path, hers), json=body_of(operation))
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (method, path, answer.text)
        walked += 1
    assert walked > 15
    after = (await ada.client.get(f"/api/batch-jobs/{hers['batch_id']}")).json()
    assert after["batch_job"] == before["batch_job"]
    for address in (
        "/api/batch-jobs",
        "/api/videos",
        "/api/api-keys",
        "/api/settings-templates",
        "/api/exports",
        "/api/notices",
        "/api/webhooks",
        "/api/sessions",
    ):
        seen = (await eve.client.get(address)).text
        assert not any(value in seen for value in hers.values()), address


async def test_only_operators_do_what_operators_do(house: House, schema: dict[str, Any]) -> None:
    eve = await house.person()
    ids = {"user_id": str(eve.user_id)}
    walked = 0
    for method, path, operation in routes(schema):
        if "Operators" in operation["tags"]:
            assert operation["security"][0] == {"api_key": ["operate"]}, (method, path)
            answer = await eve.client.request(method.upper(), filled(path, ids), json=body_of(operation))
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (method, path, answer.text)
            walked += 1
        else:
            assert operation["security"][0] != {"api_key": ["operate"]}, (method, path)
    assert walked > 5


async def test_a_key_does_only_what_it_was_made_for(house: House, schema: dict[str, Any]) -> None:
    browser = await house.browser(await house.person())
    for allowed in Scope:
        made = await browser.post("/api/api-keys", json={"name": allowed, "scopes": [allowed]})
        program = house.client(headers={"Authorization": f"Bearer {made.json()['key']}"})
        for method, path, operation in routes(schema):
            (needed,) = operation["security"][0]["api_key"]
            if needed == allowed:
                continue
            address = filled(path, {name: str(uuid.uuid4()) for name in names(path)})
            answer = await program.request(method.upper(), address, json=body_of(operation))
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (allowed, method, path)
            assert f"the scope {needed}" in answer.json()["detail"]


@pytest.mark.parametrize("value", ["1", "..%2f..", "%00", "x" * 500, "00000000-0000-0000-0000-00000000000g"])
async def test_an_id_that_is_none_is_not_found(house: House, value: str) -> None:
    ada = await house.person()
    for path in (f"/api/batch-jobs/{value}", f"/api/videos/{value}/upload"):
        answer = await ada.client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
