"""What people were told, what they want to be mailed, and which letters were sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import Struct
from piccolo.columns import UUID as Uuid
from piccolo.columns import Boolean, Integer, Text, Timestamptz
from piccolo.table import Table

from shared.notices import Notice, NoticeKind

COLUMNS = "id, kind, title, body, link, batch_id, created_at, read_at"


class Notices(Table, tablename="notices"):
    """A line of somebody's notification centre."""

    id = Uuid(primary_key=True)
    user_id = Uuid()
    kind = Text()
    title = Text()
    body = Text()
    link = Text(null=True)
    batch_id = Uuid(null=True)
    created_at = Timestamptz()
    read_at = Timestamptz(null=True)

    @classmethod
    async def add(cls, user_id: UUID, notice: Notice) -> bool:
        """Write a notice down; returns whether it is news to somebody who has an account."""
        rows = await cls.raw(
            """
            insert into notices (id, user_id, kind, title, body, link, batch_id, created_at)
            select {}, accounts.id, {}, {}, {}, {}, {}::uuid, {}::timestamptz from accounts where accounts.id = {}
            on conflict (id) do nothing returning id
            """,
            notice.id,
            notice.kind.value,
            notice.title,
            notice.text,
            notice.link,
            notice.batch_job_id,
            notice.created_at,
            user_id,
        )
        return bool(rows)

    @classmethod
    async def of(cls, user_id: UUID, limit: int, offset: int, *, unread: bool) -> list[Notice]:
        """A page of somebody's notices, newest first: all, or those that are unread."""
        rows = await cls.raw(
            f"""
            select {COLUMNS} from notices where user_id = {{}} {"and read_at is null" if unread else ""}
            order by created_at desc, id desc limit {{}} offset {{}}
            """,
            user_id,
            limit,
            offset,
        )
        return [_notice(row) for row in rows]

    @classmethod
    async def counts(cls, user_id: UUID) -> tuple[int, int]:
        """How many there are, and how many of them are unread."""
        rows = await cls.raw(
            "select count(*) as total, count(*) filter (where read_at is null) as unread from notices where user_id = {}",
            user_id,
        )
        return rows[0]["total"], rows[0]["unread"]

    @classmethod
    async def read(cls, user_id: UUID, notice_id: UUID | None = None) -> None:
        """Mark one notice of somebody as read, or all."""
        await cls.raw(
            "update notices set read_at = now() where user_id = {} and read_at is null and ({}::uuid is null or id = {})",
            user_id,
            notice_id,
            notice_id,
        )

    @classmethod
    async def sweep(cls, days: float) -> int:
        """Remove notices that are older than so many days; returns how many."""
        sql = "delete from notices where created_at < now() - {}::float8 * interval '1 day' returning id"
        return len(await cls.raw(sql, days))


class Choices(Struct, frozen=True, kw_only=True):
    """What somebody wants to be mailed."""

    email_reports: bool = True
    email_from_videos: int = 5
    email_notices: bool = True


class NotificationChoices(Table, tablename="notification_choices"):
    """What somebody wants to be mailed; nobody who never chose has a row."""

    user_id = Uuid(primary_key=True)
    email_reports = Boolean()
    email_from_videos = Integer()
    email_notices = Boolean()
    updated_at = Timestamptz()

    @classmethod
    async def of(cls, user_id: UUID) -> Choices:
        """What somebody chose, or what holds for who has not."""
        rows = await cls.raw(
            "select email_reports, email_from_videos, email_notices from notification_choices where user_id = {}",
            user_id,
        )
        return Choices(**rows[0]) if rows else Choices()

    @classmethod
    async def put(cls, user_id: UUID, choices: Choices) -> None:
        """Write down what somebody chose, if the account exists."""
        await cls.raw(
            """
            insert into notification_choices (user_id, email_reports, email_from_videos, email_notices)
            select id, {}, {}, {} from accounts where id = {}
            on conflict (user_id) do update set email_reports = excluded.email_reports,
                email_from_videos = excluded.email_from_videos, email_notices = excluded.email_notices, updated_at = now()
            """,
            choices.email_reports,
            choices.email_from_videos,
            choices.email_notices,
            user_id,
        )


class Letters(Table, tablename="letters"):
    """The letters that the mail server has taken, so that none is sent twice."""

    id = Uuid(primary_key=True)
    sent_at = Timestamptz()

    @classmethod
    async def sent(cls, letter_id: UUID) -> bool:
        """Whether a letter was sent."""
        return bool(await cls.raw("select 1 from letters where id = {}", letter_id))

    @classmethod
    async def note(cls, letter_id: UUID) -> None:
        """Remember that a letter was sent."""
        await cls.raw("insert into letters (id) values ({}) on conflict do nothing", letter_id)

    @classmethod
    async def sweep(cls, days: float) -> int:
        """Forget letters that are older than so many days; returns how many."""
        sql = "delete from letters where sent_at < now() - {}::float8 * interval '1 day' returning id"
        return len(await cls.raw(sql, days))


def _notice(row: dict[str, Any]) -> Notice:
    return Notice(
        id=row["id"],
        kind=NoticeKind(row["kind"]),
        title=row["title"],
        text=row["body"],
        link=row["link"],
        batch_job_id=row["batch_id"],
        created_at=row["created_at"],
        read_at=row["read_at"],
    )
