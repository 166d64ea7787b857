"""Signed, expiring URLs for the local store: whoever holds one may do the one thing it names, until it expires.

The signature is HMAC-SHA256 over every field, each with its name and length in front, so that no two grants sign the same bytes.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
from msgspec import Struct

from shared.errors import Invalid, LinkAltered, LinkExpired
from shared.storage.keys import check_key

ROUTE = "/objects/"
KEY_BYTES = 32


class SigningKey(Struct, frozen=True):
    """A secret and the name it goes by in URLs."""

    id: str
    secret: bytes


class Keys(Struct, frozen=True):
    """The keys in use: the first signs, all of them verify, so that a key can be changed without breaking URLs."""

    keys: tuple[SigningKey, ...]

    @property
    def first(self) -> SigningKey:
        """The key that signs."""
        return self.keys[0]

    def secret(self, key_id: str) -> bytes | None:
        """The secret of a key, None when the key is not (or no longer) known."""
        return next((key.secret for key in self.keys if key.id == key_id), None)


class Grant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a signed URL allows. A field that is None is not in the URL, and that too is signed."""

    method: str
    """`GET` (good for HEAD too) or `PUT`."""
    key: str
    expires: int
    """Unix time in seconds."""
    length: int | None = None
    """Exactly so many bytes are PUT."""
    most: int | None = None
    """At most so many bytes are PUT."""
    part: int | None = None
    upload: str | None = None
    type: str | None = None
    """The content type: what a PUT must send, what a GET answers."""
    name: str | None = None
    """The file name a download is saved under."""


def parse_keys(text: str) -> Keys:
    """Keys as written in the settings: `<id>:<64 hex digits>`, separated by commas. Raises `Invalid`."""
    keys: list[SigningKey] = []
    for item in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, digits = item.partition(":")
        try:
            secret = bytes.fromhex(digits)
        except ValueError:
            secret = b""
        if not name.isalnum() or len(secret) != KEY_BYTES or any(key.id == name for key in keys):
            raise Invalid(
                f"Signing key number {len(keys) + 1} is not of the form <id>:<64 hex digits>, with an id of its own."
            )
        keys.append(SigningKey(name, secret))
    if not keys:
        raise Invalid("DAILIES_SIGNING_KEYS is empty; give at least one key, <id>:<64 hex digits>.")
    return Keys(tuple(keys))


def signed_path(grant: Grant, keys: Keys) -> str:
    """Path and query of the URL that carries a grant."""
    query = {
        field: str(value)
        for field, value in msgspec.structs.asdict(grant).items()
        if value is not None and field not in ("method", "key")
    }
    query["key_id"] = keys.first.id
    query["signature"] = _signature(grant, keys.first)
    return f"{ROUTE}{quote(check_key(grant.key))}?{urlencode(query, quote_via=quote)}"


def granted(method: str, key: str, query: str, keys: Keys, now: float) -> Grant:
    """The grant in a URL. Raises `LinkAltered` unless it is exactly as it was signed, and `LinkExpired` after its time."""
    altered = LinkAltered("This link was altered or signed by somebody else; ask for a new one.")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, max_num_fields=12, errors="strict")
        fields = dict(pairs)
        key_id, signature = fields.pop("key_id"), fields.pop("signature")
        if len(pairs) != len(fields) + 2 or "method" in fields or "key" in fields:
            raise altered
        grant = msgspec.convert(
            {**fields, "method": "GET" if method == "HEAD" else method, "key": key}, Grant, strict=False
        )
    except (KeyError, ValueError, msgspec.ValidationError):
        raise altered from None
    # `null`, `+5` and `05` would be read as well; only the one way in which values are written is taken.
    if any(str(getattr(grant, field)) != value for field, value in fields.items()):
        raise altered
    secret = keys.secret(key_id)
    # An unknown key is checked as well, against nothing that exists, so that it takes as long as a known one.
    expected = _signature(grant, SigningKey(key_id, secret or bytes(KEY_BYTES)))
    if not hmac.compare_digest(expected.encode(), signature.encode()) or secret is None:
        raise altered
    if now >= grant.expires:
        raise LinkExpired("This link has expired; ask for a new one.")
    return grant


def _signature(grant: Grant, key: SigningKey) -> str:
    fields: Sequence[tuple[str, object]] = [*msgspec.structs.asdict(grant).items(), ("key_id", key.id)]
    pieces = [b"dailies link 1"]
    for name, value in fields:
        data = b"" if value is None else str(value).encode()
        pieces.append(f"{name} {'absent' if value is None else len(data)} ".encode() + data)
    return hmac.digest(key.secret, b"\n".join(pieces), "sha256").hex()
