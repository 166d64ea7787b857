"""Sixty days go by: what is deleted, when, and what stays, with real files in a real store; and what is said beforehand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec import Struct
from msgspec.structs import asdict, replace

from services.exporter.handlers import delete_deliverable
from services.exporter.service import Exporter
from services.exporter.settings import ExporterSettings
from services.exporter.tables import Deliverable
from services.processor.housekeeping import delete_runs
from services.processor.presence import Presence
from services.processor.service import Processor
from services.processor.settings import ProcessorSettings
from services.processor.tables import TABLES as PROCESSOR_TABLES
from services.processor.transcription.whisper import Whisper
from services.scheduler import answers, edit_answers, handlers, sweeps
from services.scheduler.retention import list_deletions, retain
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchJobs, Exports
from services.uploader.handlers import delete_source
from services.uploader.service import UploaderWorker, connect
from services.uploader.settings import UploaderSettings
from shared.batches import Tier
from shared.database import open_database
from shared.media import StoredObject
from shared.messages import (
    CreateBatch,
    DeleteDeliverable,
    DeleteRun,
    DeleteSource,
    DuplicateBatch,
    EditBatch,
    ListDeletions,
    NoticeRaised,
    PauseBatch,
    VideoProcessed,
    VideoUploaded,
)
from shared.notices import NoticeKind
from shared.running import Lifetime
from shared.scratch import Scratch
from shared.storage import ObjectStore, open_store
from shared.views import ProcessingResult
from stack.local import LocalStack
from tests.scheduler.states import FACTS
from tests.scheduler.test_answers import USER, claimed, creation, dispatched, outbox, start

FILES = ("sources/", "runs/", "deliverables/")
A_DAY_GOES_BY = """
update scheduler.batch_jobs set created_at = created_at - d, started_at = started_at - d, completed_at = completed_at - d,
    updated_at = updated_at - d, delete_at = delete_at - d from (select interval '1 day' as d) day;
update scheduler.exports set created_at = created_at - d, completed_at = completed_at - d, updated_at = updated_at - d,
    expires_at = expires_at - d from (select interval '1 day' as d) day;
