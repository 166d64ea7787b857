"""What can go wrong for a person at the terminal: a sentence that says what to do, and an exit status for scripts."""

from __future__ import annotations

from enum import IntEnum

import msgspec
from msgspec import Struct


class ExitStatus(IntEnum):
    """How a command ended."""

    WELL = 0
    FAILED = 1
    """The command was understood and tried, and something did not work: an upload, a video, an export."""
    USAGE = 2
    """The command line or a file on it is wrong; nothing was sent."""
    SIGN_IN = 3
    NOT_FOUND = 4
    REFUSED = 5
    """The server understood and said no: a wrong state, a limit, a quota."""
    UNREACHABLE = 6
    INTERRUPTED = 130


class ClientError(Exception):
    """Ends a command. `str(error)` is for people, `code` and `status` are for scripts."""

    def __init__(self, sentence: str, *, code: str = "failed", status: ExitStatus = ExitStatus.FAILED) -> None:
        super().__init__(sentence)
        self.code = code
        self.status = status


class UsageError(ClientError):
    """What was asked for cannot be done as it stands; nothing was sent."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code="usage", status=ExitStatus.USAGE)


class Unreachable(ClientError):
    """Nobody answers, or the connection broke and did not come back."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code="unreachable", status=ExitStatus.UNREACHABLE)


class FieldProblem(Struct, frozen=True, kw_only=True):
    """What is wrong with one field of a request."""

    field: str
    detail: str


class Problem(Struct, frozen=True, kw_only=True):
    """An error answer of the API (RFC 9457)."""

    status: int
    detail: str
    code: str = "internal"
    title: str = ""
    errors: tuple[FieldProblem, ...] = ()


STATUS_BY_CODE = {
    "unauthenticated": ExitStatus.SIGN_IN,
    "forbidden": ExitStatus.SIGN_IN,
    "not_found": ExitStatus.NOT_FOUND,
    "conflict": ExitStatus.REFUSED,
    "quota": ExitStatus.REFUSED,
    "rate_limited": ExitStatus.REFUSED,
    "too_large": ExitStatus.REFUSED,
    "invalid": ExitStatus.USAGE,
    "unavailable": ExitStatus.UNREACHABLE,
}


class Refused(ClientError):
    """The API said no. `problem` is its whole answer."""

    def __init__(self, problem: Problem, retry_after_s: float | None = None) -> None:
        more = [error.detail for error in problem.errors[1:]]
        super().__init__(
            "\n".join([problem.detail, *more]),
            code=problem.code,
            status=STATUS_BY_CODE.get(problem.code, ExitStatus.FAILED),
        )
        self.problem = problem
        self.retry_after_s = retry_after_s


def problem_in(status: int, body: bytes) -> Problem:
    """The problem in an error answer, also of a server in between (a proxy) that knows nothing of problems."""
    try:
        return msgspec.json.decode(body, type=Problem)
    except msgspec.MsgspecError:
        code = {401: "unauthenticated", 404: "not_found", 413: "too_large", 429: "rate_limited", 503: "unavailable"}
        return Problem(
            status=status,
            detail=f"The server answered {status} without saying why; check its address.",
            code=code.get(status, "internal"),
        )
