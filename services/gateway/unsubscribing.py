"""Links in letters that end letters of their kind: signed, so that nobody can do that for somebody else, and without an end."""

from __future__ import annotations

import base64
import hmac
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from litestar import post
from litestar.params import QueryParameter
from msgspec import Struct
from msgspec.structs import replace

from services.gateway.openapi import told
from services.gateway.settings import GatewaySettings
from services.gateway.tables import LinkKeys, NotificationChoices
from shared.errors import Invalid

MAC_BYTES = 24
NO_SUCH = "This link is not complete; open it from the letter again, or sign in and change the settings."

Token = Annotated[str, QueryParameter(description="The token of the link in the letter.", max_length=200)]


class LetterKind(StrEnum):
    """What a letter is about."""

    REPORTS = "reports"
    NOTICES = "notices"


CHOICE = {LetterKind.REPORTS: "email_reports", LetterKind.NOTICES: "email_notices"}


class Unsubscribed(Struct, frozen=True, kw_only=True):
    """Which letters are not sent any more."""

    letters: LetterKind


def token_of(user_id: UUID, kind: LetterKind, key: bytes) -> str:
    """The token by which somebody ends letters of a kind."""
    told_ = user_id.bytes + kind.value.encode()
    return base64.urlsafe_b64encode(_mac(told_, key) + told_).decode().rstrip("=")


def read_token(token: str, key: bytes) -> tuple[UUID, LetterKind]:
    """Whose letters of which kind a token ends. Raises `Invalid`."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        mac, signed = raw[:MAC_BYTES], raw[MAC_BYTES:]
        if not hmac.compare_digest(mac, _mac(signed, key)):
            raise Invalid(NO_SUCH)
        return UUID(bytes=signed[:16]), LetterKind(signed[16:].decode())
    except ValueError as error:
        raise Invalid(NO_SUCH) from error


def page_url(token: str, settings: GatewaySettings) -> str:
    """The page on which a person ends letters: opening it changes nothing yet, because mail programs open links by themselves."""
    return f"{settings.origin}/unsubscribe?token={token}"


def headers(token: str, settings: GatewaySettings) -> tuple[tuple[str, str], ...]:
    """What lets a mail program offer "Unsubscribe" beside a letter (RFC 2369, RFC 8058)."""
    return (
        ("List-Unsubscribe", f"<{settings.origin}/api/unsubscribe?token={token}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )


@post(
    "/unsubscribe",
    operation_id="unsubscribe",
    summary="End letters of a kind, by the link in one of them",
    tags=["Notices"],
    status_code=200,
    exclude_from_auth=True,
    responses=told(200, Unsubscribed, {"letters": "reports"}, "invalid", public=True),
)
async def unsubscribe(token: Token) -> Unsubscribed:
    """For whoever has the letter; nobody needs to be signed in. In the settings the letters can be had again."""
    user_id, kind = read_token(token, await LinkKeys.only())
    choices = await NotificationChoices.of(user_id)
    await NotificationChoices.put(user_id, replace(choices, **{CHOICE[kind]: False}))
    return Unsubscribed(letters=kind)


def _mac(signed: bytes, key: bytes) -> bytes:
    return hmac.digest(key, b"unsubscribe" + signed, "sha256")[:MAC_BYTES]
