"""What can go wrong, each with a stable code and one sentence that says what to do. Every edge maps the code once."""

from __future__ import annotations

from typing import ClassVar


class DailiesError(Exception):
    """The root of all errors that are meant for people. `str(error)` is one sentence that says what to do."""

    code: ClassVar[str] = "internal"


class NotFound(DailiesError):
    """There is no such thing, or it belongs to somebody else."""

    code = "not_found"


class Unauthenticated(DailiesError):
    """Nobody is signed in."""

    code = "unauthenticated"


class Forbidden(DailiesError):
    """The caller is known, but may not do this."""

    code = "forbidden"


class LinkExpired(Forbidden):
    """A signed URL is past its time."""

    code = "link_expired"


class LinkAltered(Forbidden):
    """A signed URL is not as it was signed."""

    code = "link_altered"


class Conflict(DailiesError):
    """The thing is in a state in which this cannot be done."""

    code = "conflict"


class TooLarge(DailiesError):
    """More bytes than allowed."""

    code = "too_large"


class Invalid(DailiesError):
    """The input is not what was asked for."""

    code = "invalid"


class QuotaExceeded(DailiesError):
    """The user's tier does not allow as much."""

    code = "quota"


class RateLimited(DailiesError):
    """Too often. `retry_after_s` says when it makes sense to try again."""

    code = "rate_limited"

    def __init__(self, sentence: str, retry_after_s: int = 1) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class Unavailable(DailiesError):
    """A part of the installation does not answer; asking again later may help."""

    code = "unavailable"


class OutOfSpace(DailiesError):
    """The store or the scratch disk is full."""

    code = "out_of_space"


class PermanentFailure(DailiesError):
    """Work that would fail again however often it is tried: corrupt input, an unsupported codec."""

    code = "failed_permanently"


class TransientFailure(DailiesError):
    """Work that may succeed when it is tried again."""

    code = "failed_for_now"


def known_errors() -> dict[str, type[DailiesError]]:
    """All error classes by their code, to raise on this side what an answer said on the other."""
    found: dict[str, type[DailiesError]] = {DailiesError.code: DailiesError}
    waiting = [DailiesError]
    while waiting:
        for child in waiting.pop().__subclasses__():
            found.setdefault(child.code, child)
            waiting.append(child)
    return found
