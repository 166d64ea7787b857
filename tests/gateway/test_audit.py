"""The audit log: complete, only ever added to, and shown to whom it concerns."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from services.gateway import audit
from services.gateway.accounts import set_tier
from services.gateway.addresses import Whence
from services.gateway.audit import Act, note
from shared.batches import Tier
from stack.local import LocalStack
from tests.gateway.conftest import PASSWORD, House, Start

HOME = Whence(address="203.0.113.7", user_agent="curl/8.1")


@pytest.fixture
async def house(start: Start) -> House:
    """A gateway alone."""
    return await start()


async def entries(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/api/audit-log")).json()["entries"]
    return found


async def test_what_somebody_does_to_an_account_is_in_its_log_newest_first(house: House) -> None:
    browser = house.client(headers={"Origin": house.url})
    email = "ada@example.com"
    await browser.post("/api/accounts", json={"email": email, "password": PASSWORD})
    key = (await browser.post("/api/api-keys", json={"name": "farm"})).json()
    await browser.delete(f"/api/api-keys/{key['id']}")
    change = {"old_password": PASSWORD, "new_password": "rather a sentence"}
    await browser.put("/api/me/password", json=change)
    other = house.client(headers={"Origin": house.url})
    await other.post("/api/session", json={"email": email, "password": "rather a sentence"})
    session = next(s for s in (await other.get("/api/sessions")).json()["sessions"] if not s["current"])
    await other.delete(f"/api/sessions/{session['id']}")
    await other.delete("/api/sessions", params={"keep_this": True})
    log = await entries(other)
    assert [entry["action"] for entry in log] == [
        "signed_out_everywhere",
        "session_ended",
        "signed_in",
        "password_changed",
        "api_key_revoked",
        "api_key_made",
        "signed_in",
        "account_made",
    ]
    made = log[5]
    assert (made["way"], made["by"], made["detail"]) == ("session", email, {"name": "farm", "scopes": "read, write"})
    assert (made["address"], made["device"]) == ("127.0.0.1", "a Python program")
    assert key["key"] not in str(log) and PASSWORD not in str(log)
    await other.delete("/api/session")


async def test_nobody_sees_what_concerns_others(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    await ada.client.post("/api/api-keys", json={"name": "hers"})
    assert len(await entries(ada.client)) == 1
    assert await entries(eve.client) == []


async def test_nothing_is_changed_or_removed(house: House, migrated: LocalStack) -> None:
    ada = await house.person()
    await note(Act.SIGNED_IN, ada.user_id, HOME)
    for statement in (
        "update gateway.audit_entries set action = 'x'",
        "delete from gateway.audit_entries",
        "truncate gateway.audit_entries",
    ):
        with pytest.raises(Exception, match="only ever added to"):
            migrated.sql(statement)
    assert len(await entries(ada.client)) == 1


async def test_what_failed_is_not_in_the_log(house: House) -> None:
    ada = await house.person()
    await ada.client.delete(f"/api/api-keys/{ada.user_id}")
    browser = await house.browser(ada)
    await browser.put("/api/me/password", json={"old_password": "guess", "new_password": "rather a sentence"})
    assert [entry["action"] for entry in await entries(browser)] == ["signed_in"]


async def test_a_long_log_is_read_page_by_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PAGE", 2)
    ada = await house.person()
    for _ in range(5):
        await note(Act.SIGNED_IN, ada.user_id, HOME)
    await set_tier(house.at.outbox, ada.email, Tier.FREE)
    seen: list[int] = []
    before: int | None = None
    while True:
        page = (await ada.client.get("/api/audit-log", params={"before": before} if before else {})).json()
        seen += [entry["id"] for entry in page["entries"]]
        if (before := page["before"]) is None:
            break
    assert len(seen) == len(set(seen)) == 5 and seen == sorted(seen, reverse=True)
