from __future__ import annotations

import asyncio

import pytest

from services.gateway.accounts import open_account, open_demo_account
from services.gateway.authentication import hash_of
from services.gateway.guessing import TRIES_HERE
from services.gateway.tables import Account
from services.scheduler import worker as scheduler_worker
from services.scheduler.service import Scheduler
from shared.batches import Tier
from shared.errors import Invalid
from stack.local import LocalStack
from tests.gateway.conftest import PASSWORD, House, Start, eventually


@pytest.fixture
async def house(start: Start) -> House:
    """A gateway alone: nobody else is needed to sign in."""
    return await start()


async def test_a_browser_signs_in_sees_its_account_and_signs_out(house: House) -> None:
    ada = await house.person(Tier.CREATOR)
    browser = await house.browser(ada)
    me = (await browser.get("/api/me")).json()
    assert (me["id"], me["email"], me["tier"]) == (str(ada.user_id), ada.email, "creator")
    assert me["limits"]["videos_per_batch"] == 20
    assert (await browser.delete("/api/session")).status_code == 204
    assert (await browser.get("/api/me")).status_code == 401


async def test_a_session_ends_at_the_server_and_not_only_in_the_browser(house: House) -> None:
    browser = await house.browser(await house.person())
    cookies = dict(browser.cookies)
    await browser.delete("/api/session")
    thief = house.client(cookies=cookies)
    assert (await thief.get("/api/me")).status_code == 401


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House, migrated: LocalStack) -> None:
    ada = await house.person()
    answer = await house.client().post("/api/session", json={"email": ada.email, "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie and "Secure" not in cookie
    token = answer.cookies["dailies"]
    kept = migrated.sql("select encode(token_hash, 'hex') from gateway.sessions").split()
    assert kept == [hash_of(token).hex()]
    assert token not in answer.text


async def test_with_https_the_cookie_is_secure_and_bound_to_the_host(start: Start) -> None:
    house = await start(public_url="https://dailies.example.com")
    ada = await house.person()
    answer = await house.client().post("/api/session", json={"email": ada.email, "password": PASSWORD})
    assert answer.headers["set-cookie"].startswith("__Host-dailies=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "strict-transport-security" in answer.headers


@pytest.mark.parametrize("known", [True, False])
async def test_a_wrong_password_and_an_unknown_account_look_the_same(house: House, known: bool) -> None:
    ada = await house.person()
    email = ada.email if known else "nobody@example.com"
    answer = await house.client().post("/api/session", json={"email": email, "password": "wrong wrong"})
    assert answer.status_code == 401
    assert answer.json()["detail"] == "Email or password is wrong."
    assert "set-cookie" not in answer.headers


async def test_guessing_is_stopped_even_when_all_guesses_come_at_once(house: House) -> None:
    ada, guesser = await house.person(), house.client()
    answers = await asyncio.gather(
        *(
            guesser.post("/api/session", json={"email": ada.email, "password": f"guess {number}"})
            for number in range(TRIES_HERE + 5)
        )
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [401] * TRIES_HERE + [429] * 5
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 1 <= int(refused.headers["retry-after"]) <= 900
    right = await guesser.post("/api/session", json={"email": ada.email, "password": PASSWORD})
    assert right.status_code == 429


async def test_signing_in_often_is_not_guessing(house: House) -> None:
    ada = await house.person()
    for _ in range(TRIES_HERE + 1):
        await house.browser(ada)


async def test_another_site_cannot_make_a_browser_change_anything(house: House) -> None:
    browser = await house.browser(await house.person())
    for headers in (
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Origin": "", "Sec-Fetch-Site": "cross-site"},
    ):
        answer = await browser.post("/api/api-keys", json={"name": "x"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), headers
    assert len((await browser.get("/api/api-keys")).json()["api_keys"]) == 1
    elsewhere = house.client(headers={"Origin": "https://evil.example.com"})
    answer = await elsewhere.post("/api/session", json={"email": "a@b.c", "password": "x"})
    assert answer.status_code == 403


async def test_a_browser_that_says_it_is_on_our_page_needs_no_origin(house: House) -> None:
    browser = await house.browser(await house.person())
    del browser.headers["Origin"]
    assert (await browser.post("/api/api-keys", json={"name": "x"})).status_code == 403
    answer = await browser.post("/api/api-keys", json={"name": "x"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 201


async def test_an_expired_session_is_nobody(house: House, migrated: LocalStack) -> None:
    browser = await house.browser(await house.person())
    migrated.sql("update gateway.sessions set expires_at = now() - interval '1 second'")
    assert (await browser.get("/api/me")).status_code == 401


async def test_use_keeps_a_session_alive_but_not_for_ever(house: House, migrated: LocalStack) -> None:
    browser = await house.browser(await house.person())
    migrated.sql(
        "update gateway.sessions set last_used_at = now() - interval '1 day', expires_at = now() + interval '1 day'"
    )
    await browser.get("/api/me")
    assert migrated.sql("select expires_at > now() + interval '13 days' from gateway.sessions").strip() == "t"
    migrated.sql(
        "update gateway.sessions set last_used_at = now() - interval '1 day', created_at = now() - interval '89 days'"
    )
    await browser.get("/api/me")
    assert migrated.sql("select expires_at < now() + interval '2 days' from gateway.sessions").strip() == "t"


async def test_an_email_is_the_same_in_any_case(house: House) -> None:
    user_id = await open_account(house.at.outbox, "Ada@Example.com", PASSWORD, Tier.FREE)
    assert await open_account(house.at.outbox, "ada@example.COM", PASSWORD, Tier.FREE) == user_id
    answer = await house.client().post("/api/session", json={"email": "ADA@example.com", "password": PASSWORD})
    assert answer.json()["id"] == str(user_id)


@pytest.mark.parametrize(
    "email", ["", "ada", "@example.com", "ada@", "a b@example.com", "ada@exa\x00mple.com", "a@b.com,c@d.com"]
)
async def test_what_is_no_email_is_refused(house: House, email: str) -> None:
    answer = await house.client().post("/api/session", json={"email": email, "password": "x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_short_password_makes_no_account(house: House) -> None:
    with pytest.raises(Invalid, match="8 to 200 characters"):
        await open_account(house.at.outbox, "ada@example.com", "short", Tier.FREE)
    assert await Account.credentials("ada@example.com") is None


async def test_passwords_are_kept_as_argon2id(house: House, migrated: LocalStack) -> None:
    await house.person()
    assert migrated.sql("select password_hash from gateway.accounts").startswith("$argon2id$")


async def test_the_scheduler_is_told_of_a_new_account_and_of_another_tier(
    house: House, scheduler: Scheduler, migrated: LocalStack
) -> None:
    scheduler.work.start(scheduler_worker.HANDLERS, scheduler, slots={"scheduler": 1})
    user_id = await open_account(house.at.outbox, "ada@example.com", PASSWORD, Tier.FREE)
    tier = f"select tier from scheduler.queue_users where user_id = '{user_id}'"
    await eventually(lambda: migrated.sql(tier).strip() == "free")
    await open_account(house.at.outbox, "ada@example.com", PASSWORD, Tier.PRO)
    await eventually(lambda: migrated.sql(tier).strip() == "pro")


async def test_the_demo_account_is_made_once_and_follows_the_settings(house: House) -> None:
    await open_demo_account(house.at.outbox, "demo@example.com:first password")
    before = await Account.credentials("demo@example.com")
    await open_demo_account(house.at.outbox, "demo@example.com:first password")
    assert await Account.credentials("demo@example.com") == before
    await open_demo_account(house.at.outbox, "demo@example.com:second: password")
    answer = await house.client().post(
        "/api/session", json={"email": "demo@example.com", "password": "second: password"}
    )
    assert answer.json()["tier"] == "pro"
    with pytest.raises(Invalid, match="email:password"):
        await open_demo_account(house.at.outbox, "demo@example.com")
