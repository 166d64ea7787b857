"""API keys: how programs get in."""

from __future__ import annotations

import uuid
from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from services.gateway import examples
from services.gateway.authentication import KEY_START, SHOWN_OF_KEY, hash_of, new_token
from services.gateway.bodies import ApiKeyMade, ApiKeys, ApiKeyShown, NewApiKey
from services.gateway.openapi import told
from services.gateway.parameters import Who
from services.gateway.tables import ApiKey
from shared.errors import Conflict, NotFound
from shared.names import name_of

MOST_KEYS = 50
EXAMPLE_KEY = "dly_3fKq9Zx1u0cV5n2rYtW8bLhE6sQjMd4pAgXoCiNvTkU"


@post(
    "/api-keys",
    operation_id="create_api_key",
    summary="Make an API key",
    tags=["Account"],
    example={"name": "render farm"},
    responses=told(201, ApiKeyMade, {**examples.API_KEY, "key": EXAMPLE_KEY}, "invalid", "conflict", "forbidden"),
)
async def create_api_key(data: JSONBody[NewApiKey], caller: Who) -> ApiKeyMade:
    """The key itself is in this answer and never shown again; only its hash is kept."""
    name = name_of(data.name, what="The key's name", at_most=100)
    if len(await ApiKey.of(caller.user_id)) >= MOST_KEYS:
        raise Conflict(f"An account may have {MOST_KEYS} API keys; revoke one that is not used any more.")
    key = KEY_START + new_token()
    row = await ApiKey.make(uuid.uuid4(), caller.user_id, name, key[:SHOWN_OF_KEY], hash_of(key))
    return ApiKeyMade(key=key, **row)


@get(
    "/api-keys",
    operation_id="list_api_keys",
    summary="My API keys",
    tags=["Account"],
    responses=told(200, ApiKeys, {"api_keys": [examples.API_KEY]}),
)
async def list_api_keys(caller: Who) -> ApiKeys:
    """All keys that are not revoked, newest first."""
    return ApiKeys(api_keys=tuple(ApiKeyShown(**row) for row in await ApiKey.of(caller.user_id)))


@delete(
    "/api-keys/{key_id:uuid}",
    operation_id="revoke_api_key",
    summary="Revoke an API key",
    tags=["Account"],
    responses=told(204, None, None, "not_found", "forbidden"),
)
async def revoke_api_key(key_id: FromPath[UUID], caller: Who) -> None:
    """The key is worthless from now on."""
    if not await ApiKey.revoke(caller.user_id, key_id):
        raise NotFound("There is no such API key.")
