"""Guesses of passwords: stopped, without keeping the owner out."""

from __future__ import annotations

import pytest

from services.gateway import guessing
from services.gateway.guessing import QUARTER_S, TRIES_FOR_ACCOUNT, TRIES_FROM_ADDRESS, TRIES_HERE
from services.gateway.tables import Allowance
from shared.errors import RateLimited
from tests.gateway.conftest import PASSWORD, House, Start, eventually


@pytest.fixture
async def house(start: Start) -> House:
    """A gateway alone, behind a proxy that it believes: tests come from many addresses."""
    return await start(trusted_proxies="127.0.0.1")


async def test_one_address_guesses_at_few_accounts_and_many_addresses_at_one_account_no_more_often(
    house: House,
) -> None:
    for number in range(TRIES_FROM_ADDRESS):
        await guessing.count_try(f"{number}@example.com", "192.0.2.1", None)
    with pytest.raises(RateLimited):
        await guessing.count_try("other@example.com", "192.0.2.1", None)
    for number in range(TRIES_FOR_ACCOUNT):
        await guessing.count_try("ada@example.com", f"198.51.100.{number}", None)
    with pytest.raises(RateLimited) as refused:
        await guessing.count_try("ada@example.com", "203.0.113.1", None)
    assert 1 <= refused.value.retry_after_s <= QUARTER_S


async def test_strangers_do_not_lock_the_owner_out_of_a_browser_that_is_known(house: House) -> None:
    ada = await house.person()
    hers = await house.browser(ada)
    assert (await hers.delete("/api/session")).status_code == 204
    for number in range(TRIES_FOR_ACCOUNT):
        await Allowance.take(f"sign-in:{ada.email}", TRIES_FOR_ACCOUNT, QUARTER_S, f"{number}")
    body = {"email": ada.email, "password": PASSWORD}
    stranger = await house.client().post("/api/session", json=body)
    assert stranger.status_code == 429 and int(stranger.headers["retry-after"]) <= QUARTER_S
    assert (await hers.post("/api/session", json=body)).status_code == 200
    eve = await house.person()
    known_for_another = await house.browser(eve)
    assert (await known_for_another.post("/api/session", json=body)).status_code == 429


async def test_a_known_browser_that_was_stolen_guesses_no_longer_than_others(house: House) -> None:
    ada = await house.person()
    thief = await house.browser(ada)
    statuses = [
        (await thief.post("/api/session", json={"email": ada.email, "password": "guess"})).status_code
        for _ in range(TRIES_HERE + 1)
    ]
    assert statuses == [401] * TRIES_HERE + [429]


async def test_an_address_that_a_client_makes_up_is_not_believed_unless_the_proxy_is(start: Start) -> None:
    alone = await start()
    statuses = [
        (
            await alone.client(headers={"X-Forwarded-For": f"192.0.2.{number}"}).post(
                "/api/session", json={"email": "nobody@example.com", "password": "x"}
            )
        ).status_code
        for number in range(TRIES_HERE + 1)
    ]
    assert statuses[-1] == 429


async def test_a_failed_try_is_shown_to_the_owner(house: House) -> None:
    ada = await house.person()
    thief = house.client(headers={"X-Forwarded-For": "203.0.113.9", "User-Agent": "curl/8.1"})
    await thief.post("/api/session", json={"email": ada.email, "password": "guess"})
    await eventually(lambda: not guessing._notes)
    (entry,) = (await ada.client.get("/api/audit-log")).json()["entries"]
    assert (entry["action"], entry["way"], entry["by"]) == ("sign_in_failed", "none", "")
    assert (entry["address"], entry["device"]) == ("203.0.113.9", "curl")
