"""uploads: how the bytes of each video get here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from piccolo.columns import UUID as UuidColumn
from piccolo.columns import BigInt, Integer, Text, Timestamptz
from piccolo.table import Table

from services.uploader.plans import Shape
from services.uploader.tables.videos import Status
from shared.errors import Conflict, NotFound


class Upload(Struct, frozen=True, kw_only=True):
    """A row of uploads, with what has to be known of its video."""

    video_id: UUID
    user_id: UUID
    batch_id: UUID | None
    name: str
    status: Status
    key: str
    upload_id: str | None
    size_bytes: int | None
    """As announced; None while nobody said."""
    content_type: str | None
    part_size_bytes: int
    part_count: int
    completed_at: datetime | None

    @property
    def shape(self) -> Shape:
        """How the file is divided."""
        return Shape(self.part_size_bytes, self.part_count)

    @property
    def is_open(self) -> bool:
        """Whether bytes are still taken."""
        return self.status in (Status.WAITING, Status.UPLOADING)


SELECT = """
select u.video_id, v.user_id, v.batch_id, v.name, v.status, u.key, u.upload_id, u.size_bytes, u.content_type,
    u.part_size_bytes, u.part_count, u.completed_at
from uploads u join videos v on v.id = u.video_id
"""


class Uploads(Table, tablename="uploads"):
    """One for each video."""

    video_id = UuidColumn(primary_key=True)
    key = Text()
    upload_id = Text(null=True)
    size_bytes = BigInt(null=True)
    content_type = Text(null=True)
    part_size_bytes = BigInt()
    part_count = Integer()
    active_at = Timestamptz()
    completed_at = Timestamptz(null=True)
    created_at = Timestamptz()

    @classmethod
    async def add(cls, uploads: Sequence[Upload]) -> None:
        """New uploads and their videos, in two statements. Raises `Conflict` when the id of a video is taken."""
        ids = [upload.video_id for upload in uploads]
        rows = await cls.raw(
            """
            insert into videos (id, user_id, batch_id, name, size_bytes, content_type)
            select * from unnest({}::uuid[], {}::uuid[], {}::uuid[], {}::text[], {}::bigint[], {}::text[])
            on conflict (id) do nothing returning id
            """,
            ids,
            [upload.user_id for upload in uploads],
            [upload.batch_id for upload in uploads],
            [upload.name for upload in uploads],
            [upload.size_bytes for upload in uploads],
            [upload.content_type for upload in uploads],
        )
        if taken := set(ids) - {row["id"] for row in rows}:
            raise Conflict(f"The id {min(taken)} is taken by another video; use a new one.")
        await cls.raw(
            """
            insert into uploads (video_id, key, upload_id, size_bytes, content_type, part_size_bytes, part_count)
            select * from unnest(
                {}::uuid[], {}::text[], {}::text[], {}::bigint[], {}::text[], {}::bigint[], {}::integer[]
            )
            """,
            ids,
            [upload.key for upload in uploads],
            [upload.upload_id for upload in uploads],
            [upload.size_bytes for upload in uploads],
            [upload.content_type for upload in uploads],
            [upload.part_size_bytes for upload in uploads],
            [upload.part_count for upload in uploads],
        )

    @classmethod
    async def of_user(cls, user_id: UUID, video_id: UUID, *, lock: bool = False) -> Upload:
        """The upload of a user's video. Raises `NotFound` also for somebody else's."""
        rows = await cls.raw(
            f"{SELECT} where u.video_id = {{}} and v.user_id = {{}}{' for update' if lock else ''}", video_id, user_id
        )
        if not rows:
            raise NotFound("There is no such upload of yours.")
        return _read(rows[0])

    @classmethod
    async def known(cls, video_id: UUID) -> Upload | None:
        """The upload of a video, whoever's it is."""
        rows = await cls.raw(f"{SELECT} where u.video_id = {{}}", video_id)
        return _read(rows[0]) if rows else None

    @classmethod
    async def arriving(cls, key: str, upload_id: str | None) -> Upload | None:
        """The open upload that bytes for this key belong to, noted as active now."""
        rows = await cls.raw(
            """
            update uploads u set active_at = now() from videos v
            where v.id = u.video_id and u.key = {} and u.upload_id is not distinct from {}
                and v.status in ('waiting', 'uploading')
            returning u.video_id
            """,
            key,
            upload_id,
        )
        return await cls.known(rows[0]["video_id"]) if rows else None

    @classmethod
    async def touch(cls, video_id: UUID) -> None:
        """Note that somebody goes on with it."""
        await cls.raw("update uploads set active_at = now() where video_id = {}", video_id)

    @classmethod
    async def complete(cls, video_id: UUID) -> None:
        """Take no more bytes."""
        await cls.raw("update uploads set completed_at = now() where video_id = {}", video_id)

    @classmethod
    async def abandoned(cls, hours: float, limit: int = 100) -> list[Upload]:
        """Open uploads for which nothing arrived for so long, locked; those that somebody works on are left out."""
        rows = await cls.raw(
            f"""
            {SELECT} where u.completed_at is null and v.status in ('waiting', 'uploading')
                and u.active_at < now() - make_interval(secs => {{}})
            order by u.active_at limit {{}} for update skip locked
            """,
            hours * 3600,
            limit,
        )
        return [_read(row) for row in rows]


def _read(row: dict[str, Any]) -> Upload:
    return Upload(**{**row, "status": Status(row["status"])})
