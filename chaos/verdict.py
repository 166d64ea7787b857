"""The verdict: whether every video ended once and as it should, the counters agree, and nothing is left over."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from chaos.users import Done
from chaos.watch import database_url
from shared.media import StoredObject
from shared.probing import facts_of
from stack.local import LocalStack
from stack.processes import SERVICES

QUIET_S = 90.0
"""Within this time of the last fault everything must be tidy."""
COUNTERS = """
select b.id from scheduler.batch_jobs b join scheduler.batch_videos v on v.batch_job_id = b.id
group by b.id having b.total_videos <> count(*)
    or b.completed_videos <> count(*) filter (where v.status = 'completed')
    or b.failed_videos <> count(*) filter (where v.status = 'failed')
    or b.cancelled_videos <> count(*) filter (where v.status = 'cancelled')
"""
CHARGES = """
select v.id from scheduler.batch_videos v left join scheduler.usage_ledger l on l.batch_video_id = v.id
group by v.id having count(*) filter (where l.kind = 'hold') <> count(*) filter (where l.kind in ('settle', 'release'))
    or count(*) filter (where l.kind = 'settle') <> (v.status = 'completed')::int
    or sum(l.seconds) filter (where l.kind = 'settle')
        is distinct from case when v.status = 'completed' then v.duration_seconds end
"""
"""Videos that were not charged exactly once for what was done."""
QUEUE = """
select user_id, waiting, running from scheduler.queue_users where waiting <> 0 or running <> 0
"""
VIDEOS = """
select v.*, b.status as batch_status, v.output::text as output_text, v.processing_result ->> 'output_s' as output_s
from scheduler.batch_videos v join scheduler.batch_jobs b on b.id = v.batch_job_id
"""


class Verdict(Struct, frozen=True, kw_only=True):
    """What was found; `wrong` is empty when all is well."""

    completed: int
    taken_over: int
    """Videos that needed more than one dispatch or run."""
    wrong: tuple[str, ...]


async def judge(stack: LocalStack, done: Done) -> Verdict:
    """Look at everything, once it is quiet."""
    wrong = [*done.wrong]
    connection = await asyncpg.connect(database_url(stack))
    try:
        rows = [dict(row) for row in await connection.fetch(VIDEOS)]
        wrong += await _until_quiet(stack, connection, rows)
        wrong += [f"the counters of batch {row['id']} do not agree" for row in await connection.fetch(COUNTERS)]
        wrong += [f"video {row['id']} was not charged once" for row in await connection.fetch(CHARGES)]
    finally:
        await connection.close()
    for row in rows:
        wrong += [f"video {row['id']} {what}" for what in _ends(row, done)]
        if row["status"] == "completed":
            wrong += [f"video {row['id']} {what}" for what in await _output(row, stack)]
    return Verdict(
        completed=sum(row["status"] == "completed" for row in rows),
        taken_over=sum(row["attempt"] > 1 or row["fenced"] for row in rows),
        wrong=tuple(wrong),
    )


def _ends(row: dict[str, Any], done: Done) -> Iterator[str]:
    """What is wrong with how a video ended."""
    expected = {"failed"} if row["id"] in done.liars else {"completed"}
    if done.batches[row["batch_job_id"]]:
        expected.add("cancelled")
    if row["status"] not in expected:
        yield f"is {row['status']}: {row['error_message']}"
    if row["retry_count"]:
        yield f"was charged with {row['retry_count']} failures, the last of them {row['error_message']}"


async def _output(row: dict[str, Any], stack: LocalStack) -> list[str]:
    """What is wrong with the output of a completed video."""
    stored = msgspec.json.decode(row["output_text"], type=StoredObject)
    path = _objects(stack) / stored.key
    if not path.exists():
        return ["has lost its output"]
    data = path.read_bytes()
    wrong = []
    if str(row["run_token"]) not in stored.key:
        wrong.append("has the output of a fenced run")
    if (len(data), zlib.crc32(data)) != (stored.size_bytes, stored.crc32):
        wrong.append("has another output than was recorded")
    facts = await facts_of(path)
    if not facts.has_audio or abs(facts.duration_s - float(row["output_s"])) > 0.1:
        wrong.append(f"has an output of {facts.duration_s} s instead of {row['output_s']} s")
    return wrong


async def _until_quiet(stack: LocalStack, connection: asyncpg.Connection, rows: list[dict[str, Any]]) -> list[str]:
    """Wait until nothing is left over; returns what still is when the time is up."""
    end = time.monotonic() + QUIET_S
    while (left := await _left(stack, connection, rows)) and time.monotonic() < end:
        await asyncio.sleep(0.5)
    return left


async def _left(stack: LocalStack, connection: asyncpg.Connection, rows: list[dict[str, Any]]) -> list[str]:
    left = [
        f"user {user} still has {waiting} waiting and {running} running"
        for user, waiting, running in await connection.fetch(QUEUE)
    ]
    for service in SERVICES:
        if await connection.fetchval("select to_regclass($1)", f"{service}.outbox") is None:
            continue
        if count := await connection.fetchval(f"select count(*) from {service}.outbox"):  # noqa: S608
            left.append(f"{count} messages wait in the outbox of the {service}")
    if count := await connection.fetchval("select count(*) from uploader.probes"):
        left.append(f"{count} inspections have not ended")
    stored = Counter(
        row[0] for row in await connection.fetch("select batch_video_id from processor.runs where state = 'stored'")
    )
    outputs = Counter(_outputs(stack))
    for row in rows:
        wanted = int(row["status"] == "completed")
        if (outputs[row["id"]], stored[row["id"]]) != (wanted, wanted):
            left.append(
                f"video {row['id']} is {row['status']} and has {outputs[row['id']]} outputs of {stored[row['id']]} runs"
            )
    scratch = Path(stack.environment("processor.worker.1")["DAILIES_SCRATCH_FOLDER"]).parent
    left += [f"{path} is left in scratch" for path in _files(scratch) if not path.name.endswith(".lock")]
    known = {row[0] for row in await connection.fetch("select store_key from exporter.deliverables")}
    for path in _files(_objects(stack) / "deliverables"):
        if str(path.relative_to(_objects(stack))) not in known:
            left.append(f"{path.name} belongs to no export")
    return left


def _outputs(stack: LocalStack) -> Iterator[UUID]:
    """The video of every output in the store."""
    for path in _files(_objects(stack) / "runs"):
        if path.name.startswith("output."):
            yield UUID(path.parts[-3])


def _objects(stack: LocalStack) -> Path:
    return Path(stack.environment("processor.worker.1")["DAILIES_STORE_FOLDER"]) / "objects"


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []
