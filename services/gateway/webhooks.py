"""Webhooks: where somebody wants events sent, and what was sent there."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct
from msgspec.structs import asdict, replace

from services.gateway import examples, outside, signing
from services.gateway.audit import Act, note
from services.gateway.openapi import told
from services.gateway.parameters import At, From, Who
from services.gateway.problems import FieldProblem, InvalidFields
from services.gateway.service import Gateway
from services.gateway.tables import Allowance, Caller, Deliveries, Delivery, Webhook, Webhooks
from services.gateway.webhook_events import TEST, EventType, body
from shared.errors import Conflict, Invalid, NotFound, Unavailable

MOST_WEBHOOKS = 10
MOST_TESTS, WINDOW_S = 20, 600.0
OLD_SECRET_H = 24.0
"""After a change of the secret the one before signs as well for so long, so that a receiver can be changed in peace."""
SWITCHED_OFF = "It was switched off."
NO_SUCH = "There is no such webhook."

Events = Annotated[
    tuple[EventType, ...], Meta(description="a list of types of events", min_length=1, max_length=len(EventType))
]
Url = Annotated[str, Meta(description="an address that begins with https://", max_length=4000)]
Limit = Annotated[int, QueryParameter(description="Deliveries on a page.", ge=1, le=100)]
Offset = Annotated[int, QueryParameter(description="Deliveries to leave out at the start.", ge=0, le=1_000_000)]

HOOK = Webhook(
    id=UUID("0192f0d1-22bb-7cc3-9d4e-5f60718293a4"),
    url="https://example.com/hooks/dailies",
    description="Tells the editors",
    events=(EventType.BATCH_COMPLETED, EventType.BATCH_FAILED),
    disabled_reason=None,
    failing_since=None,
    created_at=examples.EVENING,
)
DELIVERY = Delivery(
    id=UUID("0192f0d2-33cc-7dd4-8e5f-60718293a4b5"),
    webhook_id=HOOK.id,
    event_id=examples.EXPORT,
    event_type=EventType.BATCH_COMPLETED,
    status="delivered",
    attempts=1,
    created_at=examples.EVENING,
    last_try_at=examples.EVENING,
    next_try_at=None,
    response_status=200,
    response_excerpt="ok",
    error=None,
    took_ms=84,
)


class NewWebhook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A webhook to be made."""

    url: Url
    events: Events
    description: Annotated[str, Meta(description="a text of up to 200 characters", max_length=200)] = ""


class WebhookChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different; what is left out or null stays."""

    url: Annotated[Url | None, Meta(description="an address that begins with https://, or null")] = None
    events: Annotated[Events | None, Meta(description="a list of types of events, or null")] = None
    description: Annotated[
        Annotated[str, Meta(max_length=200)] | None, Meta(description="a text of up to 200 characters, or null")
    ] = None
    enabled: Annotated[bool | None, Meta(description="true to switch it on again, false to switch it off")] = None


class WebhookMade(Webhook, frozen=True, kw_only=True):
    """A webhook with a new secret, which is shown this once."""

    secret: str


class WebhookList(Struct, frozen=True, kw_only=True):
    """Somebody's webhooks, and what one can be told of."""

    webhooks: tuple[Webhook, ...]
    event_types: tuple[EventType, ...]


class DeliveryPage(Struct, frozen=True, kw_only=True):
    """A page of what was and is to be sent, newest first."""

    deliveries: tuple[Delivery, ...]
    total: int


@get(
    "/webhooks",
    operation_id="list_webhooks",
    summary="My webhooks",
    tags=["Webhooks"],
    responses=told(200, WebhookList, {"webhooks": [HOOK], "event_types": list(EventType)}),
)
async def list_webhooks(caller: Who) -> WebhookList:
    """Oldest first."""
    return WebhookList(webhooks=tuple(await Webhooks.of(caller.user_id)), event_types=tuple(EventType))


