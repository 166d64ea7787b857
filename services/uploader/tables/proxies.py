"""proxies: small copies of videos that browsers cannot play, each made by one worker at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct
from piccolo.columns import UUID as UuidColumn
from piccolo.columns import BigInt, Integer, Text, Timestamptz
from piccolo.table import Table


class Proxy(Struct, frozen=True, kw_only=True):
    """A row of proxies, as far as people are told of it."""

    status: str
    progress: int
    key: str | None
    size_bytes: int | None
    error_message: str | None


class Making(Struct, frozen=True, kw_only=True):
    """A claimed proxy. The token goes with every later word about it."""

    video_id: UUID
    token: UUID
    attempts: int
    """How often it was claimed without an end, this time included."""


class Proxies(Table, tablename="proxies"):
    """At most one for each video."""

    video_id = UuidColumn(primary_key=True)
    status = Text()
    progress = Integer()
    key = Text(null=True)
    size_bytes = BigInt(null=True)
    error_message = Text(null=True)
    token = UuidColumn(null=True)
    lease_until = Timestamptz(null=True)
    attempts = Integer()
    next_at = Timestamptz()
    used_at = Timestamptz()
    created_at = Timestamptz()
    updated_at = Timestamptz()

    @classmethod
    async def of(cls, video_id: UUID) -> Proxy | None:
        """The proxy of a video, which counts as used by that."""
        rows = await cls.raw(
            "select status, progress, key, size_bytes, error_message from proxies where video_id = {}", video_id
        )
        if rows and rows[0]["status"] == "ready":
            await cls.raw(
                "update proxies set used_at = now() where video_id = {} and used_at < now() - interval '1 hour'",
                video_id,
            )
        return Proxy(**rows[0]) if rows else None

    @classmethod
    async def under_way(cls, user_id: UUID) -> int:
        """How many of a user's are being made or wait for it; nobody else changes that until the transaction ends."""
        await cls.raw("select pg_advisory_xact_lock(hashtextextended({}, 1))", str(user_id))
        rows = await cls.raw(
            """
            select count(*) from proxies p join videos v on v.id = p.video_id
            where v.user_id = {} and p.status = 'preparing'
            """,
            user_id,
        )
        return int(rows[0]["count"])

    @classmethod
    async def want(cls, video_id: UUID, patience_s: float) -> bool:
        """Want one; False when it is there or being made already."""
        return bool(
            await cls.raw(
                """
                insert into proxies (video_id, next_at) values ({}, now() + make_interval(secs => {}))
                on conflict (video_id) do update set status = 'preparing', progress = 0, error_message = null, attempts = 0,
                    next_at = excluded.next_at, used_at = now(), updated_at = now()
                where proxies.status = 'failed' returning video_id
                """,
                video_id,
                patience_s,
            )
        )

    @classmethod
    async def claim(cls, video_id: UUID, lease_s: float) -> Making | None:
        """Take one; None when it is made, was given up, or somebody has it."""
        rows = await cls.raw(
            """
            update proxies set token = gen_random_uuid(), lease_until = now() + make_interval(secs => {}),
                attempts = attempts + 1, updated_at = now()
            where video_id = {} and status = 'preparing' and (lease_until is null or lease_until < now())
            returning video_id, token, attempts
            """,
            lease_s,
            video_id,
        )
        return Making(**rows[0]) if rows else None

    @classmethod
    async def renew(cls, making: Making, lease_s: float, progress: int) -> bool:
        """Keep it for another term and tell how far it is; False when somebody else has it or the video is gone."""
        return bool(
            await cls.raw(
                """
                update proxies set lease_until = now() + make_interval(secs => {}), progress = greatest(progress, {}),
                    updated_at = now()
                where video_id = {} and token = {} returning video_id
                """,
                lease_s,
                progress,
                making.video_id,
                making.token,
            )
        )

    @classmethod
    async def release(cls, making: Making, again_in_s: float, *, count: bool) -> None:
        """Give it back, to be announced again after a while; `count` says whether the attempt counts."""
        await cls.raw(
            """
            update proxies set token = null, lease_until = null, attempts = attempts - {},
                next_at = now() + make_interval(secs => {}), updated_at = now()
            where video_id = {} and token = {}
            """,
            0 if count else 1,
            again_in_s,
            making.video_id,
            making.token,
        )

    @classmethod
    async def make_ready(cls, making: Making, key: str, size_bytes: int) -> bool:
        """It is in the store; False when it was taken over or the video is gone."""
        return bool(
            await cls.raw(
                """
                update proxies set status = 'ready', progress = 100, key = {}, size_bytes = {}, token = null,
                    lease_until = null, used_at = now(), updated_at = now()
                where video_id = {} and token = {} returning video_id
                """,
                key,
                size_bytes,
                making.video_id,
                making.token,
            )
        )

    @classmethod
    async def give_up(cls, making: Making, message: str) -> None:
        """It cannot be made, until somebody wants it again."""
        await cls.raw(
            """
            update proxies set status = 'failed', error_message = {}, token = null, lease_until = null, updated_at = now()
            where video_id = {} and token = {}
            """,
            message,
            making.video_id,
            making.token,
        )

    @classmethod
    async def due(cls, patience_s: float, limit: int = 100) -> list[UUID]:
        """Proxies that have to be announced again: their worker went silent, or nobody took them in time."""
        rows: list[dict[str, Any]] = await cls.raw(
            """
            update proxies set token = null, lease_until = null, updated_at = now(),
                next_at = now() + make_interval(secs => {})
            where video_id in (
                select video_id from proxies
                where status = 'preparing' and (lease_until < now() or (lease_until is null and next_at < now()))
                order by next_at limit {} for update skip locked
            )
            returning video_id
            """,
            patience_s,
            limit,
        )
        return [row["video_id"] for row in rows]

    @classmethod
    async def forget_unused(cls, days: float) -> list[str]:
        """Forget those that nobody has looked at for so long; gives the keys of their objects."""
        rows: list[dict[str, Any]] = await cls.raw(
            """
            delete from proxies where status <> 'preparing' and used_at < now() - make_interval(secs => {}) returning key
            """,
            days * 86_400,
        )
        return [row["key"] for row in rows if row["key"] is not None]

    @classmethod
    async def left_over(cls, keys: Sequence[tuple[UUID, str]]) -> list[str]:
        """Those of the objects, each with its video, that no proxy has and no worker may be about to have."""
        rows: list[dict[str, Any]] = await cls.raw(
            "select video_id, status, key from proxies where video_id = any({}::uuid[])", [video for video, _ in keys]
        )
        known = {row["video_id"]: row for row in rows}
        return [
            key
            for video, key in keys
            if video not in known or (known[video]["status"] != "preparing" and known[video]["key"] != key)
        ]
