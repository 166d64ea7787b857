"""Sessions that their owner sees and ends, one or all; and what watches live events is ended with them."""

from __future__ import annotations

import asyncio

import pytest

from services.gateway import events
from services.gateway.devices import device_of
from services.scheduler.service import Scheduler
from stack.local import LocalStack
from tests.gateway.conftest import PASSWORD, House, Start

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Safari/537.36 Edg/140"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18 Mobile Safari/604.1"


@pytest.fixture
async def house(start: Start) -> House:
    """A gateway alone."""
    return await start()


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "Firefox on Linux"),
        (EDGE, "Edge on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("curl/8.1", "curl"),
        ("", "Unknown"),
        ("<script>", "Unknown"),
    ],
)
def test_people_recognise_their_browsers(agent: str, device: str) -> None:
    assert device_of(agent) == device


async def test_sessions_are_listed_and_ended_one_by_one(house: House) -> None:
    ada = await house.person()
    here, there = await house.browser(ada), house.client(headers={"Origin": house.url, "User-Agent": FIREFOX})
    await there.post("/api/session", json={"email": ada.email, "password": PASSWORD})
    listed = (await here.get("/api/sessions")).json()["sessions"]
    assert sorted((one["device"], one["current"]) for one in listed) == [
        ("Firefox on Linux", False),
        ("a Python program", True),
    ]
    assert all(one["address"] == "127.0.0.1" and one["created_at"] <= one["expires_at"] for one in listed)
    other = next(one for one in listed if not one["current"])
    assert (await here.delete(f"/api/sessions/{other['id']}")).status_code == 204
    assert (await there.get("/api/me")).status_code == 401
    assert (await here.delete(f"/api/sessions/{other['id']}")).status_code == 404
    assert len((await here.get("/api/sessions")).json()["sessions"]) == 1


async def test_signing_out_everywhere_ends_all_sessions_or_all_but_this_one(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    first, second, third = [await house.browser(ada) for _ in range(3)]
    others = await house.browser(eve)
    assert (await first.delete("/api/sessions", params={"keep_this": "true"})).status_code == 204
    assert [(await one.get("/api/me")).status_code for one in (first, second, third)] == [200, 401, 401]
    assert (await ada.client.get("/api/me")).status_code == 200, "keys go on"
    over = await first.delete("/api/sessions")
    assert "Max-Age=0" in over.headers["set-cookie"]
    assert (await first.get("/api/me")).status_code == 401
    assert (await others.get("/api/me")).status_code == 200


async def test_whoever_is_signed_out_watches_no_longer(
    house: House, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "LOOK_S", 0.0)
    ada = await house.person()
    here, there = await house.browser(ada), await house.browser(ada)
    async with there.stream("GET", "/api/events") as stream:
        lines = stream.aiter_lines()
        assert await anext(lines)
        await here.delete("/api/sessions", params={"keep_this": "true"})
        await here.post("/api/batch-jobs", json={"name": "News", "files": [{"name": "a.mp4"}]})
        async with asyncio.timeout(20):
            async for _ in lines:
                pass
    assert (await there.get("/api/me")).status_code == 401


async def test_expired_sessions_are_not_listed(house: House, migrated: LocalStack) -> None:
    ada = await house.person()
    await house.browser(ada)
    migrated.sql("update gateway.sessions set expires_at = now()")
    assert (await ada.client.get("/api/sessions")).json()["sessions"] == []
