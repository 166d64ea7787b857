"""What operators do to accounts: find them, set tier and role, sign them out, look at their batches. All of it is written down."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import get, patch, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct

from services.gateway import audit, examples
from services.gateway.accounts import set_role, set_tier
from services.gateway.audit import Act, AuditLog, Before, log_page, note
from services.gateway.batches import Limit, Offset, Sort, Status, page_of
from services.gateway.openapi import told
from services.gateway.oversight import for_operators
from services.gateway.parameters import At, From, Who
from services.gateway.tables import Role, Session
from services.gateway.tables.people import people, person
from shared.batches import Tier
from shared.errors import Conflict, NotFound
from shared.views import BatchPage


class UserShown(Struct, frozen=True, kw_only=True):
    """An account as operators see it."""

    id: UUID
    email: str
    tier: Tier
    role: Role
    created_at: datetime
    last_seen_at: datetime | None
    """When a session or a key of it was used last, as far as they are still kept."""
    sessions: int
    """Browsers in which it is signed in."""
    api_keys: int


class Users(Struct, frozen=True, kw_only=True):
    """A page of accounts, newest first, and how many there are in all."""

    users: tuple[UserShown, ...]
    total: int


class UserChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different about an account; null leaves a thing as it is."""

    tier: Annotated[Tier | None, Meta(description="free, creator or pro, or null")] = None
    role: Annotated[Role | None, Meta(description="user or operator, or null")] = None


EXAMPLE = UserShown(
    id=examples.USER,
    email="ada@example.com",
    tier=Tier.CREATOR,
    role=Role.USER,
    created_at=examples.EVENING,
    last_seen_at=examples.EVENING,
    sessions=2,
    api_keys=1,
)

Search = Annotated[
    str | None, QueryParameter(description="Only accounts with this text in their email.", max_length=320)
]

Ids = Annotated[list[UUID] | None, QueryParameter(description="Only these accounts.", max_items=100)]


@get(
    "/admin/users",
    operation_id="list_users",
    summary="Accounts",
    tags=["Operators"],
    scope="operate",
    guards=[for_operators],
    responses=told(200, Users, Users(users=(EXAMPLE,), total=1), "invalid", "forbidden"),
)
async def list_users(
    caller: Who,
    search: Search = None,
    tier: Annotated[Tier | None, QueryParameter(description="Only accounts of this tier.")] = None,
    role: Annotated[Role | None, QueryParameter(description="Only accounts with this role.")] = None,
    ids: Ids = None,
    limit: Limit = 20,
    offset: Offset = 0,
) -> Users:
    """For accounts with the role operator: a page of all accounts, newest first."""
    rows, total = await people(search or None, tier, role, ids, limit, offset)
    return Users(users=tuple(_shown(row) for row in rows), total=total)


@patch(
    "/admin/users/{user_id:uuid}",
    operation_id="change_user",
    summary="Give an account another tier or role",
    tags=["Operators"],
    scope="operate",
    guards=[for_operators],
    example={"tier": "creator"},
    responses=told(200, UserShown, EXAMPLE, "invalid", "not_found", "conflict", "forbidden"),
)
async def change_user(
    user_id: FromPath[UUID], data: JSONBody[UserChange], caller: Who, origin: From, at: At
) -> UserShown:
    """For accounts with the role operator: it holds at once, for what is in the queue too."""
    was = await _known(user_id)
    if data.role is Role.USER and user_id == caller.user_id:
        raise Conflict("You cannot take the role operator from yourself; another operator can.")
    async with at.outbox.change():
        if data.tier is not None and data.tier is not was.tier:
            await set_tier(at.outbox, was.email, data.tier)
            await note(Act.TIER_SET, user_id, origin, by=caller, before=was.tier, after=data.tier)
        if data.role is not None and data.role is not was.role:
            await set_role(was.email, data.role)
            await note(Act.ROLE_SET, user_id, origin, by=caller, before=was.role, after=data.role)
    return await _known(user_id)


@post(
    "/admin/users/{user_id:uuid}/sign-out",
    operation_id="sign_out_user",
    summary="Sign somebody out everywhere",
    tags=["Operators"],
    scope="operate",
    guards=[for_operators],
    status_code=204,
    responses=told(204, None, None, "not_found", "forbidden"),
)
async def sign_out_user(user_id: FromPath[UUID], caller: Who, origin: From, at: At) -> None:
    """For accounts with the role operator: all browsers of an account have to sign in again; its API keys go on."""
    await _known(user_id)
    async with at.outbox.change():
        await Session.end_all(user_id)
        await note(Act.SIGNED_OUT_EVERYWHERE, user_id, origin, by=caller)


@get(
    "/admin/users/{user_id:uuid}/batch-jobs",
    operation_id="list_batch_jobs_of_user",
    summary="Somebody's batches",
    tags=["Operators"],
    scope="operate",
    guards=[for_operators],
    responses=told(200, BatchPage, examples.PAGE, "invalid", "not_found", "forbidden"),
)
async def list_batch_jobs_of_user(
    user_id: FromPath[UUID],
    caller: Who,
    origin: From,
    at: At,
    status: Status = None,
    limit: Limit = 20,
    offset: Offset = 0,
    sort: Sort = "-created_at",
) -> BatchPage:
    """For accounts with the role operator: as their owner sees them. The owner finds in the audit log who looked."""
    await _known(user_id)
    await note(Act.BATCHES_SEEN, user_id, origin, by=caller)
    return await page_of(user_id, at, status, limit, offset, sort)


@get(
    "/admin/audit-log",
    operation_id="get_whole_audit_log",
    summary="What was done to accounts",
    tags=["Operators"],
    scope="operate",
    guards=[for_operators],
    responses=told(200, AuditLog, audit.EXAMPLE, "invalid", "forbidden"),
)
async def get_whole_audit_log(
    caller: Who,
    before: Before = None,
    user_id: Annotated[
        UUID | None, QueryParameter(description="Only what one account did or what was done to it.")
    ] = None,
) -> AuditLog:
    """For accounts with the role operator: of everybody, newest first."""
    return await log_page(user_id, before)


async def _known(user_id: UUID) -> UserShown:
    row = await person(user_id)
    if row is None:
        raise NotFound("There is no such account.")
    return _shown(row)


def _shown(row: dict[str, Any]) -> UserShown:
    return UserShown(**{**row, "tier": Tier(row["tier"]), "role": Role(row["role"])})
