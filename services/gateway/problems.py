"""What went wrong, as problem bodies (RFC 9457): the one place that maps codes to HTTP."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from msgspec import UNSET, Struct, UnsetType

from shared.errors import DailiesError, Invalid, RateLimited, TooLarge
from shared.logs import logger

log = logger(__name__)

MEDIA_TYPE = "application/problem+json"

STATUS = {
    "invalid": (422, "The input is not what was asked for"),
    "unauthenticated": (401, "Nobody is signed in"),
    "forbidden": (403, "Not allowed"),
    "quota": (403, "More than the tier allows"),
    "not_found": (404, "Not found"),
    "method_not_allowed": (405, "Not with this method"),
    "conflict": (409, "Not in this state"),
    "too_large": (413, "Too large"),
    "rate_limited": (429, "Too often"),
    "internal": (500, "Something went wrong here"),
    "unavailable": (503, "Not available just now"),
    "out_of_space": (507, "No space left"),
}
"""Status and title of every code; a code that is not here counts as `internal`."""

BY_STATUS = {400: "invalid", **{status: code for code, (status, _) in reversed(STATUS.items())}}

SENTENCES = {
    "not_found": "There is nothing at this address.",
    "method_not_allowed": "This address cannot be asked with this method; /schema says which it knows.",
    "too_large": "The body is larger than the API accepts.",
}


class FieldProblem(Struct, frozen=True, kw_only=True):
    """What is wrong with one field of the body."""

    field: str
    """Path of the field, e.g. `settings.silence_threshold`."""
    detail: str


class Problem(Struct, frozen=True, kw_only=True):
    """A problem body as in RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    """One sentence that says what to do."""
    code: str
    """Stable; for programs."""
    errors: tuple[FieldProblem, ...] | UnsetType = UNSET
    """The fields that are wrong, all of them."""


class InvalidFields(Invalid):
    """Fields of the body are wrong; all of them are named."""

    def __init__(self, errors: tuple[FieldProblem, ...]) -> None:
        super().__init__(_first_of(errors))
        self.errors = errors


class TooLargeFields(TooLarge):
    """What fields of the body announce is too large; all of them are named."""

    def __init__(self, errors: tuple[FieldProblem, ...]) -> None:
        super().__init__(_first_of(errors))
        self.errors = errors


def _first_of(errors: tuple[FieldProblem, ...]) -> str:
    rest = f" ({len(errors) - 1} more below)" if len(errors) > 1 else ""
    return f"{errors[0].detail}{rest}"


def problem(code: str, detail: str, errors: tuple[FieldProblem, ...] | UnsetType = UNSET) -> Problem:
    """The problem body of a code."""
    status, title = STATUS[code]
    return Problem(
        type=f"urn:dailies:problem:{code}", title=title, status=status, detail=detail, code=code, errors=errors
    )


def answer_problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Turn whatever was raised into an answer; the exception handler of the whole application."""
    headers: dict[str, str] = {}
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, DailiesError) and error.code in STATUS and error.code != "internal":
        told = problem(error.code, str(error), getattr(error, "errors", UNSET))
    elif isinstance(error, ValidationException):
        told = _invalid_parameters(error)
    elif isinstance(error, HTTPException) and (code := BY_STATUS.get(error.status_code, "internal")) != "internal":
        told = problem(code, SENTENCES.get(code, error.detail))
    else:
        number = uuid.uuid4().hex[:12]
        log.error("a request failed", error_id=number, method=request.method, path=request.url.path, exc_info=error)
        told = problem("internal", f"Something went wrong here; the log knows it as {number}.")
    if told.code == "unauthenticated":
        headers["WWW-Authenticate"] = 'Bearer realm="dailies"'
    return Response(msgspec.json.encode(told), status_code=told.status, media_type=MEDIA_TYPE, headers=headers)


def _invalid_parameters(error: ValidationException) -> Problem:
    extra = error.extra if isinstance(error.extra, list) else []
    wrong = {str(entry.get("key", "")): str(entry.get("message", "")) for entry in extra if isinstance(entry, dict)}
    if "data" in wrong:
        return problem("invalid", "The body is missing; send JSON.")
    errors = tuple(
        FieldProblem(field=name, detail=f"The parameter {name} is wrong: {told}.") for name, told in wrong.items()
    )
    return problem("invalid", errors[0].detail if errors else error.detail, errors or UNSET)
