"""Which stretch of an object is asked for, and whether it is needed at all (RFC 9110, sections 13 and 14). Pure."""

from __future__ import annotations

import re

from msgspec import Struct

ONE_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{1,18})?|-(\d{1,18}))", re.ASCII)
ETAG = re.compile(r'(W/)?("[^"]*")')


class Stretch(Struct, frozen=True):
    """From `start` up to, but not including, `end`."""

    start: int
    end: int


class Unsatisfiable(Exception):
    """The range begins beyond the end of the object."""


def asked_for(header: str | None, size: int) -> Stretch | None:
    """The stretch that a Range header names; None for the whole object.

    Several ranges at once, other units and malformed headers are ignored, as the RFC allows. Raises `Unsatisfiable`.
    """
    if header is None or (match := ONE_RANGE.fullmatch(header.replace(" ", ""))) is None:
        return None
    first, last, final = match.groups()
    if final is not None:
        if int(final) == 0 or size == 0:
            raise Unsatisfiable
        return Stretch(max(0, size - int(final)), size)
    start = int(first)
    if last is not None and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return Stretch(start, size if last is None else min(size, int(last) + 1))


def known_already(if_none_match: str | None, etag: str) -> bool:
    """Whether the asker has this version: weak comparison, as section 13.1.2 says."""
    return _matches(if_none_match, etag, weak=True)


def still_matches(if_match: str | None, etag: str) -> bool:
    """Whether the asker's condition holds: strong comparison, and true without one."""
    return if_match is None or _matches(if_match, etag, weak=False)


def may_continue(if_range: str | None, etag: str) -> bool:
    """Whether a range may be given: only of the version that the asker has the rest of. Dates are never good enough."""
    return if_range is None or if_range.strip() == f'"{etag}"'


def _matches(header: str | None, etag: str, *, weak: bool) -> bool:
    if header is None:
        return False
    if header.strip() == "*":
        return True
    return any(quoted == f'"{etag}"' and (weak or not mark) for mark, quoted in ETAG.findall(header))
