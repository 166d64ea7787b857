"""On S3 the bytes of a ZIP stay in the store: next to nothing of them passes through the exporter."""

from __future__ import annotations

import asyncio
import os
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from services.exporter.handlers import build_export
from services.exporter.housekeeping import remove_orphans, remove_unfinished
from services.exporter.service import Exporter
from services.exporter.tables import Deliverable
from shared.storage import S3Store
from shared.storage.objects import JOINT
from tests.claims_desk import ClaimsDesk
from tests.exporter.evidence import built, deliverables, failed, rows, stored_item
from tests.exporter.orders import USER, order
from tests.shared.storage import s3_servers

MEGABYTE = 1000 * 1000
FILES, FILE_BYTES = 3, 50 * MEGABYTE


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> object:
    """The address of a SeaweedFS."""
    with s3_servers.seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as url:
        yield url


@pytest.fixture
async def s3(address: str) -> AsyncIterator[S3Store]:
    """An empty store on it."""
    store = s3_servers.store_at(address)
    await s3_servers.empty(store)
    yield store
    await store.close()


class Counter:
    """Bytes that passed, both ways."""

    passed = 0


@asynccontextmanager
async def counted(address: str) -> AsyncIterator[tuple[str, Counter]]:
    """An address that leads to the same server, and what passes there."""
    target, counter = urlsplit(address), Counter()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1 << 16):
                counter.passed += len(data)
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection(target.hostname, target.port)
        await asyncio.gather(pump(reader, forth), pump(back, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", counter
    server.close()


async def test_under_a_tenth_of_an_archive_passes_through_the_exporter(
    exporter: Exporter, desk: ClaimsDesk, s3: S3Store, address: str, tmp_path: Path
) -> None:
    films = [os.urandom(MEGABYTE) * (FILE_BYTES // MEGABYTE) for _ in range(FILES)]
    items = [await stored_item(s3, number, film) for number, film in enumerate(films, 1)]
    async with counted(address) as (url, counter):
        exporter.store = s3_servers.store_at(url)
        await build_export(order(*items), exporter)
        await exporter.store.close()
    done = await built(exporter)
    share = counter.passed / done.deliverable.size_bytes
    assert done.deliverable.size_bytes > FILES * FILE_BYTES
    assert share < 0.10, f"{share:.1%} passed"
    # One file's first stretch comes and goes; everything else is a header, a checksum, a question.
    assert counter.passed < 12 * MEGABYTE

    await s3.fetch(done.deliverable.key, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as opened:
        assert opened.testzip() is None
        assert [opened.read(name) == film for name, film in zip(opened.namelist(), films, strict=False)] == [
            True
        ] * FILES
    assert await deliverables(s3) == [done.deliverable.key]
    assert [upload async for upload in s3.list_multiparts()] == []


async def test_a_film_that_was_replaced_is_named(exporter: Exporter, desk: ClaimsDesk, s3: S3Store) -> None:
    items = [await stored_item(s3, number, os.urandom(12 * MEGABYTE)) for number in (1, 2, 3)]
    await s3.put_bytes(items[1].stored.key, os.urandom(12 * MEGABYTE))
    exporter.store = s3
    await build_export(order(*items), exporter)
    assert "video 2 (“Episode 2.mov”) is damaged" in (await failed(exporter)).reason
    assert await deliverables(s3) == []


async def test_what_a_killed_exporter_left_in_the_store_is_dropped_but_not_what_is_being_built(
    exporter: Exporter, desk: ClaimsDesk, s3: S3Store
) -> None:
    exporter.store = s3
    at_work = f"deliverables/{USER}/{uuid4()}/{uuid4()}.zip"
    assert await Deliverable.begin("content", USER, uuid4(), uuid4(), at_work, timedelta(hours=1))
    dead = f"deliverables/{USER}/{uuid4()}/{uuid4()}.zip"
    for key in (at_work, dead):
        await s3.create_multipart(key)
        await s3.create_multipart(f"{key}{JOINT}4")
        await s3.put_bytes(f"{key}{JOINT}2", b"joint")
    assert await remove_orphans(exporter) == 1
    assert await remove_unfinished(exporter) == 2
    assert await deliverables(s3) == [f"{at_work}{JOINT}2"]
    assert {upload.key async for upload in s3.list_multiparts()} == {at_work, f"{at_work}{JOINT}4"}
    assert await rows(exporter) == 1
