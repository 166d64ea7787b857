"""Answers questions about uploads and the library, and serves the local store's objects."""

from __future__ import annotations

import uvloop

from services.uploader import answers, opening, proxies
from services.uploader.arrivals import Arrivals
from services.uploader.endpoint import Endpoint
from services.uploader.metrics import show
from services.uploader.service import connect
from services.uploader.serving import serve
from services.uploader.settings import UploaderSettings
from shared.running import Lifetime, run
from shared.storage import LocalStore

ANSWERS = (
    opening.open_uploads,
    answers.sign_parts,
    answers.get_upload,
    answers.complete_upload,
    answers.get_video,
    answers.list_videos,
    answers.measure_library,
    proxies.request_proxy,
)


async def main(settings: UploaderSettings, lifetime: Lifetime) -> None:
    """Run until told to stop."""
    at = await connect(settings, lifetime)
    if isinstance(at.store, LocalStore):
        endpoint = Endpoint(at.store, Arrivals(at.bus, at.outbox, at.store), patience_s=settings.idle_connection_s)
        await serve(endpoint, settings.http_host, settings.http_port, lifetime)
    await at.bus.serve(ANSWERS, at)
    show(at)
    lifetime.ready(database=at.engine.check, rabbitmq=at.work.check, nats=at.bus.check, store=at.store.check)
    await lifetime.until_stopped()
    await at.close()


if __name__ == "__main__":
    # Bytes of uploads pass through this process: with uvloop they cost less than half (see `make bench ONLY=upload`).
    run(UploaderSettings, "uploader", main, loop=uvloop.new_event_loop)
