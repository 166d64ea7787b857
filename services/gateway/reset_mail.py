"""The letter with the link that sets a new password."""

from __future__ import annotations

from services.gateway.mail import Letter, button, page, paragraph
from services.gateway.settings import GatewaySettings


def reset_url(token: str, settings: GatewaySettings) -> str:
    """The link. The token stands behind a `#`: browsers send that part to no server and into no log."""
    return f"{settings.origin}/reset-password#{token}"


def reset_letter(email: str, token: str, settings: GatewaySettings) -> Letter:
    """The letter."""
    url = reset_url(token, settings)
    why = f"Somebody, hopefully you, asked for a new password for your account at {settings.origin}."
    until = f"The link works once, within {settings.reset_minutes} minutes."
    otherwise = "If it was not you, ignore this letter: nothing has changed, and your password still works."
    return Letter(
        to=email,
        subject="Set a new password",
        text=f"{why}\n\nSet it here:\n{url}\n\n{until}\n\n{otherwise}\n",
        html=page(
            "Set a new password",
            paragraph(why),
            button("Set a new password", url),
            paragraph(until),
            paragraph(otherwise),
        ),
    )
