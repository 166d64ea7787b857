"""What is told of a month's minutes before they are used up. Pure."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from shared.messages import NoticeRaised
from shared.notices import NoticeKind
from shared.tiers import Limits

NEARLY = 0.8


def nearly_used(
    user_id: UUID, limits: Limits, before_s: float, after_s: float, now: datetime
) -> tuple[NoticeRaised, ...]:
    """That most of the month's minutes are used or held, when this step makes it so.

    `before_s` and `after_s` are seconds of media that are used and held without and with the step. Told once a month, because
    its id is made of the month: what is released and held again says nothing new.
    """
    mark_s = limits.minutes_per_month * 60 * NEARLY
    if not before_s < mark_s <= after_s:
        return ()
    notice = NoticeRaised(
        event_id=uuid5(user_id, f"quota {now:%Y-%m}"),
        user_id=user_id,
        kind=NoticeKind.QUOTA,
        title="Most of this month's minutes are used",
        text=f"{after_s / 60:,.0f} of {limits.minutes_per_month:,} minutes are used or held for what you have started.",
        link="/usage",
        at=now,
        email=True,
    )
    return (notice,)
