"""Letters by email: plain text with the same as HTML beside it, handed to the SMTP server of the settings."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from html import escape
from urllib.parse import unquote, urlsplit

import aiosmtplib
from msgspec import Struct

from services.gateway.settings import GatewaySettings
from shared.errors import Invalid, PermanentFailure, Unavailable

PATIENCE_S = 30.0
REFUSED_FOR_GOOD = range(500, 600)


class Letter(Struct, frozen=True, kw_only=True):
    """What is to be sent to one person."""

    to: str
    subject: str
    text: str
    html: str


async def send(letter: Letter, settings: GatewaySettings) -> None:
    """Hand a letter to the SMTP server.

    Raises `Unavailable` when the server cannot be had or says "later", `PermanentFailure` when it will never take the letter.
    """
    if not settings.smtp_url:
        raise PermanentFailure("No mail can be sent here; set DAILIES_SMTP_URL and DAILIES_MAIL_FROM.")
    server = urlsplit(settings.smtp_url)
    if server.scheme not in ("smtp", "smtps") or not server.hostname:
        raise Invalid("DAILIES_SMTP_URL must be of the form 'smtp://user:password@host:587' or 'smtps://…'.")
    message = written(letter, settings)
    try:
        await aiosmtplib.send(
            message,
            sender=parseaddr(settings.mail_from)[1],
            recipients=[letter.to],
            hostname=server.hostname,
            port=server.port,
            username=unquote(server.username) if server.username else None,
            password=unquote(server.password) if server.password else None,
            use_tls=server.scheme == "smtps",
            # A password is never sent in the open; without one the server decides whether it encrypts.
            start_tls=None if server.scheme == "smtps" or not server.username else True,
            timeout=PATIENCE_S,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        refusal = error.recipients[0]
        raise _failure(refusal.code, refusal.message) from error
    except aiosmtplib.SMTPResponseException as error:
        raise _failure(error.code, error.message) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Unavailable(f"The mail server does not take letters just now ({error}); they are sent later.") from error


def written(letter: Letter, settings: GatewaySettings) -> EmailMessage:
    """A letter as it goes over the line. Raises `PermanentFailure` when its address or subject can be none."""
    message = EmailMessage()
    try:
        message["From"] = settings.mail_from
        message["To"] = Address(addr_spec=letter.to)
        message["Subject"] = letter.subject
    except (ValueError, IndexError) as error:
        raise PermanentFailure(f"A letter to this address or with this subject cannot be written: {error}.") from error
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = make_msgid(domain=urlsplit(settings.public_url).hostname)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def page(title: str, *parts: str) -> str:
    """The HTML of a letter around its parts, which are HTML themselves; made of what every mail program shows."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        '<body style="margin:0;padding:24px;background:#f4f4f5;color:#18181b;font:16px/1.5 system-ui,sans-serif">'
        '<div style="max-width:36rem;margin:0 auto;padding:24px;background:#ffffff;border-radius:12px">'
        f'<h1 style="margin:0 0 16px;font-size:20px">{escape(title)}</h1>{"".join(parts)}</div></body></html>'
    )


def paragraph(text: str) -> str:
    """A paragraph of plain text."""
    return f'<p style="margin:0 0 16px">{escape(text)}</p>'


def button(text: str, url: str) -> str:
    """A link that looks like a button."""
    style = (
        "display:inline-block;padding:10px 18px;border-radius:8px;background:#4338ca;color:#ffffff;text-decoration:none"
    )
    return f'<p style="margin:0 0 16px"><a href="{escape(url)}" style="{style}">{escape(text)}</a></p>'


def _failure(code: int, said: str) -> Unavailable | PermanentFailure:
    if code in REFUSED_FOR_GOOD:
        return PermanentFailure(f"The mail server refuses this letter ({code} {said}).")
    return Unavailable(f"The mail server does not take letters just now ({code} {said}); they are sent later.")
