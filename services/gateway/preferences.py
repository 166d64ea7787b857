"""Preferences: what an account may choose for itself."""

from __future__ import annotations

from typing import Annotated

from litestar import get, patch
from litestar.params import JSONBody
from msgspec import Meta, Struct

from services.gateway import examples
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from services.gateway.service import Gateway
from services.gateway.tables import Account, Caller
from shared.errors import Invalid
from shared.messages import AccountChanged


class Preferences(Struct, frozen=True, kw_only=True):
    """What an account has chosen for itself."""

    concurrency: int
    """Videos that are processed at the same time."""
    concurrency_limit: int
    """How many the tier allows."""


class PreferencesChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the account wants from now on."""

    concurrency: Annotated[
        Annotated[int, Meta(ge=1, le=5)] | None,
        Meta(
            description="a number of videos from 1 to 5 to be processed at the same time, or null for all that the tier allows"
        ),
    ]


@get(
    "/me/preferences",
    operation_id="get_preferences",
    summary="My preferences",
    tags=["Account"],
    responses=told(200, Preferences, examples.PREFERENCES),
)
async def get_preferences(caller: Who, at: At) -> Preferences:
    """How many videos are processed at the same time, and how many the tier allows."""
    return _shown(caller, at, caller.concurrency)


@patch(
    "/me/preferences",
    operation_id="change_preferences",
    summary="Change my preferences",
    tags=["Account"],
    example={"concurrency": 2},
    responses=told(200, Preferences, examples.PREFERENCES, "invalid", "forbidden"),
)
async def change_preferences(data: JSONBody[PreferencesChange], caller: Who, at: At) -> Preferences:
    """Fewer videos at once than the tier allows, or with null as many as it does; videos that run are finished."""
    most = at.settings.tiers[caller.tier].concurrency
    if data.concurrency is not None and data.concurrency > most:
        raise Invalid(
            f"Your tier ({caller.tier}) processes at most {most} videos at the same time; choose 1 to {most}."
        )
    async with at.outbox.change():
        await Account.set_concurrency(caller.user_id, data.concurrency)
        await at.outbox.add(AccountChanged(user_id=caller.user_id, tier=caller.tier, concurrency=data.concurrency))
    return _shown(caller, at, data.concurrency)


def _shown(caller: Caller, at: Gateway, wanted: int | None) -> Preferences:
    most = at.settings.tiers[caller.tier].concurrency
    return Preferences(concurrency=most if wanted is None else min(wanted, most), concurrency_limit=most)
