"""Secrets that have to be read again, as they stand in the database: encrypted by Fernet, if there is a key."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from shared.errors import Invalid, Unavailable

TOKEN = b"gAAAA"
"""How everything that is encrypted begins: version 128, and a time in this century and the next."""


class Seal:
    """The keys of the settings: the first encrypts, all of them decrypt, so that a key can be changed."""

    def __init__(self, keys: str) -> None:
        try:
            known = [Fernet(key.strip()) for key in keys.split(",") if key.strip()]
        except ValueError:
            raise Invalid(
                "DAILIES_ENCRYPTION_KEYS must be keys of 32 bytes in URL-safe base64, parted by commas."
            ) from None
        self._first = known[0] if known else None
        self._all = MultiFernet(known) if known else None

    def closed(self, secret: bytes) -> bytes:
        """A secret as it is kept."""
        return self._first.encrypt(secret) if self._first else secret

    def opened(self, kept: bytes) -> bytes:
        """The secret itself. Raises `Unavailable` when no key fits."""
        if not kept.startswith(TOKEN):
            return kept
        try:
            if self._all is not None:
                return self._all.decrypt(kept)
        except InvalidToken:
            pass
        raise Unavailable("The secret cannot be read here any more; give the webhook a new one.")

    def renewed(self, kept: bytes) -> bytes | None:
        """What is to be kept instead, when that is not encrypted by the first key; None when it is, or when no key fits."""
        if self._first is None:
            return None
        try:
            self._first.decrypt(kept)
        except InvalidToken:
            try:
                return self.closed(self.opened(kept))
            except Unavailable:
                return None
        return None
