from __future__ import annotations

import pytest

from services.gateway.authentication import hash_of
from stack.local import LocalStack
from tests.gateway.conftest import House, Start


@pytest.fixture
async def house(start: Start) -> House:
    """A gateway alone."""
    return await start()


async def test_a_key_is_shown_once_works_and_is_worthless_when_revoked(house: House, migrated: LocalStack) -> None:
    browser = await house.browser(await house.person())
    made = (await browser.post("/api/api-keys", json={"name": " render \u202efarm "})).json()
    key = made["key"]
    assert key.startswith("dly_") and len(key) > 40 and key.startswith(made["prefix"])
    assert made["name"] == "render farm"
    program = house.client(headers={"Authorization": f"bearer {key}"})
    assert (await program.get("/api/me")).status_code == 200
    (listed,) = [
        shown for shown in (await browser.get("/api/api-keys")).json()["api_keys"] if shown["id"] == made["id"]
    ]
    assert "key" not in listed and listed["last_used_at"] is not None
    kept = migrated.sql("select encode(key_hash, 'hex') from gateway.api_keys").split()
    assert hash_of(key).hex() in kept and key not in kept
    assert (await browser.delete(f"/api/api-keys/{made['id']}")).status_code == 204
    assert (await program.get("/api/me")).status_code == 401
    assert (await browser.delete(f"/api/api-keys/{made['id']}")).status_code == 404


async def test_nobody_revokes_the_key_of_another(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    made = (await ada.client.post("/api/api-keys", json={"name": "mine"})).json()
    assert (await eve.client.delete(f"/api/api-keys/{made['id']}")).status_code == 404
    assert made["id"] not in (await eve.client.get("/api/api-keys")).text
    assert made["id"] in (await ada.client.get("/api/api-keys")).text


@pytest.mark.parametrize("header", ["Bearer dly_wrong", "Bearer", "Basic YTpi", "dly_wrong", "Bearer dly_ dly_"])
async def test_an_unknown_key_is_nobody_even_beside_a_good_cookie(house: House, header: str) -> None:
    browser = await house.browser(await house.person())
    answer = await browser.get("/api/me", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", ["", "  ", "\u202e", "x" * 101])
async def test_a_key_needs_a_name(house: House, name: str) -> None:
    ada = await house.person()
    answer = await ada.client.post("/api/api-keys", json={"name": name})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_key_has_the_usual_scopes_no_end_and_is_seen_when_it_is_used(house: House) -> None:
    browser = await house.browser(await house.person())
    made = (await browser.post("/api/api-keys", json={"name": "farm"})).json()
    assert (made["scopes"], made["expires_at"], made["last_used_at"]) == (["read", "write"], None, None)
    assert made["key"].startswith(made["prefix"])
    await house.client(headers={"Authorization": f"Bearer {made['key']}"}).get("/api/me")
    (listed,) = [key for key in (await browser.get("/api/api-keys")).json()["api_keys"] if key["name"] == "farm"]
    assert listed["last_used_at"] is not None and "key" not in listed


async def test_a_key_that_has_expired_is_worthless_and_still_listed(house: House, migrated: LocalStack) -> None:
    browser = await house.browser(await house.person())
    made = (await browser.post("/api/api-keys", json={"name": "farm", "expires_in_days": 30})).json()
    program = house.client(headers={"Authorization": f"Bearer {made['key']}"})
    assert (await program.get("/api/me")).status_code == 200
    migrated.sql(f"update gateway.api_keys set expires_at = now() where id = '{made['id']}'")
    assert (await program.get("/api/me")).status_code == 401
    assert made["id"] in (await browser.get("/api/api-keys")).text
    for days in (0, -1, 4000, "soon"):
        wrong = await browser.post("/api/api-keys", json={"name": "farm", "expires_in_days": days})
        assert wrong.status_code == 422, days


async def test_a_key_makes_none_that_may_do_more_and_revokes_itself(house: House) -> None:
    browser = await house.browser(await house.person())
    body = {"name": "keys", "scopes": ["account"]}
    made = (await browser.post("/api/api-keys", json=body)).json()
    program = house.client(headers={"Authorization": f"Bearer {made['key']}"})
    assert (await program.post("/api/api-keys", json={"name": "more"})).status_code == 403
    assert (await program.post("/api/api-keys", json=body)).status_code == 201
    for wrong in ([], ["everything"], "read"):
        assert (await browser.post("/api/api-keys", json={"name": "x", "scopes": wrong})).status_code == 422
    reader = (await browser.post("/api/api-keys", json={"name": "r", "scopes": ["read"]})).json()
    reading = house.client(headers={"Authorization": f"Bearer {reader['key']}"})
    assert (await reading.delete(f"/api/api-keys/{made['id']}")).status_code == 403
    assert (await reading.delete(f"/api/api-keys/{reader['id']}")).status_code == 204
    assert (await reading.get("/api/me")).status_code == 401
