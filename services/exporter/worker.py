"""Builds exports: `python -m services.exporter.worker`."""

from __future__ import annotations

from services.exporter.handlers import HANDLERS
from services.exporter.housekeeping import tidy_for_ever
from services.exporter.service import Exporter
from services.exporter.settings import ExporterSettings
from shared.measuring import watch_disks
from shared.running import Lifetime, run


async def main(settings: ExporterSettings, lifetime: Lifetime) -> None:
    """Connect, work, and leave in order."""
    at = await Exporter.open(settings, lifetime.process)
    try:
        lifetime.background(at.outbox.send_for_ever())
        lifetime.background(tidy_for_ever(at))
        at.work.start(HANDLERS, at, slots={"exporter": settings.export_slots, "exporter.housekeeping": 1})
        at.outbox.show_backlog()
        watch_disks(scratch=settings.scratch_folder)
        lifetime.ready(database=at.engine.check, rabbitmq=at.work.check, nats=at.bus.check, store=at.store.check)
        await lifetime.until_stopped()
    finally:
        await at.close()


if __name__ == "__main__":
    run(ExporterSettings, "exporter", main)
