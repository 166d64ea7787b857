"""What is tried again, how often, and after how long."""

from __future__ import annotations

import httpx
import pytest

from client.errors import Problem, Refused
from client.retrying import Backoff, passing, persist

QUICK = Backoff(attempts=3, first_s=0.001, longest_s=0.002)


def refused(status: int, retry_after_s: float | None = None) -> Refused:
    return Refused(Problem(status=status, detail="No."), retry_after_s)


def test_pauses_grow_up_to_a_limit_and_are_spread() -> None:
    backoff = Backoff(first_s=1, factor=3, longest_s=10)
    assert [backoff.pause_s(failures, 1.0) for failures in (1, 2, 3, 4)] == [1, 3, 9, 10]
    assert backoff.pause_s(2, 0.0) == 1.5


@pytest.mark.parametrize("error", [httpx.ReadError("x"), httpx.ConnectTimeout("x"), refused(503), refused(429, 5)])
def test_what_passes_is_tried_again(error: Exception) -> None:
    assert passing(error)


@pytest.mark.parametrize("error", [refused(404), refused(422), refused(507), refused(429, 3600), ValueError("x")])
def test_what_stays_wrong_is_not(error: Exception) -> None:
    assert not passing(error)


async def test_the_third_failure_is_the_last() -> None:
    tried = 0
    heard: list[Exception] = []

    async def fail() -> None:
        nonlocal tried
        tried += 1
        raise httpx.ReadError("broken")

    with pytest.raises(httpx.ReadError):
        await persist(fail, QUICK, failed=heard.append)
    assert tried == 3
    assert len(heard) == 2


async def test_it_ends_with_the_first_success() -> None:
    answers: list[Exception | str] = [refused(503), "well", "never asked"]

    async def answer() -> str:
        found = answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    assert await persist(answer, QUICK) == "well"
    assert answers == ["never asked"]
