"""Hears what the other services report, and deletes batches whose time is over."""

from __future__ import annotations

from services.scheduler import handlers
from services.scheduler.retention import retain_for_ever
from services.scheduler.service import Scheduler
from services.scheduler.settings import SchedulerSettings
from shared.running import Lifetime, run

HANDLERS = (
    handlers.account_changed,
    handlers.video_uploading,
    handlers.video_uploaded,
    handlers.video_rejected,
    handlers.video_processed,
    handlers.video_failed,
    handlers.export_built,
    handlers.export_failed,
)


async def main(settings: SchedulerSettings, lifetime: Lifetime) -> None:
    """Run until told to stop."""
    at = await Scheduler.open(settings, lifetime)
    at.work.start(HANDLERS, at, slots={"scheduler": settings.handler_slots})
    lifetime.background(retain_for_ever(at))
    at.outbox.show_backlog()
    lifetime.ready(database=at.engine.check, rabbitmq=at.work.check, nats=at.bus.check)
    await lifetime.until_stopped()
    await at.close()


if __name__ == "__main__":
    run(SchedulerSettings, "scheduler", main)
