"""What somebody wants to be mailed."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, patch
from litestar.params import JSONBody
from msgspec import Meta, Struct

from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from services.gateway.service import Gateway
from services.gateway.tables import Caller, Choices, NotificationChoices

EXAMPLE = {
    "email": "ada@example.com",
    "email_available": True,
    "email_reports": True,
    "email_from_videos": 5,
    "email_notices": True,
}


class NotificationSettings(Struct, frozen=True, kw_only=True):
    """What is mailed, and where to."""

    email: str
    email_available: bool
    """Whether this installation can send letters at all."""
    email_reports: bool
    """The report of a batch when it has completed or failed."""
    email_from_videos: int
    """Only of batches with so many videos or more."""
    email_notices: bool
    """What is important besides, such as that something will be deleted."""


class NotificationChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different; what is left out or null stays."""

    email_reports: Annotated[bool | None, Meta(description="true to have reports of batches mailed, or null")] = None
    email_from_videos: Annotated[
        Annotated[int, Meta(ge=1, le=500)] | None, Meta(description="a number of videos from 1 to 500, or null")
    ] = None
    email_notices: Annotated[bool | None, Meta(description="true to have important notices mailed, or null")] = None


@get(
    "/me/notifications",
    operation_id="get_notification_settings",
    summary="What I am mailed",
    tags=["Notices"],
    responses=told(200, NotificationSettings, EXAMPLE),
)
async def get_notification_settings(caller: Who, at: At) -> NotificationSettings:
    """Reports of batches from a number of videos on, and important notices."""
    return _shown(caller, at, await NotificationChoices.of(caller.user_id))


@patch(
    "/me/notifications",
    operation_id="change_notification_settings",
    summary="Change what I am mailed",
    tags=["Notices"],
    example={"email_from_videos": 1},
    responses=told(200, NotificationSettings, EXAMPLE, "invalid", "forbidden"),
)
async def change_notification_settings(data: JSONBody[NotificationChange], caller: Who, at: At) -> NotificationSettings:
    """What is left out stays as it is."""
    wanted = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not None}
    choices = msgspec.structs.replace(await NotificationChoices.of(caller.user_id), **wanted)
    await NotificationChoices.put(caller.user_id, choices)
    return _shown(caller, at, choices)


def _shown(caller: Caller, at: Gateway, choices: Choices) -> NotificationSettings:
    return NotificationSettings(
        email=caller.email, email_available=bool(at.settings.smtp_url), **msgspec.structs.asdict(choices)
    )
