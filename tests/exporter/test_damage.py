"""Videos that are missing or damaged are named; when asked to, the rest is exported without them."""

from __future__ import annotations

import io
import zipfile

import msgspec
import pytest
from msgspec.structs import replace

from services.exporter.handlers import build_export
from services.exporter.service import Exporter
from shared.batches import ExportFormat
from shared.messages import ExportItem, ExportOptions
from shared.storage import LocalStore
from shared.views import LeftOut
from tests.claims_desk import ClaimsDesk
from tests.exporter.evidence import built, deliverables, failed, nothing_is_left, said, stored_item
from tests.exporter.orders import order

SKIP = ExportOptions(skip_damaged=True)


async def five(store: LocalStore) -> list[ExportItem]:
    """Videos, of which the second has gone, the third is shorter than recorded, and the fourth has one wrong bit."""
    items = [await stored_item(store, n, f"content of {n}".encode() * 1000) for n in range(1, 6)]
    await store.delete(items[1].stored.key)
    for number in (2, 3):
        path = store.folder.path(items[number].stored.key)
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data[:-1] if number == 2 else data[:-1] + bytes([data[-1] ^ 1]))
    return items


async def test_the_rest_is_exported_and_what_is_left_out_is_named(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore
) -> None:
    await build_export(order(*await five(store), options=SKIP), exporter)
    done = await built(exporter)
    assert done.left_out == (
        LeftOut(position=2, name="Episode 2.mov", reason="Its stored file is missing."),
        LeftOut(position=3, name="Episode 3.mov", reason="Its stored file is damaged."),
        LeftOut(position=4, name="Episode 4.mov", reason="Its stored file is damaged."),
    )
    assert await deliverables(store) == [done.deliverable.key]
    data = b"".join([chunk async for chunk in store.read(done.deliverable.key)])
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == ["001_Episode 1.mp4", "005_Episode 5.mp4", "manifest.json"]
        told = msgspec.json.decode(opened.read("manifest.json"))
    assert [video["position"] for video in told["left_out"]] == [2, 3, 4]


async def test_an_equal_export_leaves_out_the_same_and_shares_the_file(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore
) -> None:
    items = await five(store)
    await build_export(order(*items, options=SKIP), exporter)
    await build_export(order(*items, options=SKIP), exporter)
    first, second = await said(exporter)
    assert msgspec.structs.asdict(first)["left_out"] == msgspec.structs.asdict(second)["left_out"]
    assert len(await deliverables(store)) == 1


async def test_when_nothing_is_left_that_is_a_failure(exporter: Exporter, desk: ClaimsDesk, store: LocalStore) -> None:
    items = await five(store)
    await build_export(order(*items[1:4], options=SKIP), exporter)
    assert (await failed(exporter)).reason == ("No video of this export is in the store any more; process them again.")
    await nothing_is_left(exporter, store)


@pytest.mark.parametrize("format_", [ExportFormat.MERGED, ExportFormat.PLAYLIST])
async def test_every_format_names_a_video_that_is_missing(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore, format_: ExportFormat
) -> None:
    (_, gone, *_) = await five(store)
    await build_export(order(gone, export_format=format_), exporter)
    reason = (await failed(exporter)).reason
    assert reason.startswith("The stored file of video 2 (“Episode 2.mov”) is missing")


async def test_a_merged_video_is_not_made_of_what_is_no_video(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore
) -> None:
    (first, *_) = await five(store)
    await build_export(order(first, export_format=ExportFormat.MERGED), exporter)
    assert "video 1 (“Episode 1.mov”) is damaged" in (await failed(exporter)).reason
    assert list(exporter.scratch.folder.iterdir()) == []


async def test_a_source_whose_checksum_is_unknown_is_checked_by_its_size(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore
) -> None:
    (first, *_) = await five(store)
    longer = replace(first, stored=replace(first.stored, crc32=None, size_bytes=first.stored.size_bytes + 1))
    await build_export(order(longer), exporter)
    assert "is damaged" in (await failed(exporter)).reason
