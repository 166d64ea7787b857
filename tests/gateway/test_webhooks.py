"""Webhooks, with a receiver that checks signatures by the library that others use."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from msgspec.structs import replace
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from services.gateway import examples
from services.gateway.deliveries import PER_USER, send_for_ever
from services.gateway.housekeeping import sweep
from services.gateway.notice_handlers import batch_ended, export_ended, notice_raised
from services.gateway.tables import Deliveries
from shared.messages import ExportEnded, NoticeRaised
from shared.notices import NoticeKind
from stack.local import LocalStack
from tests.gateway.conftest import House, Person, Start
from tests.gateway.receivers import Receiver, receiving
from tests.gateway.test_notices import ended

ALL = ["batch.completed", "batch.failed", "batch.cancelled", "export.completed", "export.failed", "notice.created"]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as open_receiver:
        yield open_receiver


@pytest.fixture
async def house(start: Start) -> AsyncIterator[House]:
    """A gateway that may send to this machine and tries again at once, and that sends."""
    house = await start(webhook_networks="127.0.0.0/8", webhook_retries_s="[0.05, 0.05]", webhook_patience_s="5")
    sending = asyncio.create_task(send_for_ever(house.at))
    yield house
    sending.cancel()
    await asyncio.wait([sending])


async def hook(person: Person, url: str, events: list[str] | None = None) -> dict[str, Any]:
    answer = await person.client.post("/api/webhooks", json={"url": url, "events": events or ALL})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def log_of(person: Person, made: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await person.client.get(f"/api/webhooks/{made['id']}/deliveries")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["deliveries"]
    return found


async def settled(person: Person, made: dict[str, Any], status: str) -> dict[str, Any]:
    """Wait until the newest delivery has this status."""
    async with asyncio.timeout(20):
        while not (found := await log_of(person, made)) or found[0]["status"] != status:
            await asyncio.sleep(0.05)
    return found[0]


async def test_a_receiver_that_fails_twice_gets_the_third_and_verifies_it(house: House, receiver: Receiver) -> None:
    ada = await house.person()
    made = await hook(ada, receiver.url)
    receiver.answers = [web.Response(status=500, text="not <b>now</b>"), web.Response(status=500)]
    event = ended(ada.user_id)
    for _ in range(2):
        await batch_ended(event, house.at)
    delivery = await settled(ada, made, "delivered")
    assert (delivery["attempts"], delivery["response_status"], delivery["error"]) == (3, 204, None)
    assert len(receiver.requests) == 3 and len(await log_of(ada, made)) == 1
    assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == 1
    for headers, body in receiver.requests:
        told = Webhook(made["secret"]).verify(body, headers)
        assert (told["type"], told["data"]["saved_s"]) == ("batch.completed", 431.5)
        assert told["data"]["url"].endswith(f"/batches/{event.batch_id}/report")
        with pytest.raises(WebhookVerificationError):
            Webhook(made["secret"]).verify(body + b" ", headers)
    assert (await ada.client.get("/api/webhooks")).json()["webhooks"][0]["failing_since"] is None


async def test_only_the_chosen_events_of_the_owner_are_sent(house: House, receiver: Receiver) -> None:
    ada, eve = await house.person(), await house.person()
    made = await hook(ada, receiver.url, ["export.completed", "notice.created"])
    at = ended(ada.user_id).at
    export = {"batch_id": examples.BATCH, "batch_name": "Season 3", "at": at, "export": examples.BATCH_EXPORT}
    await batch_ended(ended(ada.user_id), house.at)
    await export_ended(ExportEnded(event_id=uuid.uuid4(), user_id=eve.user_id, **export), house.at)  # type: ignore[arg-type]
    await export_ended(ExportEnded(event_id=uuid.uuid4(), user_id=ada.user_id, **export), house.at)  # type: ignore[arg-type]
    notice = {"kind": NoticeKind.QUOTA, "title": "Nearly", "text": "Nearly used up.", "at": at}
    await notice_raised(NoticeRaised(event_id=uuid.uuid4(), user_id=ada.user_id, **notice), house.at)  # type: ignore[arg-type]
    await receiver.request(1)
    await settled(ada, made, "delivered")
    kinds = sorted(json.loads(body)["type"] for _, body in receiver.requests)
    assert kinds == ["export.completed", "notice.created"]


async def test_an_internal_address_is_refused_when_it_is_given_and_when_something_is_sent(
    start: Start, receiver: Receiver, migrated: LocalStack
) -> None:
    house = await start(webhook_retries_s="[]")
    ada = await house.person()
    for url in (receiver.url, receiver.url.replace("http:", "https:"), "https://169.254.169.254/latest"):
        answer = await ada.client.post("/api/webhooks", json={"url": url, "events": ["batch.completed"]})
        assert answer.status_code == 422, answer.text
    migrated.sql(
        "insert into gateway.webhooks (id, user_id, url, description, events, secret) values"
        f" ('{uuid.uuid4()}', '{ada.user_id}', '{receiver.url.replace('http:', 'https:')}', '', '{{batch.completed}}', 'x')"
    )
    (made,) = (await ada.client.get("/api/webhooks")).json()["webhooks"]
    await batch_ended(ended(ada.user_id), house.at)
    sending = asyncio.create_task(send_for_ever(house.at))
    delivery = await settled(ada, made, "failed")
    sending.cancel()
    assert "internal address" in delivery["error"] and receiver.requests == []


async def test_a_redirect_is_not_followed_and_the_last_failure_ends_the_tries(house: House, receiver: Receiver) -> None:
    ada = await house.person()
    made = await hook(ada, receiver.url)
    receiver.answers = [web.Response(status=302, headers={"Location": receiver.url}) for _ in range(3)]
    await batch_ended(ended(ada.user_id), house.at)
    delivery = await settled(ada, made, "failed")
    assert (delivery["attempts"], delivery["response_status"], delivery["next_try_at"]) == (3, 302, None)
    assert "redirect" in delivery["error"] and len(receiver.requests) == 3
    again = await ada.client.post(f"/api/webhooks/{made['id']}/deliveries/{delivery['id']}/redeliver")
    assert again.status_code == 202 and again.json()["status"] == "pending"
    delivery = await settled(ada, made, "delivered")
    assert delivery["attempts"] == 4
    assert receiver.requests[3][0]["webhook-id"] == receiver.requests[0][0]["webhook-id"]


async def test_a_test_is_sent_and_a_new_secret_signs_beside_the_old_one(house: House, receiver: Receiver) -> None:
    ada = await house.person()
    made = await hook(ada, receiver.url, ["batch.failed"])
    assert "secret" not in (await ada.client.get("/api/webhooks")).json()["webhooks"][0]
    rotated = (await ada.client.post(f"/api/webhooks/{made['id']}/secret")).json()
    assert rotated["secret"].startswith("whsec_") and rotated["secret"] != made["secret"]
    tried = await ada.client.post(f"/api/webhooks/{made['id']}/test")
    assert (tried.status_code, tried.json()["event_type"]) == (202, "webhook.test")
    headers, body = await receiver.request()
    for secret in (made["secret"], rotated["secret"]):
        assert Webhook(secret).verify(body, headers)["type"] == "webhook.test"


async def test_a_receiver_that_wants_no_more_or_fails_for_long_is_switched_off_with_a_notice(
    house: House, receiver: Receiver, migrated: LocalStack
) -> None:
    ada = await house.person()
    gone, silent = await hook(ada, receiver.url, ["batch.failed"]), await hook(ada, receiver.url, ["batch.completed"])
    receiver.answers = [web.Response(status=410)]
    await ada.client.post(f"/api/webhooks/{gone['id']}/test")
    assert "410" in (await settled(ada, gone, "failed"))["error"]
    migrated.sql(f"update gateway.webhooks set failing_since = now() - interval '6 days' where id = '{silent['id']}'")
    receiver.answers = [web.Response(status=503)]
    await batch_ended(ended(ada.user_id), house.at)
    await settled(ada, silent, "failed")
    reasons = [one["disabled_reason"] for one in (await ada.client.get("/api/webhooks")).json()["webhooks"]]
    assert "410" in reasons[0] and "144 hours" in reasons[1]
    kinds = [one["kind"] for one in (await ada.client.get("/api/notices")).json()["notices"]]
    assert kinds.count("webhook_disabled") == 2
    await batch_ended(ended(ada.user_id), house.at)
    assert len(await log_of(ada, silent)) == 1
    assert (await ada.client.post(f"/api/webhooks/{gone['id']}/test")).status_code == 409
    again = await ada.client.patch(f"/api/webhooks/{silent['id']}", json={"enabled": True, "events": ["batch.failed"]})
    assert (again.json()["disabled_reason"], again.json()["events"]) == (None, ["batch.failed"])


async def test_webhooks_belong_to_their_owner_and_are_limited(house: House, receiver: Receiver) -> None:
    ada, eve = await house.person(), await house.person()
    made = await hook(ada, receiver.url)
    path = f"/api/webhooks/{made['id']}"
    assert (await eve.client.get("/api/webhooks")).json()["webhooks"] == []
    for method, where in (
        ("PATCH", path),
        ("DELETE", path),
        ("POST", f"{path}/secret"),
        ("POST", f"{path}/test"),
        ("GET", f"{path}/deliveries"),
        ("POST", f"{path}/deliveries/{uuid.uuid4()}/redeliver"),
    ):
        answer = await eve.client.request(method, where, json={} if method == "PATCH" else None)
        assert answer.status_code == 404, (method, where, answer.text)
    for body in ({"url": receiver.url, "events": []}, {"url": receiver.url, "events": ["all"]}, {"url": receiver.url}):
        assert (await ada.client.post("/api/webhooks", json=body)).status_code == 422
    for _ in range(9):
        await hook(ada, receiver.url)
    full = await ada.client.post("/api/webhooks", json={"url": receiver.url, "events": ALL})
    assert full.status_code == 409
    off = await ada.client.patch(path, json={"enabled": False, "description": "Editors"})
    assert (off.json()["disabled_reason"], off.json()["description"]) == ("It was switched off.", "Editors")
    assert (await ada.client.delete(path)).status_code == 204


async def test_the_log_is_forgotten_after_a_while(house: House, receiver: Receiver, migrated: LocalStack) -> None:
    ada = await house.person()
    made = await hook(ada, receiver.url)
    await batch_ended(replace(ended(ada.user_id)), house.at)
    await settled(ada, made, "delivered")
    migrated.sql("update gateway.webhook_deliveries set created_at = now() - interval '31 days'")
    await sweep(house.at)
    assert await log_of(ada, made) == []


async def test_what_a_worker_took_that_died_is_due_again_and_nobody_else_has_it_meanwhile(
    start: Start, receiver: Receiver, migrated: LocalStack
) -> None:
    house = await start(webhook_networks="127.0.0.0/8")
    ada = await house.person()
    await hook(ada, receiver.url)
    await batch_ended(ended(ada.user_id), house.at)
    (taken,) = await Deliveries.take_due(10, 60, [])
    assert taken.tries_left == 9 and await Deliveries.take_due(10, 60, []) == []
    migrated.sql("update gateway.webhook_deliveries set next_try_at = now()")
    assert await Deliveries.take_due(10, 60, [ada.user_id]) == []
    (again,) = await Deliveries.take_due(10, 60, [])
    assert (again.id, again.event_id, again.tries_left) == (taken.id, taken.event_id, 8)


async def test_slow_receivers_of_one_user_keep_nobody_else_waiting(house: House, receiver: Receiver) -> None:
    ada, eve = await house.person(), await house.person()
    held = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    slow = await asyncio.start_server(wait, "127.0.0.1", 0)
    stuck = await hook(ada, f"http://127.0.0.1:{slow.sockets[0].getsockname()[1]}/")
    for _ in range(PER_USER + 4):
        await batch_ended(ended(ada.user_id), house.at)
    async with asyncio.timeout(10):
        while sum(one["attempts"] for one in await log_of(ada, stuck)) < PER_USER:
            await asyncio.sleep(0.05)
    await hook(eve, receiver.url)
    await batch_ended(ended(eve.user_id), house.at)
    await receiver.request()
    assert any(one["attempts"] == 0 for one in await log_of(ada, stuck))
    held.set()
    slow.close()
