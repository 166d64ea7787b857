"""Signatures of webhooks as in the Standard Webhooks specification (symmetric, `v1`). Pure."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> bytes:
    """A key for signatures."""
    return secrets.token_bytes(SECRET_BYTES)


def written(secret: bytes) -> str:
    """A key as people copy it."""
    return PREFIX + base64.b64encode(secret).decode()


def headers(event_id: UUID, body: bytes, at: datetime, keys: Iterable[bytes]) -> dict[str, str]:
    """What goes with a body, so that its receiver can tell who sent it and when; signed with every key."""
    message_id, timestamp = f"evt_{event_id}", str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
