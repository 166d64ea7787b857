"""Guesses of passwords: counted, so that they do not get far, and so that they do not keep the owner out."""

from __future__ import annotations

import asyncio
from uuid import UUID

from services.gateway.addresses import Whence
from services.gateway.audit import Act, note
from services.gateway.tables import Allowance, KnownBrowser
from shared.logs import logger

log = logger(__name__)
_notes: set[asyncio.Task[None]] = set()

QUARTER_S = 900.0
TRIES_HERE, TRIES_FROM_ADDRESS, TRIES_FOR_ACCOUNT = 10, 50, 100
"""Failed sign-ins within a quarter of an hour: for one account from one place, from one address, for one account."""
TOO_OFTEN = "Too many failed attempts to sign in; wait a little before the next."


async def count_try(email: str, address: str, browser: bytes | None) -> tuple[str, ...]:
    """Count a try to sign in before it is made; returns what was counted, to be given back when it was right.

    A browser in which the owner signed in before (by the hash of its token) is counted by itself: strangers who guess
    elsewhere do not keep it out. Raises `RateLimited`.
    """
    limits: tuple[tuple[str, int], ...]
    if browser is not None and await KnownBrowser.knows(browser, email):
        limits = ((f"sign-in:{email}:{browser.hex()}", TRIES_HERE),)
    else:
        limits = (
            (f"sign-in:{email}:{address}", TRIES_HERE),
            (f"sign-in:{address}", TRIES_FROM_ADDRESS),
            (f"sign-in:{email}", TRIES_FOR_ACCOUNT),
        )
    # Counted before the password is looked at: many guesses at the same time do not get past it.
    for subject, at_most in limits:
        await Allowance.take(subject, at_most, QUARTER_S, TOO_OFTEN)
    return tuple(subject for subject, _ in limits)


async def give_back(counted: tuple[str, ...]) -> None:
    """The try was right: it does not count."""
    for subject in counted:
        await Allowance.give_back(subject)


def note_failure(user_id: UUID | None, whence: Whence) -> None:
    """Write a failed try into the audit log of the account, if there is one.

    Nobody waits for it: the time of the answer must not tell whether there is such an account.
    """
    if user_id is not None:
        task = asyncio.create_task(note(Act.SIGN_IN_FAILED, user_id, whence))
        _notes.add(task)
        task.add_done_callback(_noted)


def _noted(task: asyncio.Task[None]) -> None:
    _notes.discard(task)
    if not task.cancelled() and task.exception() is not None:
        log.error("a failed sign-in is missing in the audit log", exc_info=task.exception())
