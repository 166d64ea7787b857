from __future__ import annotations

import subprocess
import sys

import pytest

from stack.local import LocalStack
from tests.gateway.conftest import House, Start

CREDENTIALS = {"email": "Ada@Example.com", "password": "correct horse"}


@pytest.fixture
async def house(start: Start) -> House:
    """A gateway alone."""
    return await start()


async def test_whoever_signs_up_is_signed_in_with_the_free_tier(house: House, migrated: LocalStack) -> None:
    browser = house.client(headers={"Origin": house.url})
    answer = await browser.post("/api/accounts", json=CREDENTIALS)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["email"], answer.json()["tier"], answer.json()["role"]) == ("ada@example.com", "free", "user")
    assert (await browser.get("/api/me")).json()["id"] == answer.json()["id"]
    assert "correct horse" not in migrated.sql("select * from gateway.accounts")


async def test_an_email_has_one_account_whatever_its_case(house: House) -> None:
    await house.client().post("/api/accounts", json=CREDENTIALS)
    again = await house.client().post("/api/accounts", json={**CREDENTIALS, "email": "ADA@example.com"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize(
    "wrong", [{"email": "ada"}, {"email": "a b@c"}, {"password": "short"}, {"password": "x" * 201}, {"tier": "pro"}]
)
async def test_what_is_no_account_is_refused(house: House, wrong: dict[str, str]) -> None:
    answer = await house.client().post("/api/accounts", json={**CREDENTIALS, **wrong})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_an_installation_may_be_closed_to_strangers(start: Start) -> None:
    house = await start(sign_up="false")
    answer = await house.client().post("/api/accounts", json=CREDENTIALS)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_nobody_makes_accounts_by_the_dozen(start: Start) -> None:
    client = (await start(sign_ups_per_hour=3)).client()
    for _ in range(3):
        await client.post("/api/accounts", json={**CREDENTIALS, "password": "short"})
    answer = await client.post("/api/accounts", json=CREDENTIALS)
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0


async def test_another_site_cannot_sign_a_browser_up(house: House) -> None:
    answer = await house.client(headers={"Origin": "https://evil.example"}).post("/api/accounts", json=CREDENTIALS)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_an_operator_sets_the_tier_and_the_scheduler_is_told(house: House, migrated: LocalStack) -> None:
    browser = house.client(headers={"Origin": house.url})
    await browser.post("/api/accounts", json=CREDENTIALS)
    done = _admin(migrated, "set-tier", "Ada@example.com", "creator")
    assert done.returncode == 0, done.stderr
    assert (await browser.get("/api/me")).json()["limits"]["videos_per_batch"] == 20
    unknown = _admin(migrated, "set-tier", "nobody@example.com", "pro")
    assert unknown.returncode != 0 and "There is no account" in unknown.stderr
    assert _admin(migrated, "set-tier", "ada@example.com", "gold").returncode == 2


def _admin(stack: LocalStack, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services.gateway.admin", *arguments],
        check=False,
        env=stack.environment("gateway.app"),
        capture_output=True,
        text=True,
    )
