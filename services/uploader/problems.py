"""What went wrong, as the object endpoint says it: problem bodies (RFC 9457) with a stable code."""

from __future__ import annotations

import msgspec
from msgspec import Struct

MEDIA_TYPE = "application/problem+json"

STATUS = {
    "invalid": (422, "The input is not what was asked for"),
    "link_expired": (403, "The link has expired"),
    "link_altered": (403, "The link is not as it was signed"),
    "not_found": (404, "Not found"),
    "method_not_allowed": (405, "Not with this method"),
    "too_slow": (408, "Nothing arrived for too long"),
    "conflict": (409, "Not in this state"),
    "length_required": (411, "The length is missing"),
    "precondition_failed": (412, "The object has changed"),
    "too_large": (413, "Too large"),
    "range_not_satisfiable": (416, "Beyond the end"),
    "internal": (500, "Something went wrong here"),
    "unavailable": (503, "Not available just now"),
    "out_of_space": (507, "No space left"),
}
"""Status and title of every code; a code that is not here counts as `internal`."""


class Problem(Struct, frozen=True, kw_only=True):
    """A problem body."""

    type: str
    title: str
    status: int
    detail: str
    """One sentence that says what to do."""
    code: str
    """Stable; for programs."""


def problem(code: str, detail: str) -> tuple[int, bytes]:
    """Status and body of a problem."""
    status, title = STATUS[code]
    told = Problem(type=f"urn:dailies:problem:{code}", title=title, status=status, detail=detail, code=code)
    return status, msgspec.json.encode(told)