@post(
    "/webhooks",
    operation_id="create_webhook",
    summary="Have events sent somewhere",
    tags=["Webhooks"],
    scope="account",
    example={"url": HOOK.url, "events": list(HOOK.events)},
    responses=told(201, WebhookMade, {**asdict(HOOK), "secret": "whsec_…"}, "invalid", "conflict", "forbidden"),
)
async def create_webhook(data: JSONBody[NewWebhook], caller: Who, origin: From, at: At) -> WebhookMade:
    """Requests are signed as in the Standard Webhooks specification; the secret for that is shown this once."""
    await _check_url(data.url, at)
    if len(await Webhooks.of(caller.user_id)) >= MOST_WEBHOOKS:
        raise Conflict(f"An account may have {MOST_WEBHOOKS} webhooks; delete one that is not used any more.")
    webhook = Webhook(
        id=uuid.uuid4(),
        url=data.url,
        description=data.description.strip(),
        events=tuple(dict.fromkeys(data.events)),
        disabled_reason=None,
        failing_since=None,
        created_at=datetime.now(UTC),
    )
    secret = signing.new_secret()
    async with at.outbox.change():
        await Webhooks.make(caller.user_id, webhook, at.seal.closed(secret))
        await note(Act.WEBHOOK_MADE, caller.user_id, origin, by=caller, url=webhook.url)
    return WebhookMade(**asdict(webhook), secret=signing.written(secret))


@patch(
    "/webhooks/{webhook_id:uuid}",
    operation_id="change_webhook",
    summary="Change a webhook, or switch it off or on",
    tags=["Webhooks"],
    scope="account",
    example={"enabled": True},
    responses=told(200, Webhook, HOOK, "not_found", "invalid", "forbidden"),
)
async def change_webhook(
    webhook_id: FromPath[UUID], data: JSONBody[WebhookChange], caller: Who, origin: From, at: At
) -> Webhook:
    """What is left out stays as it is."""
    webhook = await _own(caller, webhook_id)
    if data.url is not None and data.url != webhook.url:
        await _check_url(data.url, at)
        webhook = replace(webhook, url=data.url, failing_since=None)
    if data.events is not None:
        webhook = replace(webhook, events=tuple(dict.fromkeys(data.events)))
    if data.description is not None:
        webhook = replace(webhook, description=data.description.strip())
    if data.enabled is True:
        webhook = replace(webhook, disabled_reason=None, failing_since=None)
    async with at.outbox.change():
        if data.enabled is False and webhook.disabled_reason is None:
            await Webhooks.disable(webhook_id, SWITCHED_OFF)
            webhook = replace(webhook, disabled_reason=SWITCHED_OFF)
        await Webhooks.change(webhook)
        await note(Act.WEBHOOK_CHANGED, caller.user_id, origin, by=caller, url=webhook.url)
    return webhook


@delete(
    "/webhooks/{webhook_id:uuid}",
    operation_id="delete_webhook",
    summary="Delete a webhook",
    tags=["Webhooks"],
    scope="account",
    responses=told(204, None, None, "not_found", "forbidden"),
)
async def delete_webhook(webhook_id: FromPath[UUID], caller: Who, origin: From, at: At) -> None:
    """Its log goes with it, and what was on its way."""
    webhook = await _own(caller, webhook_id)
    async with at.outbox.change():
        await Webhooks.forget(webhook_id)
        await note(Act.WEBHOOK_DELETED, caller.user_id, origin, by=caller, url=webhook.url)


