"""What the processors know together: runs, and the checkpoints that let any of them go on where another stopped."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
from piccolo.columns import JSONB, Integer, Text, Timestamptz
from piccolo.columns import UUID as Uuid
from piccolo.querystring import QueryString
from piccolo.table import Table

from shared.media import StoredObject
from shared.messages import VideoProcessed


async def _rows(table: type[Table], sql: str, *values: object) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await table._meta.db.run_querystring(QueryString(sql, *values))
    return rows


class Run(Table, tablename="runs"):
    """One claim on one video of a batch. Its row is written before anything is stored under its prefix."""

    run_token = Uuid(primary_key=True)
    batch_video_id = Uuid()
    attempt = Integer()
    worker = Text()
    state = Text()
    """`running`, then once: `stored`, `failed`, or `stopped` (cancelled, superseded or given back)."""
    inputs = Text(null=True)
    """The fingerprint of everything that the output depends on."""
    processed = JSONB(null=True)
    """What was said of a stored run."""
    reason = Text(null=True)
    started_at = Timestamptz()
    seen_at = Timestamptz()
    ended_at = Timestamptz(null=True)

    @classmethod
    async def begin(cls, run_token: UUID, batch_video_id: UUID, attempt: int, worker: str) -> None:
        """Write down a run that was granted."""
        await _rows(
            cls,
            "insert into runs (run_token, batch_video_id, attempt, worker) values ({}, {}, {}, {}) on conflict do nothing",
            run_token,
            batch_video_id,
            attempt,
            worker,
        )

    @classmethod
    async def finish(cls, processed: VideoProcessed, inputs: str) -> bool:
        """Note that a run stored its output; False when the run has ended already and its output is not wanted."""
        rows = await _rows(
            cls,
            "update runs set state = 'stored', inputs = {}, processed = {}::jsonb, ended_at = now() "
            "where run_token = {} and state = 'running' returning run_token",
            inputs,
            msgspec.json.encode(processed).decode(),
            processed.run_token,
        )
        return bool(rows)

    @classmethod
    async def end(cls, run_token: UUID, state: str, reason: str) -> None:
        """Note that a run `failed` or was `stopped`, unless it has ended already."""
        await _rows(
            cls,
            "update runs set state = {}, reason = {}, ended_at = now() where run_token = {} and state = 'running'",
            state,
            reason,
            run_token,
        )

    @classmethod
    async def is_stored(cls, run_token: UUID) -> bool:
        """Whether a run ended with an output."""
        return bool(
            await _rows(
                cls,
                "select 1 as one from runs where run_token = {} and state = 'stored'",
                run_token,
            )
        )

    @classmethod
    async def seen(cls, worker: str) -> None:
        """Note that a worker still is at its runs."""
        await _rows(
            cls,
            "update runs set seen_at = now() where worker = {} and state = 'running'",
            worker,
        )

    @classmethod
    async def finished_with(cls, batch_video_id: UUID, inputs: str) -> VideoProcessed | None:
        """What an earlier run on the same video made of the same inputs, if one got to its end."""
        rows = await _rows(
            cls,
            "select processed::text from runs where batch_video_id = {} and inputs = {} and state = 'stored' "
            "order by ended_at desc limit 1",
            batch_video_id,
            inputs,
        )
        return msgspec.json.decode(rows[0]["processed"], type=VideoProcessed) if rows else None

    @classmethod
    async def begun_after(cls, run_token: UUID) -> set[UUID]:
        """The runs on the same video that began when this one had ended: later than whoever wants to keep only this one."""
        rows = await _rows(
            cls,
            "select later.run_token from runs later join runs kept on kept.batch_video_id = later.batch_video_id "
            "where kept.run_token = {} and later.started_at >= kept.ended_at",
            run_token,
        )
        return {row["run_token"] for row in rows}

    @classmethod
    async def of_video(cls, batch_video_id: UUID) -> set[UUID]:
        """All runs on a video."""
        rows = await _rows(cls, "select run_token from runs where batch_video_id = {}", batch_video_id)
        return {row["run_token"] for row in rows}

    @classmethod
    async def running(cls, batch_video_id: UUID, grace_s: float) -> set[UUID]:
        """The runs on a video that some worker is still at, heard of within the grace."""
        rows = await _rows(
            cls,
            "select run_token from runs where batch_video_id = {} and state = 'running' "
            "and seen_at > now() - make_interval(secs => {})",
            batch_video_id,
            grace_s,
        )
        return {row["run_token"] for row in rows}

    @classmethod
    async def forget(cls, batch_video_id: UUID, run_tokens: Collection[UUID]) -> None:
        """Strike out runs whose objects are gone."""
        await _rows(
            cls,
            "delete from runs where batch_video_id = {} and run_token = any({})",
            batch_video_id,
            list(run_tokens),
        )

    @classmethod
    async def live(cls, run_tokens: Collection[UUID], grace_s: float) -> set[UUID]:
        """Those of the runs whose objects are needed: stored, or running and heard of within the grace."""
        rows = await _rows(
            cls,
            "select run_token from runs where run_token = any({}) and (state = 'stored' "
            "or state = 'running' and seen_at > now() - make_interval(secs => {}))",
            list(run_tokens),
            grace_s,
        )
        return {row["run_token"] for row in rows}

    @classmethod
    async def forget_ended(cls, days: float) -> None:
        """Strike out runs without an output that were last heard of so long ago."""
        await _rows(
            cls,
            "delete from runs where state <> 'stored' and seen_at < now() - make_interval(secs => {})",
            days * 86_400,
        )


class Checkpoint(Table, tablename="checkpoints"):
    """What a finished stage left in the store, by everything that its result depends on."""

    key = Text(primary_key=True)
    stage = Text()
    video_id = Uuid()
    used_by = Uuid()
    """The video of a batch that used it last, and takes it along when it is deleted."""
    stored = JSONB()
    made_at = Timestamptz()
    last_used_at = Timestamptz()

    @classmethod
    async def find(cls, key: str, used_by: UUID) -> StoredObject | None:
        """The object of a checkpoint, which counts as used now."""
        rows = await _rows(
            cls,
            "update checkpoints set last_used_at = now(), used_by = {} where key = {} returning stored::text",
            used_by,
            key,
        )
        return msgspec.json.decode(rows[0]["stored"], type=StoredObject) if rows else None

    @classmethod
    async def keep(cls, key: str, stage: str, video_id: UUID, used_by: UUID, stored: StoredObject) -> None:
        """Write down a checkpoint; of two that were made at the same time the later one counts."""
        await _rows(
            cls,
            "insert into checkpoints (key, stage, video_id, used_by, stored) values ({}, {}, {}, {}, {}::jsonb) "
            "on conflict (key) do update set stored = excluded.stored, used_by = excluded.used_by, last_used_at = now()",
            key,
            stage,
            video_id,
            used_by,
            msgspec.json.encode(stored).decode(),
        )

    @classmethod
    async def used_last_by(cls, batch_video_id: UUID) -> list[tuple[str, str]]:
        """Keys, in this table and in the store, of the checkpoints that go with a video of a batch."""
        return _keys(
            await _rows(
                cls,
                "select key, stored ->> 'key' as store_key from checkpoints where used_by = {}",
                batch_video_id,
            )
        )

    @classmethod
    async def unused_for(cls, days: float) -> list[tuple[str, str]]:
        """Keys, in this table and in the store, of the checkpoints that nobody wanted for so long."""
        return _keys(
            await _rows(
                cls,
                "select key, stored ->> 'key' as store_key from checkpoints "
                "where last_used_at < now() - make_interval(secs => {})",
                days * 86_400,
            )
        )

    @classmethod
    async def known(cls, keys: Collection[str]) -> set[str]:
        """Those of the store keys that belong to a checkpoint."""
        rows = await _rows(
            cls,
            "select stored ->> 'key' as key from checkpoints where stored ->> 'key' = any({})",
            list(keys),
        )
        return {row["key"] for row in rows}

    @classmethod
    async def forget(cls, keys: Collection[str]) -> None:
        """Strike out checkpoints."""
        await _rows(cls, "delete from checkpoints where key = any({})", list(keys))


def _keys(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["key"], row["store_key"]) for row in rows]


TABLES = (Run, Checkpoint)
