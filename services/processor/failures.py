"""Failures: which of them may pass when a video is tried again, and what people read of them."""

from __future__ import annotations

import errno
import uuid

from msgspec import Struct

from shared.errors import (
    DailiesError,
    Invalid,
    NotFound,
    OutOfSpace,
    PermanentFailure,
    TooLarge,
)
from shared.logs import logger

log = logger(__name__)

FOR_GOOD = (PermanentFailure, Invalid, NotFound, TooLarge)
"""What would happen again however often it is tried. A source that is not found was deleted."""


class Failure(Struct, frozen=True, kw_only=True):
    """Why a run ended without an output."""

    permanent: bool
    code: str
    reason: str


def failure_of(error: Exception) -> Failure:
    """What to say of an error. One that nobody foresaw may pass; people get a number that the log has, too."""
    if isinstance(error, NotFound):
        return Failure(
            permanent=True,
            code=error.code,
            reason="The uploaded file is gone; upload it again.",
        )
    if isinstance(error, DailiesError):
        return Failure(permanent=isinstance(error, FOR_GOOD), code=error.code, reason=str(error))
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        reason = "The scratch disk of the processor is full; free some space there."
        return Failure(permanent=False, code=OutOfSpace.code, reason=reason)
    number = uuid.uuid4().hex[:12]
    log.error("a run ended by an unforeseen error", error_id=number, exc_info=error)
    reason = f"Something went wrong while the video was processed; the log knows it as {number}."
    return Failure(permanent=False, code=DailiesError.code, reason=reason)
