"""What an API key may be used for."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """A part of the API. A browser that is signed in may use all of it, an operator's part only for operators."""

    READ = "read"
    """Look at batches, videos and exports."""
    WRITE = "write"
    """Change them, and upload."""
    ACCOUNT = "account"
    """API keys, sessions, the audit log and the password."""
    OPERATE = "operate"
    """What operators do."""


USUAL = (Scope.READ, Scope.WRITE)
"""What a new key may do when nothing else is said."""
EVERYTHING = tuple(Scope)


def scope_of(method: str, opt: dict[str, object]) -> Scope:
    """The scope that a route needs: the one that it names itself, or else by its method."""
    return Scope(str(opt.get("scope", Scope.READ if method.upper() in ("GET", "HEAD") else Scope.WRITE)))
