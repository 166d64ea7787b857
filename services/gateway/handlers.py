"""What the gateway's worker does with a message from RabbitMQ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.gateway import mail
from services.gateway.authentication import hash_of, new_token
from services.gateway.reset_mail import reset_letter
from services.gateway.service import Gateway
from services.gateway.tables import Account, Allowance, PasswordReset
from shared.errors import PermanentFailure, RateLimited, Unavailable
from shared.logs import logger
from shared.messages import SendPasswordReset
from shared.work import handles

log = logger(__name__)

MOST_LETTERS, WINDOW_S = 5, 3600.0
"""Links mailed to one address within an hour; a stranger must not fill somebody's mailbox."""


@handles(SendPasswordReset)
async def send_password_reset(command: SendPasswordReset, at: Gateway) -> None:
    """Make a link and mail it; handled twice, it mails two that both work. One that is hours late nobody waits for."""
    if datetime.now(UTC) - command.asked_at > timedelta(minutes=at.settings.reset_minutes):
        log.error("a link for a new password was asked for too long ago to be mailed")
        return
    known = await Account.credentials(command.email)
    if known is None:
        return
    user_id = known[0]
    try:
        await Allowance.take(f"reset-mail:{user_id}", MOST_LETTERS, WINDOW_S, "Enough was mailed.")
    except RateLimited:
        log.info("no more links are mailed to this account for a while", user_id=str(user_id))
        return
    token = new_token()
    await PasswordReset.make(hash_of(token), user_id, at.settings.reset_minutes)
    try:
        await mail.send(reset_letter(command.email, token, at.settings), at.settings)
    except Unavailable:
        await Allowance.give_back(f"reset-mail:{user_id}")
        raise
    except PermanentFailure as error:
        log.error("a link for a new password could not be mailed", user_id=str(user_id), error=str(error))
