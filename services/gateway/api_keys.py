"""API keys: how programs get in."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from services.gateway import examples
from services.gateway.audit import Act, note
from services.gateway.authentication import KEY_START, SHOWN_OF_KEY, hash_of, needs_scope, new_token
from services.gateway.openapi import told
from services.gateway.parameters import At, From, Who
from services.gateway.scopes import USUAL, Scope
from services.gateway.tables import ApiKey
from shared.errors import Conflict, Forbidden, NotFound
from shared.names import name_of

MOST_KEYS = 50
MOST_DAYS = 3650


class NewApiKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An API key to be made."""

    name: Annotated[
        str, Meta(description="a name of 1 to 100 characters that says where the key is used", max_length=1000)
    ]
    scopes: Annotated[
        tuple[Scope, ...],
        Meta(
            description="a list of what it may do: read, write, account, operate", min_length=1, max_length=len(Scope)
        ),
    ] = USUAL
    expires_in_days: Annotated[
        Annotated[int, Meta(ge=1, le=MOST_DAYS)] | None,
        Meta(description="a number of days from 1 to 3650, or null for a key that does not expire"),
    ] = None


class ApiKeyShown(Struct, frozen=True, kw_only=True):
    """An API key as far as it can be shown again."""

    id: UUID
    name: str
    prefix: str
    """The first characters of the key."""
    scopes: tuple[Scope, ...]
    created_at: datetime
    last_used_at: datetime | None
    """To the minute; null when it was never used."""
    expires_at: datetime | None
    """Null when it does not expire."""


class ApiKeyMade(ApiKeyShown, frozen=True, kw_only=True):
    """A new API key, which is shown this once."""

    key: str


class ApiKeys(Struct, frozen=True, kw_only=True):
    """An account's API keys, newest first."""

    api_keys: tuple[ApiKeyShown, ...]


EXAMPLE = ApiKeyMade(
    id=UUID("0192f0d0-1a2b-7c3d-8e9f-a0b1c2d3e466"),
    name="render farm",
    prefix="dly_3fKq9Zx1",
    scopes=USUAL,
    created_at=examples.EVENING,
    last_used_at=None,
    expires_at=examples.EVENING + timedelta(days=90),
    key="dly_3fKq9Zx1u0cV5n2rYtW8bLhE6sQjMd4pAgXoCiNvTkU",
)
EXAMPLE_SHOWN = {name: getattr(EXAMPLE, name) for name in ApiKeyShown.__struct_fields__}


@post(
    "/api-keys",
    operation_id="create_api_key",
    summary="Make an API key",
    tags=["Account"],
    scope="account",
    example={"name": "render farm", "scopes": ["read", "write"], "expires_in_days": 90},
    responses=told(201, ApiKeyMade, EXAMPLE, "invalid", "conflict", "forbidden"),
)
async def create_api_key(data: JSONBody[NewApiKey], caller: Who, origin: From, at: At) -> ApiKeyMade:
    """The key itself is in this answer and never shown again; only its hash is kept. A key makes none that may do more."""
    name = name_of(data.name, what="The key's name", at_most=100)
    scopes = tuple(scope for scope in Scope if scope in data.scopes)
    if beyond := set(scopes) - caller.scopes:
        raise Forbidden(f"Your own key may not do this itself: {', '.join(sorted(beyond))}.")
    expires_at = data.expires_in_days and datetime.now(UTC) + timedelta(days=data.expires_in_days)
    if len(await ApiKey.of(caller.user_id)) >= MOST_KEYS:
        raise Conflict(f"An account may have {MOST_KEYS} API keys; revoke one that is not used any more.")
    key = KEY_START + new_token()
    async with at.outbox.change():
        shown = key[:SHOWN_OF_KEY]
        row = await ApiKey.make(uuid.uuid4(), caller.user_id, name, shown, hash_of(key), scopes, expires_at or None)
        await note(Act.API_KEY_MADE, caller.user_id, origin, by=caller, name=name, scopes=", ".join(scopes))
    return ApiKeyMade(key=key, **row)


@get(
    "/api-keys",
    operation_id="list_api_keys",
    summary="My API keys",
    tags=["Account"],
    scope="account",
    responses=told(200, ApiKeys, {"api_keys": [EXAMPLE_SHOWN]}, "forbidden"),
)
async def list_api_keys(caller: Who) -> ApiKeys:
    """All keys that are not revoked, also those that have expired, newest first."""
    return ApiKeys(api_keys=tuple(ApiKeyShown(**row) for row in await ApiKey.of(caller.user_id)))


@delete(
    "/api-keys/{key_id:uuid}",
    operation_id="revoke_api_key",
    summary="Revoke an API key",
    tags=["Account"],
    scope="read",
    responses=told(204, None, None, "not_found", "forbidden"),
)
async def revoke_api_key(key_id: FromPath[UUID], caller: Who, origin: From, at: At) -> None:
    """The key is worthless from now on. Every key may revoke itself."""
    if key_id != caller.api_key:
        needs_scope(caller, Scope.ACCOUNT)
    async with at.outbox.change():
        name = await ApiKey.revoke(caller.user_id, key_id)
        if name is None:
            raise NotFound("There is no such API key.")
        await note(Act.API_KEY_REVOKED, caller.user_id, origin, by=caller, name=name)
