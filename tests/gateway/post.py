"""A real SMTP server that keeps what arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.gateway.conftest import eventually


class PostOffice:
    """What arrived, and what is answered to the next letters."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.answers: list[str] = []
        """Taken from the front, one for each letter; `250 OK` when there are none."""
        self.url = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the name that aiosmtpd calls
        """Keep a letter, or refuse it."""
        if self.answers and not (answer := self.answers.pop(0)).startswith("2"):
            return answer
        content: Any = envelope.content
        letter = message_from_bytes(content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"

    async def letter(self, number: int = 0) -> EmailMessage:
        """Wait for a letter."""
        await eventually(lambda: len(self.letters) > number, patience_s=60.0)
        return self.letters[number]


def part(letter: EmailMessage, kind: str) -> str:
    """The text of a letter's part, `plain` or `html`."""
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@asynccontextmanager
async def post_office() -> AsyncIterator[PostOffice]:
    """A server on a free port of this machine."""
    office = PostOffice()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(office, hostname="post", loop=loop), "127.0.0.1", 0)
    async with server:
        office.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield office
