"""probes: inspections that are due or under way, each held by one worker at a time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import Struct
from piccolo.columns import UUID as UuidColumn
from piccolo.columns import Integer, Timestamptz
from piccolo.table import Table


class Probe(Struct, frozen=True, kw_only=True):
    """A claimed inspection. The token goes with every later word about it."""

    video_id: UUID
    token: UUID
    attempts: int
    """How often it was claimed without an end, this time included."""


class Probes(Table, tablename="probes"):
    """One for each video that is being checked."""

    video_id = UuidColumn(primary_key=True)
    token = UuidColumn(null=True)
    lease_until = Timestamptz(null=True)
    attempts = Integer()
    next_at = Timestamptz()
    created_at = Timestamptz()
    updated_at = Timestamptz()

    @classmethod
    async def add(cls, video_id: UUID, patience_s: float) -> None:
        """An inspection that was just announced."""
        await cls.raw(
            "insert into probes (video_id, next_at) values ({}, now() + make_interval(secs => {}))",
            video_id,
            patience_s,
        )

    @classmethod
    async def claim(cls, video_id: UUID, lease_s: float) -> Probe | None:
        """Take an inspection; None when it has ended or somebody has it."""
        rows = await cls.raw(
            """
            update probes set token = gen_random_uuid(), lease_until = now() + make_interval(secs => {}),
                attempts = attempts + 1, updated_at = now()
            where video_id = {} and (lease_until is null or lease_until < now())
            returning video_id, token, attempts
            """,
            lease_s,
            video_id,
        )
        return Probe(**rows[0]) if rows else None

    @classmethod
    async def renew(cls, probe: Probe, lease_s: float) -> bool:
        """Keep it for another term; False when it has ended or somebody else has it."""
        return bool(
            await cls.raw(
                """
                update probes set lease_until = now() + make_interval(secs => {}), updated_at = now()
                where video_id = {} and token = {} returning video_id
                """,
                lease_s,
                probe.video_id,
                probe.token,
            )
        )

    @classmethod
    async def release(cls, probe: Probe, again_in_s: float, *, count: bool) -> None:
        """Give it back, to be announced again after a while; `count` says whether the attempt counts."""
        await cls.raw(
            """
            update probes set token = null, lease_until = null, attempts = attempts - {},
                next_at = now() + make_interval(secs => {}), updated_at = now()
            where video_id = {} and token = {}
            """,
            0 if count else 1,
            again_in_s,
            probe.video_id,
            probe.token,
        )

    @classmethod
    async def end(cls, probe: Probe) -> bool:
        """It is done; False when it was taken over or the video is gone."""
        return bool(
            await cls.raw(
                "delete from probes where video_id = {} and token = {} returning video_id", probe.video_id, probe.token
            )
        )

    @classmethod
    async def due(cls, patience_s: float, limit: int = 100) -> list[UUID]:
        """Inspections that have to be announced again: their worker went silent, or nobody took them in time."""
        rows: list[dict[str, Any]] = await cls.raw(
            """
            update probes set token = null, lease_until = null, updated_at = now(),
                next_at = now() + make_interval(secs => {})
            where video_id in (
                select video_id from probes
                where lease_until < now() or (lease_until is null and next_at < now())
                order by next_at limit {} for update skip locked
            )
            returning video_id
            """,
            patience_s,
            limit,
        )
        return [row["video_id"] for row in rows]
