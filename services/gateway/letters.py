"""Letters about batches and notices: who gets one, and that each is sent once."""

from __future__ import annotations

from uuid import uuid5

from services.gateway import mail, report_letter, unsubscribing
from services.gateway.mail import Letter, button, footer, page, paragraph
from services.gateway.sending_metrics import letters
from services.gateway.service import Gateway
from services.gateway.tables import Account, Letters, LinkKeys, NotificationChoices
from services.gateway.unsubscribing import LetterKind
from shared.batches import BatchStatus
from shared.errors import PermanentFailure, Unavailable
from shared.logs import logger
from shared.messages import BatchEnded, NoticeRaised, SendLetter
from shared.work import handles

log = logger(__name__)


async def mail_report(event: BatchEnded, at: Gateway) -> None:
    """Have the report of a batch mailed, inside a change, if its owner wants that of a batch of this size."""
    report = event.report
    if not at.settings.smtp_url or report.status is BatchStatus.CANCELLED:
        return
    choices = await NotificationChoices.of(event.user_id)
    if not choices.email_reports or len(report.videos) < choices.email_from_videos:
        return
    token = unsubscribing.token_of(event.user_id, LetterKind.REPORTS, await LinkKeys.only())
    links = (f"{at.settings.origin}/batches/{event.batch_id}/report", unsubscribing.page_url(token, at.settings))
    await at.outbox.add(
        SendLetter(
            # A batch that ends again, because a video of it was retried or rendered again, is not mailed again.
            letter_id=uuid5(event.batch_id, "report"),
            user_id=event.user_id,
            subject=report_letter.subject(report),
            text=report_letter.text(event, *links),
            html=report_letter.html(event, *links),
            unsubscribe_token=token,
        )
    )


async def mail_notice(event: NoticeRaised, at: Gateway) -> None:
    """Have a notice mailed, inside a change, if it is important and its owner wants that."""
    if not event.email or not at.settings.smtp_url:
        return
    if not (await NotificationChoices.of(event.user_id)).email_notices:
        return
    token = unsubscribing.token_of(event.user_id, LetterKind.NOTICES, await LinkKeys.only())
    url, end = f"{at.settings.origin}{event.link or '/notices'}", unsubscribing.page_url(token, at.settings)
    end_text = "No letters of this kind any more"
    await at.outbox.add(
        SendLetter(
            letter_id=uuid5(event.event_id, "notice"),
            user_id=event.user_id,
            subject=" ".join(event.title.split()),
            text=f"{event.title}\n\n{event.text}\n\n{url}\n\n{end_text}:\n{end}\n",
            html=page(event.title, paragraph(event.text), button("Open Dailies", url), footer("", end_text, end)),
            unsubscribe_token=token,
        )
    )


@handles(SendLetter)
async def send_letter(command: SendLetter, at: Gateway) -> None:
    """Hand a letter to the mail server, once; while that does not take it, it is tried again by the queue."""
    if await Letters.sent(command.letter_id):
        return
    email = await Account.email_of(command.user_id)
    if email is None:
        return
    try:
        await mail.send(_letter(command, email, at), at.settings)
    except PermanentFailure as error:
        letters.labels("refused").inc()
        log.error("a letter could not be mailed", user_id=str(command.user_id), error=str(error))
        return
    except Unavailable:
        letters.labels("later").inc()
        raise
    letters.labels("sent").inc()
    await Letters.note(command.letter_id)


def _letter(command: SendLetter, email: str, at: Gateway) -> Letter:
    return Letter(
        to=email,
        subject=command.subject,
        text=command.text,
        html=command.html,
        id=command.letter_id,
        headers=unsubscribing.headers(command.unsubscribe_token, at.settings),
    )
