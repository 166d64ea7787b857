"""Letters, taken by a real SMTP server."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import msgspec
import pytest

from services.gateway import mail
from services.gateway.mail import Letter
from services.gateway.settings import GatewaySettings
from shared.errors import Invalid, PermanentFailure, Unavailable
from tests.gateway.post import PostOffice, part, post_office

LETTER = Letter(
    to="ada@example.com", subject="Grüße", text="plain & simple", html=mail.page("A <b>", mail.paragraph("1 < 2"))
)
SETTINGS = GatewaySettings(
    database_url="",
    rabbitmq_url="",
    nats_url="",
    public_url="https://dailies.example.com",
    mail_from="D <d@example.com>",
)


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with post_office() as open_office:
        yield open_office


def settings(url: str) -> GatewaySettings:
    return msgspec.structs.replace(SETTINGS, smtp_url=url)


async def test_a_letter_arrives_with_both_parts(office: PostOffice) -> None:
    await mail.send(LETTER, settings(office.url))
    letter = await office.letter()
    assert (letter["From"], letter["To"], letter["Subject"]) == ("D <d@example.com>", "ada@example.com", "Grüße")
    assert letter["Message-ID"].endswith("@dailies.example.com>") and letter["Auto-Submitted"] == "auto-generated"
    assert part(letter, "plain").strip() == "plain & simple"
    assert "A &lt;b&gt;" in part(letter, "html") and "1 &lt; 2" in part(letter, "html")
    assert office.recipients == [["ada@example.com"]]


@pytest.mark.parametrize(("answer", "error"), [("451 later", Unavailable), ("554 never", PermanentFailure)])
async def test_a_refusal_says_whether_to_try_again(office: PostOffice, answer: str, error: type[Exception]) -> None:
    office.answers = [answer]
    with pytest.raises(error):
        await mail.send(LETTER, settings(office.url))
    assert office.letters == []


async def test_a_server_that_is_away_is_asked_again_later() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable):
            await mail.send(LETTER, settings(f"smtp://127.0.0.1:{taken.getsockname()[1]}"))


async def test_a_password_is_not_sent_in_the_open(office: PostOffice) -> None:
    with pytest.raises(Unavailable, match="STARTTLS"):
        await mail.send(LETTER, settings(office.url.replace("smtp://", "smtp://user:secret@")))
    assert office.letters == []


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("a@example.com, b@example.com", "x"),
        ("a@example.com\r\nBcc: b@example.com", "x"),
        ("a@b.com", "x\r\nBcc: c@d.com"),
    ],
)
async def test_nothing_is_smuggled_into_a_letter(office: PostOffice, to: str, subject: str) -> None:
    letter = msgspec.structs.replace(LETTER, to=to, subject=subject)
    with pytest.raises(PermanentFailure):
        await mail.send(letter, settings(office.url))
    assert office.letters == []


async def test_without_a_server_nothing_is_sent() -> None:
    with pytest.raises(PermanentFailure, match="DAILIES_SMTP_URL"):
        await mail.send(LETTER, settings(""))
    with pytest.raises(Invalid, match="DAILIES_SMTP_URL"):
        await mail.send(LETTER, settings("http://example.com"))
