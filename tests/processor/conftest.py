"""Real servers, a processor in this process, and the scheduler's end of its wires."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from services.processor.presence import Presence
from services.processor.service import Processor
from services.processor.settings import ProcessorSettings
from services.processor.tables import TABLES
from services.processor.transcription.whisper import Whisper
from shared.batches import BatchSettings
from shared.bus import Bus
from shared.database import open_database
from shared.messages import ProcessVideo
from shared.outbox import Outbox
from shared.probing import facts_of
from shared.scratch import Scratch
from shared.storage import open_store
from shared.work import Work
from stack.local import LocalStack
from tests import media as clips
from tests.processor.scheduler_end import SchedulerEnd

Upload = Callable[..., Awaitable[ProcessVideo]]

QUICK: dict[str, object] = {
    "heartbeat_s": 0.5,
    "housekeeping_s": 0.5,
    "ffmpeg_threads": 1,
    "store_reserve_bytes": 0,
    "whisper_folder": clips.MODELS,
    "whisper_model": clips.MODEL,
    "whisper_hub": False,
}


@pytest.fixture(scope="session")
def settings(servers: LocalStack, settings_of: Callable[..., ProcessorSettings]) -> ProcessorSettings:
    """What a processor is told."""
    servers.migrate("processor")
    return settings_of(ProcessorSettings, "processor.worker.1", **QUICK)


@pytest.fixture
async def scheduler(settings: ProcessorSettings) -> AsyncIterator[SchedulerEnd]:
    """The scheduler's end of the wires."""
    end = SchedulerEnd(await Bus.connect(settings.nats_url, "scheduler"), Work(settings.rabbitmq_url))
    await end.open()
    yield end
    await end.close()


@pytest.fixture
async def processor(settings: ProcessorSettings, tmp_path: Path) -> AsyncIterator[Processor]:
    """A processor's connections; its handlers are called by the test."""
    engine = await open_database(settings.database_url, TABLES)
    bus, work = await Bus.connect(settings.nats_url, "processor"), Work(settings.rabbitmq_url)
    scratch, whisper = Scratch(tmp_path / "scratch"), Whisper(settings)
    yield Processor(
        settings=settings,
        worker=f"test-{uuid4()}",
        bus=bus,
        work=work,
        outbox=Outbox(engine, work),
        store=open_store(settings),
        scratch=scratch,
        presence=Presence(bus, "test", 1),
        whisper=whisper,
    )
    await whisper.close()
    scratch.close()
    await work.stop()
    await bus.close()
    await engine.close_connection_pool()


@pytest.fixture
def uploaded(settings: ProcessorSettings) -> Upload:
    """Puts a file into the store as an uploaded video, and gives the command to process it."""
    store = open_store(settings)

    async def upload(path: Path, wanted: BatchSettings, *, like: Path | None = None) -> ProcessVideo:
        # The facts are those of `like`: files that cannot be read are told to be what they pretend.
        user, video = uuid4(), uuid4()
        source = await store.put_bytes(f"sources/{user}/{video}/source", path.read_bytes(), "video/mp4")
        return ProcessVideo(
            user_id=user,
            batch_id=uuid4(),
            batch_video_id=uuid4(),
            video_id=video,
            attempt=1,
            name=path.name,
            source=source,
            facts=await facts_of(like or path),
            settings=wanted,
        )

    return upload


@pytest.fixture(scope="session")
def long(media: Path) -> Path:
    """A video that renders long enough to be interrupted."""
    return clips.video(media / "long.mp4", sound=clips.tone(10.0), size="1280x720")


@pytest.fixture(scope="session")
def hearing() -> ProcessorSettings:
    """Settings of a processor that has the tiny model and nothing else."""
    return ProcessorSettings(
        database_url="",
        rabbitmq_url="",
        nats_url="",
        whisper_folder=clips.MODELS,
        whisper_model=clips.MODEL,
        whisper_hub=False,
        ffmpeg_threads=1,
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whisper(hearing: ProcessorSettings) -> AsyncIterator[Whisper]:
    """A whisper child for all tests."""
    ears = Whisper(hearing)
    yield ears
    await ears.close()