@post(
    "/webhooks/{webhook_id:uuid}/secret",
    operation_id="rotate_webhook_secret",
    summary="Give a webhook a new secret",
    tags=["Webhooks"],
    scope="account",
    status_code=200,
    responses=told(200, WebhookMade, {**asdict(HOOK), "secret": "whsec_…"}, "not_found", "forbidden"),
)
async def rotate_webhook_secret(webhook_id: FromPath[UUID], caller: Who, origin: From, at: At) -> WebhookMade:
    """It is shown this once. For a day, requests are signed with the one before as well."""
    webhook, secret = await _own(caller, webhook_id), signing.new_secret()
    async with at.outbox.change():
        await Webhooks.new_secret(webhook_id, at.seal.closed(secret), OLD_SECRET_H)
        await note(Act.WEBHOOK_SECRET_MADE, caller.user_id, origin, by=caller, url=webhook.url)
    return WebhookMade(**asdict(webhook), secret=signing.written(secret))


@post(
    "/webhooks/{webhook_id:uuid}/test",
    operation_id="test_webhook",
    summary="Send a webhook something to try it",
    tags=["Webhooks"],
    scope="account",
    status_code=202,
    responses=told(202, Delivery, DELIVERY, "not_found", "conflict", "rate_limited", "forbidden"),
)
async def test_webhook(webhook_id: FromPath[UUID], caller: Who) -> Delivery:
    """An event of the type webhook.test, tried once; the log shows what came of it."""
    webhook = await _in_use(caller, webhook_id)
    await Allowance.take(
        f"webhook-test:{caller.user_id}", MOST_TESTS, WINDOW_S, "Enough was tried; wait a few minutes."
    )
    text = body(TEST, datetime.now(UTC), {"webhook_id": webhook.id, "text": "This is a test from Dailies."})
    return await Deliveries.add(webhook_id, uuid.uuid4(), TEST, text, tries=1)


@get(
    "/webhooks/{webhook_id:uuid}/deliveries",
    operation_id="list_webhook_deliveries",
    summary="What was sent to a webhook",
    tags=["Webhooks"],
    responses=told(200, DeliveryPage, {"deliveries": [DELIVERY], "total": 1}, "not_found", "invalid"),
)
async def list_deliveries(
    webhook_id: FromPath[UUID], caller: Who, limit: Limit = 20, offset: Offset = 0
) -> DeliveryPage:
    """Newest first, each with its last answer."""
    await _own(caller, webhook_id)
    found, total = await Deliveries.of(webhook_id, limit, offset)
    return DeliveryPage(deliveries=tuple(found), total=total)


@post(
    "/webhooks/{webhook_id:uuid}/deliveries/{delivery_id:uuid}/redeliver",
    operation_id="redeliver_webhook",
    summary="Send something once more",
    tags=["Webhooks"],
    scope="account",
    status_code=202,
    responses=told(202, Delivery, DELIVERY, "not_found", "conflict", "rate_limited", "forbidden"),
)
async def redeliver(webhook_id: FromPath[UUID], delivery_id: FromPath[UUID], caller: Who, at: At) -> Delivery:
    """With the same id, so that a receiver that has it already can tell."""
    await _in_use(caller, webhook_id)
    await Allowance.take(
        f"webhook-test:{caller.user_id}", MOST_TESTS, WINDOW_S, "Enough was tried; wait a few minutes."
    )
    again = await Deliveries.again(webhook_id, delivery_id, at.settings.webhook_tries)
    if again is None:
        raise NotFound("There is no such delivery; it may have been too long ago.")
    return again


async def _own(caller: Caller, webhook_id: UUID) -> Webhook:
    webhook = await Webhooks.one(caller.user_id, webhook_id)
    if webhook is None:
        raise NotFound(NO_SUCH)
    return webhook


async def _in_use(caller: Caller, webhook_id: UUID) -> Webhook:
    webhook = await _own(caller, webhook_id)
    if webhook.disabled_reason is not None:
        raise Conflict("This webhook is switched off; switch it on first.")
    return webhook


async def _check_url(url: str, at: Gateway) -> None:
    try:
        await outside.resolve(url, outside.networks_of(at.settings.webhook_networks))
    except (Invalid, Unavailable) as error:
        raise InvalidFields((FieldProblem(field="url", detail=str(error)),)) from error