"""


class House(Struct, kw_only=True):
    """The scheduler, and the owners of what it orders to be deleted, on one store."""

    at: Scheduler
    uploader: UploaderWorker
    processor: Processor
    exporter: Exporter
    store: ObjectStore
    told: list[NoticeRaised] = []

    async def files(self) -> set[str]:
        """Every key in the store."""
        return {stored.key for prefix in FILES for stored in [one async for one in self.store.list(prefix)]}

    async def obey(self) -> None:
        """Do what the scheduler has ordered, as the services do it; orders come twice."""
        for message in await outbox(self.at):
            for _ in range(2):
                match message:
                    case DeleteSource():
                        await delete_source(message, self.uploader)
                    case DeleteRun():
                        await delete_runs(message, self.processor)
                    case DeleteDeliverable():
                        await delete_deliverable(message, self.exporter)
            if isinstance(message, NoticeRaised):
                self.told.append(message)


@pytest.fixture
async def house(
    scheduler: Scheduler, migrated: LocalStack, settings_of: Callable[..., Any], tmp_path: Path
) -> AsyncIterator[House]:
    """Everything that deletion needs. Creators keep batches for 30 days, pros for 45."""
    migrated.migrate("uploader", "processor", "exporter")
    migrated.sql("truncate uploader.videos, processor.runs, exporter.deliverables cascade")
    tiers = dict(scheduler.settings.tiers)
    tiers[Tier.PRO] = replace(tiers[Tier.PRO], retention_days=45.0)
    scheduler.settings = replace(scheduler.settings, tiers=tiers)
    folder = {"store_folder": tmp_path / "objects", "scratch_folder": tmp_path / "scratch", "store_reserve_bytes": 0}
    lifetime = Lifetime("test")
    connected = await connect(settings_of(UploaderSettings, "uploader.worker", **folder), lifetime)
    scratch = Scratch(tmp_path / "scratch")
    uploader = UploaderWorker(**asdict(connected), scratch=scratch)
    settings = settings_of(ProcessorSettings, "processor.worker.1", **folder)
    engine = await open_database(settings.database_url, PROCESSOR_TABLES)
    processor = Processor(
        settings=settings,
        worker="test",
        bus=scheduler.bus,
        work=scheduler.work,
        outbox=scheduler.outbox,
        store=open_store(settings),
        scratch=scratch,
        presence=Presence(scheduler.bus, "test", 1),
        whisper=Whisper(settings),
    )
    exporter = await Exporter.open(settings_of(ExporterSettings, "exporter.worker", **folder), "test")
    yield House(at=scheduler, uploader=uploader, processor=processor, exporter=exporter, store=uploader.store)
    await engine.close_connection_pool()
    lifetime.stopping.set()
    await lifetime.until_stopped()
    await uploader.close()
    await exporter.close()


async def uploaded(house: House, **wanted: Any) -> tuple[CreateBatch, set[str]]:
    """A batch of one video whose file is in the store."""
    request = creation(1, **wanted)
    await answers.create_batch(request, house.at)
    (video,) = request.videos
    source = await house.store.put_bytes(f"sources/{request.user_id}/{video.video_id}/source", b"film")
    await handlers.video_uploaded(VideoUploaded(video_id=video.video_id, source=source, facts=FACTS), house.at)
    return request, {source.key}


async def completed(house: House, **wanted: Any) -> tuple[CreateBatch, set[str]]:
    """A batch that has ended, with its source and its output in the store."""
    request, files = await uploaded(house, **wanted)
    await start(request, house.at)
    return request, files | await finished(house)


async def finished(house: House) -> set[str]:
    """Process the video whose turn it is; returns the keys of what that gives."""
    (command,) = await dispatched(house.at)
    token = await claimed(command, house.at)
    prefix = f"runs/{command.batch_video_id}/{token}/"
    output = await house.store.put_bytes(prefix + "output.mp4", b"a shorter film")
    words = await house.store.put_bytes(prefix + "transcript.srt", b"words")
    result = ProcessingResult(source_s=60, output_s=42, files=(words,))
    event = VideoProcessed(batch_video_id=command.batch_video_id, run_token=token, output=output, result=result)
    await handlers.video_processed(event, house.at)
    return {output.key, words.key}


async def exported(house: House, request: CreateBatch, hours: int) -> set[str]:
    """An export of a batch that can be downloaded for so many hours from now on."""
    export = uuid4()
    stored = await house.store.put_bytes(f"deliverables/{request.user_id}/{export}/{uuid4()}.zip", b"archive")
    await Exports.raw(
        "insert into exports (id, batch_job_id, user_id, format, options, status, deliverable, expires_at, completed_at)"
        " values ({}, {}, {}, 'zip', jsonb_build_object(), 'completed', {}::jsonb,"
        " clock_timestamp() + {} * interval '1 hour', clock_timestamp())",
        export,
        request.batch_id,
        request.user_id,
        f'{{"key": "{stored.key}", "size_bytes": {stored.size_bytes}, "etag": "{stored.etag}"}}',
        hours,
    )
    await use(house, export, stored)
    return {stored.key}


async def use(house: House, export: UUID, stored: StoredObject) -> None:
    await Deliverable.raw(
        "insert into deliverables (content_key, user_id, export_id, run_token, store_key, stored, expires_at)"
        " values ({}, {}, {}, {}, {}, jsonb_build_object(), now() + interval '90 days')",
        str(export),
        USER,
        export,
        uuid4(),
        stored.key,
    )
    await Deliverable.raw("insert into deliverable_uses (export_id, content_key) values ({}, {})", export, str(export))


async def a_day(house: House, migrated: LocalStack) -> None:
    """A day goes by, and two processes look at the same time for what is over."""
    migrated.sql(A_DAY_GOES_BY)
    await sweeps.sweep(house.at)
    await asyncio.gather(retain(house.at), retain(house.at))
    await house.obey()


async def test_in_sixty_days_and_a_few_exactly_what_is_over_is_deleted_and_it_was_announced(
    house: House, migrated: LocalStack
) -> None:
    at, last_day = house.at, dict[str, int]()

    def stays_until(day: int, files: set[str]) -> None:
        last_day.update(dict.fromkeys(files, day))

    pro = {"user_id": uuid4(), "tier": Tier.PRO}
    plain, files = await completed(house, name="plain")
    stays_until(30, files)
    _, files = await completed(house, name="of a pro", **pro)
    stays_until(45, files)
    shared, files = await completed(house, name="shared", **pro)
    source = {key for key in files if key.startswith("sources/")}
    stays_until(45, files - source)
    stays_until(65, source)
    downloaded, files = await completed(house, name="downloaded")
    stays_until(31, files)
    touched, files = await completed(house, name="touched")
    stays_until(32, files)
    _, files = await uploaded(house, name="never started")
    stays_until(30, files)
    paused, files = await uploaded(house, name="paused")
    await start(paused, at)
    await answers.pause_batch(PauseBatch(request_id=uuid4(), user_id=USER, batch_id=paused.batch_id), at)
    stays_until(99, files)
    for day in range(67):
        if day:
            await a_day(house, migrated)
        expected = {key for key, last in last_day.items() if day < last}
        assert await house.files() == expected, f"day {day}"
        if day == 10:
            _, files = await completed(house, name="later")
            stays_until(40, files)
        if day == 20:
            copy = uuid4()
            duplicate = DuplicateBatch(
                request_id=uuid4(), user_id=shared.user_id, batch_id=shared.batch_id, new_batch_id=copy
            )
            made = await edit_answers.duplicate_batch(duplicate, at)
            assert made.batch_job.id == copy
            await start(replace(shared, batch_id=copy), at)
            stays_until(65, await finished(house))
        if day == 28:
            # It was announced; now it is announced again on the next day, with three days from then.
            rename = EditBatch(request_id=uuid4(), user_id=USER, batch_id=touched.batch_id, name="touched today")
            await edit_answers.edit_batch(rename, at)
        if day == 29:
            # It can be downloaded for a day and a half: until then the batch is in use.
            stays_until(31, await exported(house, downloaded, hours=36))
    told = {(notice.batch_id, notice.title) for notice in house.told if notice.kind is NoticeKind.DELETION_ANNOUNCED}
    assert (plain.batch_id, "plain will be deleted") in told
    assert {(touched.batch_id, "touched will be deleted"), (touched.batch_id, "touched today will be deleted")} <= told
    assert not any(batch == paused.batch_id for batch, _ in told)
    gone = await BatchJobs.raw("select name from batch_jobs where deleted_at is not null order by name")
    assert [row["name"] for row in gone] == [
        "downloaded", "later", "never started", "of a pro", "plain", "shared", "shared (copy)", "touched today",
    ]  # fmt: skip
    assert len(house.told) == len({notice.event_id for notice in house.told}) == 9, "each is announced once"


async def test_what_will_be_deleted_can_be_seen_beforehand_and_nothing_happens(
    house: House, migrated: LocalStack
) -> None:
    request, files = await completed(house, name="old")
    await completed(house, name="new")
    migrated.sql("update scheduler.batch_jobs set completed_at = completed_at - interval '29 days' where name = 'old'")
    for _ in range(2):
        within = await list_deletions(ListDeletions(days=5), house.at)
        (deletion,) = within.deletions
        assert (deletion.batch_job_id, deletion.announced, deletion.in_use) == (request.batch_id, False, False)
        assert (within.batches, within.stored_bytes) == (1, len(b"a shorter film") + len(b"words"))
    assert (await list_deletions(ListDeletions(days=40), house.at)).batches == 2
    assert (await list_deletions(ListDeletions(days=2), house.at)).batches == 0, "it has to be announced first"
    assert await retain(house.at) == (1, 0)
    assert (await list_deletions(ListDeletions(days=5), house.at)).deletions[0].announced
    assert files <= await house.files()
    house.at.settings = replace(house.at.settings, retention=False)
    assert (await list_deletions(ListDeletions(days=365), house.at)).batches == 0


async def test_a_better_tier_takes_an_announcement_back(house: House, migrated: LocalStack) -> None:
    await completed(house, name="old")
    migrated.sql("update scheduler.batch_jobs set completed_at = completed_at - interval '28 days'")
    assert await retain(house.at) == (1, 0)
    migrated.sql("update scheduler.queue_users set tier = 'pro'")
    await retain(house.at)
    (row,) = await BatchJobs.raw("select delete_at from batch_jobs")
    assert row["delete_at"] is None
