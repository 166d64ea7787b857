"""Passwords, hashed by argon2id in a thread, so that the loop goes on."""

from __future__ import annotations

import asyncio
import weakref

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from shared.errors import Invalid

LEAST, MOST = 8, 200
AT_A_TIME = 2
"""Each hash takes 64 MiB and a core: a flood of sign-ins waits here and not for memory."""

_hasher = PasswordHasher()
_nobody = _hasher.hash("the password of nobody")
_turns: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = weakref.WeakKeyDictionary()


async def hashed(password: str) -> str:
    """The argon2id hash of a password. Raises `Invalid` when it is too short or too long."""
    if not LEAST <= len(password) <= MOST:
        raise Invalid(f"A password must have {LEAST} to {MOST} characters; this one has {len(password)}.")
    async with _turn():
        return await asyncio.to_thread(_hasher.hash, password)


async def fits(password: str, known: str | None) -> bool:
    """Whether a password is the one hashed. Without a hash it takes as long, so that nobody learns who has an account."""
    async with _turn():
        right = await asyncio.to_thread(_verify, password[: MOST + 1], known or _nobody)
    return right and known is not None


def outdated(known: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(known)


def _verify(password: str, known: str) -> bool:
    try:
        return _hasher.verify(known, password)
    except (Argon2Error, InvalidHashError):
        return False


def _turn() -> asyncio.Semaphore:
    return _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_A_TIME))
