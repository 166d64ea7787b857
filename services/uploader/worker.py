"""Inspects what arrived, deletes what is told, and looks for what got lost."""

from __future__ import annotations

import msgspec

from services.uploader import handlers, proxies, sweeps
from services.uploader.metrics import show
from services.uploader.service import UploaderWorker, connect
from services.uploader.settings import UploaderSettings
from shared.messages import DeleteSource, MakeProxy, ProbeVideo
from shared.running import Lifetime, run
from shared.scratch import Scratch

HANDLERS = (handlers.probe_video, handlers.delete_source, proxies.make_proxy)


async def main(settings: UploaderSettings, lifetime: Lifetime) -> None:
    """Run until told to stop."""
    connections = await connect(settings, lifetime)
    at = UploaderWorker(**msgspec.structs.asdict(connections), scratch=Scratch(settings.scratch_folder))
    slots = {ProbeVideo.to: settings.probe_slots, DeleteSource.to: 1, MakeProxy.to: settings.proxy_slots}
    at.work.start(HANDLERS, at, slots=slots)
    lifetime.background(sweeps.every(settings.upload_sweep_s, sweeps.announce_lost_probes, at))
    lifetime.background(sweeps.every(settings.upload_sweep_s, sweeps.announce_lost_proxies, at))
    lifetime.background(sweeps.every(settings.upload_sweep_s, sweeps.give_up_abandoned_uploads, at))
    lifetime.background(sweeps.every(settings.tidy_s, sweeps.tidy_store, at))
    show(at, scratch=settings.scratch_folder)
    lifetime.ready(database=at.engine.check, rabbitmq=at.work.check, nats=at.bus.check, store=at.store.check)
    await lifetime.until_stopped()
    await at.close()
    at.scratch.close()


if __name__ == "__main__":
    run(UploaderSettings, "uploader", main)
