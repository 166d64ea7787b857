"""The audit log: what is relevant to security is written down with the change itself, and shown to whom it concerns."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import QueryParameter
from msgspec import Struct

from services.gateway import examples
from services.gateway.addresses import Whence
from services.gateway.devices import device_of
from services.gateway.openapi import told
from services.gateway.parameters import Who
from services.gateway.tables import AuditEntry, Caller

PAGE = 50


class Act(StrEnum):
    """What is written down."""

    ACCOUNT_MADE = "account_made"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    SESSION_ENDED = "session_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an act
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of an act
    RESET_LINK_MADE = "reset_link_made"
    API_KEY_MADE = "api_key_made"
    API_KEY_REVOKED = "api_key_revoked"
    WEBHOOK_MADE = "webhook_made"
    WEBHOOK_CHANGED = "webhook_changed"
    WEBHOOK_DELETED = "webhook_deleted"
    WEBHOOK_SECRET_MADE = "webhook_secret_made"  # noqa: S105 - the name of an act
    TIER_SET = "tier_set"
    ROLE_SET = "role_set"
    BATCHES_SEEN = "batches_seen"
    MINUTES_REFUNDED = "minutes_refunded"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_REMOVED = "identity_removed"


class Way(StrEnum):
    """How whoever did it was recognised."""

    SESSION = "session"
    API_KEY = "api_key"
    COMMAND = "command"
    """On the machine itself, by whoever runs the installation."""
    NONE = "none"
    """Not at all: by a password, right or wrong, a link in a letter, or another service that vouches."""


AT_THE_MACHINE = Whence(address="", user_agent="")


class Entry(Struct, frozen=True, kw_only=True):
    """One line of the audit log."""

    id: int
    at: datetime
    action: Act
    way: Way
    email: str
    """Whose account it is about."""
    by: str
    """Who did it: an email address; empty when it is not known, or for whoever runs the installation."""
    address: str
    device: str
    detail: dict[str, str]


class AuditLog(Struct, frozen=True, kw_only=True):
    """A page of the audit log, newest first."""

    entries: tuple[Entry, ...]
    before: int | None
    """Ask with this for the next page; null when there is none."""


Before = Annotated[int | None, QueryParameter(description="only entries older than the one with this id", ge=1)]


async def note(act: Act, user_id: UUID, whence: Whence, *, by: Caller | None = None, **detail: str) -> None:
    """Write down that something was done to an account, by whoever asks; without one, by somebody who was not recognised."""
    way = Way.NONE if by is None else Way.SESSION if by.session is not None else Way.API_KEY
    await AuditEntry.add(user_id, by.user_id if by else None, act, way, whence, detail)


async def note_command(act: Act, user_id: UUID, **detail: str) -> None:
    """Write down that whoever runs the installation did something to an account by a command."""
    await AuditEntry.add(user_id, None, act, Way.COMMAND, AT_THE_MACHINE, detail)


async def log_page(user_id: UUID | None, before: int | None) -> AuditLog:
    """A page of what concerns a user, or of everything."""
    rows = await AuditEntry.page(user_id, before, PAGE + 1)
    entries = tuple(_shown(row) for row in rows[:PAGE])
    return AuditLog(entries=entries, before=entries[-1].id if len(rows) > PAGE else None)


def _shown(row: dict[str, Any]) -> Entry:
    return Entry(
        id=row["id"],
        at=row["at"],
        action=Act(row["action"]),
        way=Way(row["way"]),
        email=row["email"] or "",
        by=row["actor_email"] or "",
        address=row["address"],
        device=device_of(row["user_agent"]),
        detail=msgspec.json.decode(row["detail"], type=dict[str, str]),
    )


EXAMPLE = AuditLog(
    entries=(
        Entry(
            id=4711,
            at=examples.EVENING,
            action=Act.API_KEY_MADE,
            way=Way.SESSION,
            email="ada@example.com",
            by="ada@example.com",
            address="203.0.113.7",
            device="Firefox on Linux",
            detail={"name": "render farm"},
        ),
    ),
    before=None,
)


@get(
    "/audit-log",
    operation_id="get_audit_log",
    summary="What was done to my account",
    tags=["Account"],
    scope="account",
    responses=told(200, AuditLog, EXAMPLE, "forbidden"),
)
async def get_audit_log(caller: Who, before: Before = None) -> AuditLog:
    """Sign-ins, also failed ones, passwords, API keys, and what operators did; newest first."""
    return await log_page(caller.user_id, before)
