from __future__ import annotations

from typing import Any

import pytest

from services.gateway.templates import MOST_TEMPLATES
from tests.gateway.conftest import House, Person, Start

SETTINGS = {"remove_silence": True, "silence_threshold": -35}


@pytest.fixture
async def ada(start: Start) -> Person:
    """Somebody with an account."""
    house = await start()
    return await house.person()


@pytest.fixture
async def house(start: Start) -> House:
    """A gateway alone."""
    return await start()


async def made(person: Person, name: str, **fields: Any) -> dict[str, Any]:
    answer = await person.client.post("/api/settings-templates", json={"name": name, "settings": SETTINGS, **fields})
    assert answer.status_code == 201, answer.text
    template: dict[str, Any] = answer.json()
    return template


async def names(person: Person) -> list[str]:
    return [one["name"] for one in (await person.client.get("/api/settings-templates")).json()["templates"]]


async def test_a_template_is_kept_whole(ada: Person) -> None:
    template = await made(ada, " Pod\tcast ")
    assert template["name"] == "Pod cast" and template["settings"]["silence_threshold"] == -35
    assert template["settings"]["export_quality"] == "1080p" and template["is_default"] is False
    assert (await ada.client.get("/api/settings-templates")).json()["templates"] == [template]


async def test_one_template_is_the_default_and_comes_first(ada: Person) -> None:
    await made(ada, "A", is_default=True)
    await made(ada, "C", is_default=True)
    b = await made(ada, "B")
    assert await names(ada) == ["C", "A", "B"]
    await ada.client.patch(f"/api/settings-templates/{b['id']}", json={"is_default": True})
    assert await names(ada) == ["B", "A", "C"]


async def test_a_change_leaves_what_it_does_not_name(ada: Person) -> None:
    template = await made(ada, "Talks", is_default=True)
    path = f"/api/settings-templates/{template['id']}"
    renamed = (await ada.client.patch(path, json={"name": "Lectures"})).json()
    assert (renamed["name"], renamed["settings"], renamed["is_default"]) == ("Lectures", template["settings"], True)
    changed = (await ada.client.patch(path, json={"settings": {"export_quality": "720p"}})).json()
    assert (changed["name"], changed["settings"]["export_quality"]) == ("Lectures", "720p")


async def test_a_name_is_taken_once_whatever_its_case(ada: Person) -> None:
    await made(ada, "Talks")
    other = await made(ada, "Lectures")
    again = await ada.client.post("/api/settings-templates", json={"name": "TALKS", "settings": {}})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    renamed = await ada.client.patch(f"/api/settings-templates/{other['id']}", json={"name": "talks"})
    assert renamed.status_code == 409
    same = await ada.client.patch(f"/api/settings-templates/{other['id']}", json={"name": "LECTURES"})
    assert same.status_code == 200


async def test_a_template_is_deleted_once(ada: Person) -> None:
    path = f"/api/settings-templates/{(await made(ada, 'Talks'))['id']}"
    assert [(await ada.client.delete(path)).status_code for _ in range(2)] == [204, 404]
    assert await names(ada) == []


async def test_templates_of_others_do_not_exist(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    path = f"/api/settings-templates/{(await made(ada, 'Talks'))['id']}"
    assert await names(eve) == []
    assert (await eve.client.patch(path, json={"name": "Mine"})).status_code == 404
    assert (await eve.client.delete(path)).status_code == 404
    await made(eve, "Talks")
    assert await names(ada) == ["Talks"]


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 61}, {"settings": {"silence_threshold": 0}}, {"settings": None}, {"colour": "red"}],
)
async def test_what_is_no_template_is_refused(ada: Person, wrong: dict[str, Any]) -> None:
    answer = await ada.client.post("/api/settings-templates", json={"name": "Talks", "settings": SETTINGS, **wrong})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_there_is_an_end_to_templates(ada: Person) -> None:
    for number in range(MOST_TEMPLATES):
        await made(ada, f"Template {number}")
    answer = await ada.client.post("/api/settings-templates", json={"name": "One more", "settings": {}})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
