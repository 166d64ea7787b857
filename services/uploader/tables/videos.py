"""videos: the library."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from piccolo.columns import JSONB, BigInt, Text, Timestamptz
from piccolo.columns import UUID as UuidColumn
from piccolo.table import Table

from shared.errors import Invalid, NotFound
from shared.media import MediaFacts, StoredObject

SORTS = {"created_at": "created_at", "name": "lower_name", "size": "size_bytes"}


class Status(StrEnum):
    """Where a video stands."""

    WAITING = "waiting"
    UPLOADING = "uploading"
    CHECKING = "checking"
    READY = "ready"
    REJECTED = "rejected"


class LibraryVideo(Struct, frozen=True, kw_only=True):
    """A row of videos."""

    id: UUID
    user_id: UUID
    batch_id: UUID | None
    name: str
    status: Status
    size_bytes: int | None
    content_type: str | None
    facts: MediaFacts | None
    source: StoredObject | None
    thumbnail_key: str | None
    error_code: str | None
    error_message: str | None
    created_at: datetime
    uploaded_at: datetime | None


COLUMNS = ", ".join(LibraryVideo.__struct_fields__)


class Videos(Table, tablename="videos"):
    """Videos of all users; whatever a user asks is asked with the user's id."""

    id = UuidColumn(primary_key=True)
    user_id = UuidColumn()
    batch_id = UuidColumn(null=True)
    name = Text()
    lower_name = Text()
    status = Text()
    size_bytes = BigInt(null=True)
    content_type = Text(null=True)
    facts = JSONB(null=True)
    source = JSONB(null=True)
    thumbnail_key = Text(null=True)
    sha256 = Text(null=True)
    error_code = Text(null=True)
    error_message = Text(null=True)
    created_at = Timestamptz()
    uploaded_at = Timestamptz(null=True)
    updated_at = Timestamptz()

    @classmethod
    async def of_user(cls, user_id: UUID, video_id: UUID, *, lock: bool = False) -> LibraryVideo:
        """A video of a user. Raises `NotFound` also for somebody else's."""
        rows = await cls.raw(
            f"select {COLUMNS} from videos where id = {{}} and user_id = {{}}{' for update' if lock else ''}",
            video_id,
            user_id,
        )
        if not rows:
            raise NotFound("There is no such video in your library.")
        return _read(rows[0])

    @classmethod
    async def known(cls, video_id: UUID) -> LibraryVideo | None:
        """A video, whoever's it is."""
        rows = await cls.raw(f"select {COLUMNS} from videos where id = {{}}", video_id)
        return _read(rows[0]) if rows else None

    @classmethod
    async def page(
        cls,
        user_id: UUID,
        *,
        video_ids: Sequence[UUID] | None,
        search: str | None,
        limit: int,
        offset: int,
        sort: str,
    ) -> tuple[tuple[LibraryVideo, ...], int]:
        """A page of a user's videos and how many there are in all. Raises `Invalid` for an unknown order."""
        column = SORTS.get(sort.removeprefix("-"))
        if column is None:
            raise Invalid(
                f"Videos are sorted by {', '.join(SORTS)}, with '-' in front for descending; not by {sort!r}."
            )
        direction = "desc" if sort.startswith("-") else "asc"
        words = (search or "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        condition = "user_id = {}"
        values: list[Any] = [user_id]
        if video_ids is not None:
            condition, values = condition + " and id = any({}::uuid[])", [*values, list(video_ids)]
        if words:
            # Selected, or a plan for all values would lower what is looked for anew for every row.
            condition, values = condition + " and lower_name like (select lower({}))", [*values, f"%{words}%"]
        # Only a size may be missing; where nothing can, the order is that of the index.
        last = " nulls last" if column == "size_bytes" else ""
        order = f"order by {column} {direction}{last}, id {direction}"
        # Which ones is told by an index alone; only those of the page are read.
        rows = await cls.raw(
            f"select {COLUMNS} from (select id from videos where {condition} {order} limit {{}} offset {{}}) page"
            f" join videos using (id) {order}",
            *values,
            limit,
            offset,
        )
        page = tuple(_read(row) for row in rows)
        if len(page) < limit and (page or not offset):
            return page, offset + len(page)
        total = await cls.raw(f"select count(*) as total from videos where {condition}", *values)
        return page, total[0]["total"]

    @classmethod
    async def size_of(cls, user_id: UUID) -> tuple[int, int]:
        """How many videos of a user are in the store, and how many bytes they take."""
        rows = await cls.raw(
            "select count(*) as videos, coalesce(sum(size_bytes), 0)::bigint as bytes from videos where user_id = {}"
            " and status in ('checking', 'ready')",
            user_id,
        )
        return rows[0]["videos"], rows[0]["bytes"]

    @classmethod
    async def with_content(cls, user_id: UUID, size_bytes: int, sha256: str) -> StoredObject | None:
        """The source of a video of the user with this very content."""
        rows = await cls.raw(
            "select source from videos where user_id = {} and size_bytes = {} and sha256 = {} and status = 'ready' limit 1",
            user_id,
            size_bytes,
            sha256,
        )
        return msgspec.json.decode(rows[0]["source"], type=StoredObject) if rows else None

    @classmethod
    async def begin_uploading(cls, video_id: UUID) -> bool:
        """Note the first bytes; False when there were some before, or the upload has ended."""
        return bool(
            await cls.raw(
                """
                update videos set status = 'uploading', updated_at = now()
                where id = {} and status = 'waiting' returning id
                """,
                video_id,
            )
        )

    @classmethod
    async def begin_checking(cls, video_id: UUID, size_bytes: int) -> bool:
        """Note that all bytes are there; False when that was known, or the upload has ended."""
        return bool(
            await cls.raw(
                """
                update videos set status = 'checking', size_bytes = {}, uploaded_at = now(), updated_at = now()
                where id = {} and status in ('waiting', 'uploading') returning id
                """,
                size_bytes,
                video_id,
            )
        )

    @classmethod
    async def make_ready(
        cls, video_id: UUID, source: StoredObject, facts: MediaFacts, thumbnail_key: str, sha256: str
    ) -> bool:
        """Keep what an inspection found; False when the video is not being checked any more."""
        return bool(
            await cls.raw(
                """
                update videos set status = 'ready', source = {}::jsonb, facts = {}::jsonb, thumbnail_key = {}, sha256 = {},
                    size_bytes = {}, content_type = {}, updated_at = now()
                where id = {} and status = 'checking' returning id
                """,
                msgspec.json.encode(source).decode(),
                msgspec.json.encode(facts).decode(),
                thumbnail_key,
                sha256,
                source.size_bytes,
                source.content_type,
                video_id,
            )
        )

    @classmethod
    async def reject(cls, video_id: UUID, code: str, message: str) -> bool:
        """Give a video up for a reason; False when it was ready or rejected before."""
        return bool(
            await cls.raw(
                """
                update videos set status = 'rejected', error_code = {}, error_message = {}, updated_at = now()
                where id = {} and status in ('waiting', 'uploading', 'checking') returning id
                """,
                code,
                message,
                video_id,
            )
        )

    @classmethod
    async def forget(cls, user_id: UUID, video_id: UUID) -> None:
        """Forget a video, its upload and its inspection."""
        await cls.raw("delete from videos where id = {} and user_id = {}", video_id, user_id)

    @classmethod
    async def keeping_objects(cls, video_ids: Sequence[UUID]) -> set[UUID]:
        """Those of the videos that may have objects in the store."""
        rows = await cls.raw(
            "select id from videos where id = any({}::uuid[]) and status <> 'rejected'", list(video_ids)
        )
        return {row["id"] for row in rows}


def _read(row: dict[str, Any]) -> LibraryVideo:
    values = {name: row[name] for name in LibraryVideo.__struct_fields__}
    values["status"] = Status(row["status"])
    values["facts"] = msgspec.json.decode(row["facts"], type=MediaFacts) if row["facts"] else None
    values["source"] = msgspec.json.decode(row["source"], type=StoredObject) if row["source"] else None
    return LibraryVideo(**values)
