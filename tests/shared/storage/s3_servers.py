"""Real S3 servers for tests, on free ports."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moto.server import ThreadedMotoServer

from shared.storage import S3Store
from shared.storage.s3.connection import Connection, Place
from shared.storage.s3.signature import Credentials
from stack import seaweed
from stack.ports import Ports

ROOT = Path(__file__).resolve().parents[3]
LOGIN = Credentials(seaweed.ACCESS_KEY, "a secret of the tests", "us-east-1")
BUCKET = "films"
READY_S = 30.0


@contextmanager
def seaweedfs(folder: Path) -> Iterator[str]:
    """SeaweedFS, as `make up STORE=s3` runs it: checks signatures, keeps its data on disk. Gives its address."""
    ports = Ports(preferred=False, say=print)
    server = seaweed.S3(
        home=folder,
        program=seaweed.program(ROOT),
        secret_key=LOGIN.secret_key,
        ports={name: ports.of(name) for name in seaweed.names()},
    )
    seaweed.prepare(server)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            seaweed.command(server), env=seaweed.environment(server), stdout=log, stderr=subprocess.STDOUT
        )
    try:
        end = time.monotonic() + READY_S
        while not seaweed.is_ready(server):
            assert process.poll() is None and time.monotonic() < end, (folder / "log").read_text()[-2000:]
            time.sleep(0.05)
        yield server.url
    finally:
        process.kill()
        process.wait()


@contextmanager
def moto() -> Iterator[str]:
    """Moto: in memory, lets everybody in, but follows AWS in what it refuses otherwise. Gives its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def store_at(url: str, *, bucket: str = BUCKET, path_style: bool = True, public: str = "", **kept: str) -> S3Store:
    """A store on such a server."""
    places = [Place(endpoint=at, bucket=bucket, path_style=path_style) for at in (url, public or url)]
    return S3Store(
        Connection(places[0], places[1], LOGIN), kept={f"x-amz-{n.replace('_', '-')}": v for n, v in kept.items()}
    )


async def empty(store: S3Store) -> None:
    """Make the bucket unless it is there, and remove all that is in it."""
    await store.prepare()
    for upload in [upload async for upload in store.list_multiparts()]:
        await store.abort_multipart(upload.key, upload.upload_id)
    for found in [found async for found in store.list()]:
        await store.delete(found.key)
