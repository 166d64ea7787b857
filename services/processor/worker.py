"""Works on videos: `python -m services.processor.worker`. Start as many as there are processors to keep busy."""

from __future__ import annotations

import secrets

from services.processor import hardware
from services.processor.encoders import Engine
from services.processor.handlers import HANDLERS
from services.processor.housekeeping import Sweeper
from services.processor.limits import limits_of
from services.processor.presence import Presence
from services.processor.service import Processor
from services.processor.settings import ProcessorSettings
from services.processor.tables import TABLES
from services.processor.transcription.whisper import Whisper
from shared.bus import Bus
from shared.database import open_database
from shared.logs import logger
from shared.measuring import watch_disks
from shared.messages import DeleteRun, ProcessVideo
from shared.outbox import Outbox
from shared.running import Lifetime, run
from shared.scratch import Scratch
from shared.storage import open_store
from shared.work import Work

log = logger(__name__)


async def main(settings: ProcessorSettings, lifetime: Lifetime) -> None:
    """Connect, work until the process is told to end, give back what is unfinished."""
    worker = f"{lifetime.process}.{secrets.token_hex(4)}"
    store = open_store(settings)
    scratch = Scratch(settings.scratch_folder)
    engine = await open_database(settings.database_url, TABLES)
    bus = await Bus.connect(settings.nats_url, lifetime.process)
    work = Work(settings.rabbitmq_url)
    chip = await hardware.found(settings.hardware_encoding, settings.hardware_device, limits_of(settings))
    log.info("h264 is encoded by", engine=(chip.engine if chip else Engine.SOFTWARE).value)
    at = Processor(
        settings=settings,
        worker=worker,
        bus=bus,
        work=work,
        outbox=Outbox(engine, work),
        store=store,
        scratch=scratch,
        presence=Presence(bus, worker, settings.processor_slots),
        whisper=Whisper(settings),
        hardware=chip,
    )
    lifetime.background(at.outbox.send_for_ever())
    lifetime.background(Sweeper(at).sweep_for_ever())
    lifetime.background(at.presence.tell_every(settings.heartbeat_s))
    work.start(HANDLERS, at, slots={ProcessVideo.to: settings.processor_slots, DeleteRun.to: 1})
    at.outbox.show_backlog()
    watch_disks(scratch=settings.scratch_folder)
    lifetime.ready(database=engine.check, rabbitmq=work.check, nats=bus.check, store=store.check)
    try:
        await lifetime.until_stopped()
    finally:
        await at.presence.leave()
        await work.stop()
        await at.whisper.close()
        await store.close()
        await bus.close()
        await engine.close_connection_pool()
        scratch.close()


if __name__ == "__main__":
    run(ProcessorSettings, "processor", main)
