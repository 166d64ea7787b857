"""What people read when a video fails, and whether it is tried again."""

from __future__ import annotations

import errno

import pytest

from services.processor.failures import failure_of
from shared.errors import Invalid, NotFound, OutOfSpace, PermanentFailure, TransientFailure, Unavailable


@pytest.mark.parametrize(
    ("error", "permanent", "code"),
    [
        (PermanentFailure("The file is damaged."), True, "failed_permanently"),
        (Invalid("Switch it off."), True, "invalid"),
        (NotFound("The store has no object 'sources/…'."), True, "not_found"),
        (TransientFailure("Out of memory."), False, "failed_for_now"),
        (Unavailable("The store is away."), False, "unavailable"),
        (OutOfSpace("The disk of the store is full."), False, "out_of_space"),
        (OSError(errno.ENOSPC, "No space left on device", "/secret/path"), False, "out_of_space"),
        (ZeroDivisionError("division by zero"), False, "internal"),
    ],
)
def test_errors_are_permanent_or_pass(error: Exception, permanent: bool, code: str) -> None:
    failure = failure_of(error)
    assert (failure.permanent, failure.code) == (permanent, code)
    assert failure.reason.endswith(".")
    assert "/secret" not in failure.reason and "sources/" not in failure.reason


def test_nobody_reads_the_insides_of_an_unforeseen_error() -> None:
    one, other = failure_of(KeyError("password=hunter2")), failure_of(KeyError("password=hunter2"))
    assert "hunter2" not in one.reason and "KeyError" not in one.reason
    assert one.reason != other.reason, "each has a number of its own"
