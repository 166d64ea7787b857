"""Signing in by a real provider, on all the ways that lead in, and on those that must not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from services.gateway import single_sign_on
from services.gateway.tables import Identities
from stack.local import LocalStack
from tests.gateway.conftest import House, Start
from tests.gateway.identity_provider import Provider, free_provider, walk

HOME = "/batches?status=failed"


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    """A provider that runs."""
    provider = free_provider()
    async with provider.running():
        yield provider


@pytest.fixture
async def house(start: Start, provider: Provider) -> House:
    """A gateway alone, that knows the provider."""
    return await start(**provider.settings())


def failed(answer: httpx.Response) -> str | None:
    """The reason with which somebody was sent to the sign-in page."""
    address = urlsplit(answer.headers["location"])
    return parse_qs(address.query)["failed"][0] if address.path == "/sign-in" else None


async def me(browser: httpx.AsyncClient) -> dict[str, Any]:
    answer = await browser.get("/api/me")
    return dict(answer.json()) if answer.status_code == 200 else {}


async def acts(browser: httpx.AsyncClient) -> list[tuple[str, dict[str, str]]]:
    entries = (await browser.get("/api/audit-log")).json()["entries"]
    return [(entry["action"], entry["detail"]) for entry in entries]


async def test_the_first_sign_in_makes_an_account_and_the_next_finds_it(house: House, provider: Provider) -> None:
    assert (await house.client().get("/api/sign-in-options")).json() == {"provider": "Example Inc."}
    first, second = house.client(), house.client()
    answer = await walk(first, "Ada", f"/api/oidc/start?next={HOME}")
    assert (answer.status_code, answer.headers["location"]) == (303, HOME)
    ada = await me(first)
    assert (ada["email"], ada["tier"], ada["role"]) == ("ada@example.com", "free", "user")
    assert await acts(first) == [
        ("signed_in", {"provider": provider.issuer}),
        ("account_made", {"provider": provider.issuer}),
    ]
    answer = await walk(second, "Ada", "/api/oidc/start?next=//evil.example")
    assert answer.headers["location"] == "/"
    assert await me(second) == ada
    eve = house.client()
    await walk(eve, "Eve")
    assert (await me(eve))["id"] != ada["id"]


async def test_an_address_that_the_provider_has_not_verified_lets_nobody_in(house: House, migrated: LocalStack) -> None:
    browser = house.client()
    assert failed(await walk(browser, "unverified-ada")) == "unverified"
    assert not await me(browser)
    assert migrated.sql("select count(*) from gateway.accounts") == "0"


async def test_an_account_with_a_password_is_connected_by_whoever_is_signed_in_to_it_and_nobody_else(
    house: House, provider: Provider
) -> None:
    password = {"email": "ada@example.com", "password": "correct horse"}
    stranger, owner, eve = house.client(), house.client(headers={"Origin": house.url}), house.client()
    assert (await owner.post("/api/accounts", json=password)).status_code == 201
    # Whoever opened the account with Ada's address is kept out of what Ada does, and Ada's address alone opens nothing.
    assert failed(await walk(stranger, "ada")) == "taken"
    assert not await me(stranger)
    assert ("sign_in_failed", {"provider": provider.issuer, "reason": "taken"}) in await acts(owner)
    assert (await eve.post("/api/accounts", json={**password, "email": "eve@example.com"})).status_code == 201
    assert failed(await walk(eve, "ada")) == "taken"

    assert (await walk(owner, "ada")).headers["location"] == "/"
    assert [act for act, _ in await acts(owner)][:2] == ["signed_in", "identity_linked"]
    elsewhere = house.client()
    await walk(elsewhere, "ada")
    assert await me(elsewhere) == await me(owner)


async def test_a_sign_in_ends_in_the_browser_in_which_it_began_and_once(house: House) -> None:
    ada, eve = house.client(), house.client()
    # Ada's way, up to where the provider sends her back.
    callbacks: list[httpx.URL] = []
    ada.event_hooks["request"] = [_keeping(callbacks)]
    with pytest.raises(StopAsyncIteration):
        await walk(ada, "ada")
    ada.event_hooks["request"] = []
    (callback,) = callbacks
    await eve.get("/api/oidc/start")
    for browser in (eve, house.client()):
        assert failed(await browser.get(callback)) == "expired"
        assert not await me(browser)
    state = parse_qs(callback.query.decode())["state"][0]
    assert failed(await ada.get(f"/api/oidc/callback?code=x&state={state[:-1]}")) == "expired"
    assert failed(await ada.get(f"/api/oidc/callback?code=made-up&state={state}")) == "invalid"
    assert failed(await ada.get(callback)) == "expired"
    assert not await me(ada)


def _keeping(callbacks: list[httpx.URL]) -> Any:
    async def look(request: httpx.Request) -> None:
        if request.url.path == "/api/oidc/callback":
            callbacks.append(request.url)
            raise StopAsyncIteration

    return look


async def test_what_the_provider_or_somebody_at_it_refuses_is_told(house: House, provider: Provider) -> None:
    for query, reason in (
        ("error=access_denied", "declined"),
        ("error=server_error", "unavailable"),
        ("error=invalid_scope", "invalid"),
        ("code=x&iss=https://evil.example", "invalid"),
    ):
        browser = house.client()
        sent = await browser.get(f"/api/oidc/start?next={HOME}")
        asked = parse_qs(urlsplit(sent.headers["location"]).query)
        assert (asked["code_challenge_method"], asked["scope"]) == (["S256"], ["openid email"])
        answer = await browser.get(f"/api/oidc/callback?{query}&state={asked['state'][0]}")
        assert failed(answer) == reason
        assert parse_qs(urlsplit(answer.headers["location"]).query)["next"] == [HOME]


async def test_new_keys_are_fetched_and_an_outage_is_told(start: Start) -> None:
    provider = free_provider()
    house = await start(**provider.settings())
    assert failed(await house.client().get("/api/oidc/start")) == "unavailable"
    async with provider.running("first"):
        first = house.client()
        await walk(first, "ada")
        assert await me(first)
    async with provider.running("second"):
        second = house.client()
        await walk(second, "ada")
        assert await me(second) == await me(first)
        # Ada is sent to the provider, and it is away when she comes back.
        sent = await second.get("/api/oidc/start")
    state = parse_qs(urlsplit(sent.headers["location"]).query)["state"][0]
    assert failed(await second.get(f"/api/oidc/callback?code=x&state={state}")) == "unavailable"


async def test_whoever_runs_the_installation_says_who_may_come(start: Start, provider: Provider) -> None:
    closed = await start(**provider.settings(), oidc_sign_up="false")
    assert failed(await walk(closed.client(), "ada")) == "unknown"
    ada = await closed.person()
    await Identities.connect(provider.issuer, "grace", ada.user_id)
    grace = closed.client()
    await walk(grace, "grace")
    assert (await me(grace))["email"] == ada.email


async def test_other_domains_are_kept_out(start: Start, provider: Provider) -> None:
    house = await start(**provider.settings(), oidc_domains="other.example, another.example")
    assert failed(await walk(house.client(), "ada")) == "domain"


async def test_failures_from_one_address_are_counted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_sign_on, "FAILURES", 3)
    reasons = [failed(await house.client().get("/api/oidc/callback?code=x&state=y")) for _ in range(4)]
    assert reasons == ["expired", "expired", "expired", "rate_limited"]
    assert failed(await walk(house.client(), "ada")) == "rate_limited"


async def test_without_a_provider_there_is_no_such_way(start: Start) -> None:
    house = await start()
    assert (await house.client().get("/api/sign-in-options")).json() == {"provider": None}
    for address in ("/api/oidc/start", "/api/oidc/callback?code=x&state=y"):
        assert failed(await house.client().get(address)) in ("not_found", "expired")
