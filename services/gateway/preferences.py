"""Preferences: what an account may choose for itself."""

from __future__ import annotations

from typing import Annotated

from litestar import get, patch
from litestar.params import JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from services.gateway import examples
from services.gateway.openapi import told
from services.gateway.parameters import At, Who
from services.gateway.service import Gateway
from services.gateway.tables import Account, Caller, Theme
from shared.errors import Invalid
from shared.messages import AccountChanged


class Preferences(Struct, frozen=True, kw_only=True):
    """What an account has chosen for itself."""

    concurrency: int
    """Videos that are processed at the same time."""
    concurrency_limit: int
    """How many the tier allows."""
    theme: Theme | None
    """How the page looks; null until it is chosen for the first time."""


class PreferencesChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the account wants from now on; what is left out stays."""

    concurrency: Annotated[
        Annotated[int, Meta(ge=1, le=5)] | UnsetType | None,
        Meta(
            description="a number of videos from 1 to 5 to be processed at the same time, or null for all that the tier allows"
        ),
    ] = UNSET
    theme: Annotated[Theme | UnsetType, Meta(description="how the page is to look: system, light or dark")] = UNSET


@get(
    "/me/preferences",
    operation_id="get_preferences",
    summary="My preferences",
    tags=["Account"],
    responses=told(200, Preferences, examples.PREFERENCES),
)
async def get_preferences(caller: Who, at: At) -> Preferences:
    """How many videos are processed at the same time, how many the tier allows, and how the page looks."""
    return _shown(caller, at)


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
    if data.concurrency is UNSET and data.theme is UNSET:
        raise Invalid("Say what is to be different: concurrency, theme or both.")
    most = at.settings.tiers[caller.tier].concurrency
    if isinstance(data.concurrency, int) and data.concurrency > most:
        raise Invalid(
            f"Your tier ({caller.tier}) processes at most {most} videos at the same time; choose 1 to {most}."
        )
    async with at.outbox.change():
        if data.theme is not UNSET:
            await Account.set_theme(caller.user_id, data.theme)
            caller = replace(caller, theme=data.theme)
        if data.concurrency is not UNSET:
            await Account.set_concurrency(caller.user_id, data.concurrency)
            await at.outbox.add(AccountChanged(user_id=caller.user_id, tier=caller.tier, concurrency=data.concurrency))
            caller = replace(caller, concurrency=data.concurrency)
    return _shown(caller, at)


def _shown(caller: Caller, at: Gateway) -> Preferences:
    most = at.settings.tiers[caller.tier].concurrency
    wanted = most if caller.concurrency is None else min(caller.concurrency, most)
    return Preferences(concurrency=wanted, concurrency_limit=most, theme=caller.theme)
