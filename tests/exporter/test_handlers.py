"""An export is built once, checked, cached, and stopped when it is not wanted."""

from __future__ import annotations

import asyncio
import io
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest
from msgspec.structs import replace
from nats.aio.msg import Msg

from services.exporter.archive import plan
from services.exporter.handlers import build_export, delete_deliverable, failure
from services.exporter.service import Exporter
from services.exporter.tables import Deliverable
from shared.claims import Run
from shared.messages import BuildExport, DeleteDeliverable, ExportBuilt, ExportFailed, ExportItem, ExportProgressed
from shared.storage import LocalStore
from tests.claims_desk import ClaimsDesk
from tests.exporter.evidence import (
    built,
    deliverables,
    failed,
    nothing_is_left,
    rows,
    said,
    stored_item,
    unzip_finds_it_sound,
)
from tests.exporter.gates import Gated
from tests.exporter.orders import USER, order

MEGABYTE = 1024 * 1024


async def items_in(store: LocalStore) -> list[ExportItem]:
    contents = (b"first" * MEGABYTE, b"second", b"third" * 100)
    return [await stored_item(store, n, data) for n, data in enumerate(contents, 1)]


async def content(store: LocalStore, key: str) -> bytes:
    return b"".join([chunk async for chunk in store.read(key)])


async def test_the_archive_holds_every_video_under_its_name(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore, tmp_path: Path
) -> None:
    items = await items_in(store)
    command = order(*reversed(items), batch_name="Season 1/2")
    await build_export(command, exporter)

    said = await built(exporter)
    assert (said.export_id, said.run_token, said.file_name) == (command.export_id, desk.tokens[0], "Season 1_2.zip")
    assert said.deliverable.key == f"deliverables/{command.user_id}/{command.export_id}/{desk.tokens[0]}.zip"
    assert said.deliverable == await store.stat(said.deliverable.key)
    assert said.deliverable.content_type == "application/zip"
    data = await content(store, said.deliverable.key)
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        *names, last = opened.namelist()
        assert (names, last) == (["001_Episode 1.mp4", "002_Episode 2.mp4", "003_Episode 3.mp4"], "manifest.json")
        assert [opened.read(name) for name in names] == [await content(store, item.stored.key) for item in items]
    (tmp_path / "a.zip").write_bytes(data)
    await asyncio.to_thread(unzip_finds_it_sound, tmp_path / "a.zip")
    assert list(store.folder.incoming.iterdir()) == []


async def test_the_same_videos_give_the_same_bytes(exporter: Exporter, desk: ClaimsDesk, store: LocalStore) -> None:
    command = order(*await items_in(store))
    await build_export(command, exporter)
    first = await built(exporter)
    before = await content(store, first.deliverable.key)
    await delete_deliverable(DeleteDeliverable(export_id=command.export_id), exporter)
    await build_export(command, exporter)
    second = (await said(exporter))[-1]
    assert isinstance(second, ExportBuilt)
    assert second.deliverable.key != first.deliverable.key
    assert await content(store, second.deliverable.key) == before


async def test_progress_is_told_and_never_goes_back(exporter: Exporter, desk: ClaimsDesk, gate: Gated) -> None:
    told: list[ExportProgressed] = []
    ready = asyncio.Event()

    async def hear(message: Msg) -> None:
        told.append(msgspec.json.decode(message.data, type=ExportProgressed))
        if told[-1].operation == "Adding video 1 of 3":
            gate.open_gate.set()
        if told[-1].progress == 100:
            ready.set()

    command = order(*await items_in(gate))
    await desk.bus.listen(f"live.{command.user_id}.{command.batch_id}.{command.export_id}.export", hear)
    await build_export(command, exporter)
    await asyncio.wait_for(ready.wait(), 5)
    assert [update.revision for update in told] == list(range(1, len(told) + 1))
    assert [update.progress for update in told] == sorted(update.progress for update in told)
    assert {update.run_token for update in told} == {desk.tokens[0]}
    assert told[-1].operation == "Ready"


def flip(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize(
    ("damage", "word"),
    [(flip, "damaged"), (lambda data: data[:-1], "damaged"), (lambda data: data + b"!", "damaged"), (None, "missing")],
    ids=["one bit", "shorter", "longer", "missing"],
)
async def test_a_damaged_output_is_named_and_nothing_is_left(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore, damage: object, word: str
) -> None:
    items = await items_in(store)
    path = store.folder.path(items[1].stored.key)
    data = path.read_bytes()
    path.unlink()
    if callable(damage):
        path.write_bytes(damage(data))
    await build_export(order(*items), exporter)
    said = await failed(exporter)
    assert (said.permanent, said.code) == (True, "failed_permanently")
    assert said.reason == (
        f"The stored file of video 2 (“Episode 2.mov”) is {word}; process it again, or export without it."
    )
    await nothing_is_left(exporter, store)


async def test_a_video_without_a_recorded_checksum_is_read_for_it(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore
) -> None:
    items = await items_in(store)
    bare = [replace(item, stored=replace(item.stored, crc32=None)) for item in items]
    await build_export(order(*bare), exporter)
    with zipfile.ZipFile(io.BytesIO(await content(store, (await built(exporter)).deliverable.key))) as opened:
        assert opened.testzip() is None


async def test_equal_content_is_built_once_and_kept_longer(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore
) -> None:
    items = await items_in(store)
    await build_export(order(*items), exporter)
    again = order(*items)
    await build_export(again, exporter)
    first, second = await said(exporter)
    assert isinstance(first, ExportBuilt) and isinstance(second, ExportBuilt)
    assert second.deliverable == first.deliverable
    assert (second.export_id, second.run_token, second.file_name) == (
        again.export_id,
        desk.tokens[1],
        "Season 1.zip",
    )
    assert second.expires_at > first.expires_at
    assert await deliverables(store) == [first.deliverable.key]


async def test_other_users_never_share_a_deliverable(exporter: Exporter, desk: ClaimsDesk, store: LocalStore) -> None:
    items = await items_in(store)
    await build_export(order(*items), exporter)
    await build_export(order(*items, user_id=uuid4()), exporter)
    assert len(await deliverables(store)) == 2


async def test_a_deliverable_whose_file_has_gone_is_built_anew(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore
) -> None:
    items = await items_in(store)
    await build_export(order(*items), exporter)
    (gone,) = await deliverables(store)
    await store.delete(gone)
    await build_export(order(*items), exporter)
    second = (await said(exporter))[1]
    assert isinstance(second, ExportBuilt)
    assert await deliverables(store) == [second.deliverable.key] != [gone]


async def start(command: BuildExport, at: Exporter, gate: Gated) -> asyncio.Task[None]:
    """Run the handler up to the closed gate."""
    task = asyncio.create_task(build_export(command, at))
    await asyncio.wait_for(gate.reached.wait(), 10)
    return task


@pytest.mark.parametrize("verdict", ["cancelled", "superseded"])
async def test_a_stopped_export_ends_within_a_second_and_leaves_nothing(
    exporter: Exporter, desk: ClaimsDesk, gate: Gated, verdict: str
) -> None:
    desk.lease_s = 3600
    running = await start(order(*await items_in(gate)), exporter, gate)
    assert len(list(gate.folder.incoming.iterdir())) == 1
    begun = time.monotonic()
    await desk.stop(desk.tokens[0], verdict)
    await running
    assert time.monotonic() - begun < 1
    assert await said(exporter) == []
    await nothing_is_left(exporter, gate)


async def test_a_refused_claim_builds_nothing(exporter: Exporter, desk: ClaimsDesk, store: LocalStore) -> None:
    desk.refusal = "done"
    await build_export(order(*await items_in(store)), exporter)
    assert await said(exporter) == []
    await nothing_is_left(exporter, store)


async def test_the_end_of_the_process_is_no_failure_of_the_export(
    exporter: Exporter, desk: ClaimsDesk, gate: Gated
) -> None:
    running = await start(order(*await items_in(gate)), exporter, gate)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await said(exporter) == []
    await nothing_is_left(exporter, gate)


async def test_of_two_runs_for_one_export_only_the_newer_counts(
    exporter: Exporter, desk: ClaimsDesk, gate: Gated
) -> None:
    desk.lease_s = 3600
    command = order(*await items_in(gate))
    older = await start(command, exporter, gate)
    gate.reached.clear()
    newer = await start(command, exporter, gate)
    gate.open_gate.set()
    await asyncio.gather(older, newer)
    by_token = {message.run_token: message for message in await said(exporter)}
    first, second = (by_token[token] for token in desk.tokens)
    assert isinstance(first, ExportFailed) and not first.permanent
    assert isinstance(second, ExportBuilt)
    assert await deliverables(gate) == [second.deliverable.key]
    assert list(gate.folder.incoming.iterdir()) == []


async def test_two_exports_of_the_same_content_at_once_build_it_once(
    exporter: Exporter, desk: ClaimsDesk, gate: Gated
) -> None:
    waits = asyncio.Event()

    async def hear(message: Msg) -> None:
        if "Waiting for the same export" in msgspec.json.decode(message.data, type=ExportProgressed).operation:
            waits.set()

    await desk.bus.listen("live.>", hear)
    items = await items_in(gate)
    builder = await start(order(*items), exporter, gate)
    waiting = asyncio.create_task(build_export(order(*items), exporter))
    await asyncio.wait_for(waits.wait(), 10)
    gate.open_gate.set()
    await asyncio.gather(builder, waiting)
    first, second = await said(exporter)
    assert isinstance(first, ExportBuilt) and isinstance(second, ExportBuilt)
    assert first.deliverable == second.deliverable
    assert gate.assemblies == 1


async def test_what_a_dead_builder_left_is_built_by_who_waits_for_it(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore
) -> None:
    exporter.settings = replace(exporter.settings, builder_patience_s=0.3)
    command = order(*await items_in(store))
    # As a builder leaves it that is killed: nobody gives signs of life any more.
    dead = (
        plan(command, command.items).content_key,
        command.user_id,
        uuid4(),
        uuid4(),
        f"deliverables/{USER}/dead.zip",
    )
    assert await Deliverable.begin(*dead, timedelta(hours=1))
    assert not await Deliverable.begin(*dead[:2], uuid4(), uuid4(), "k", timedelta(hours=1))
    await build_export(command, exporter)
    assert await deliverables(store) == [(await built(exporter)).deliverable.key]


async def test_a_full_disk_is_tried_again(exporter: Exporter, desk: ClaimsDesk, store: LocalStore) -> None:
    items = await items_in(store)
    store.folder.reserve_bytes = 1 << 60
    await build_export(order(*items), exporter)
    said = await failed(exporter)
    assert (said.permanent, said.code) == (False, "out_of_space")
    await nothing_is_left(exporter, store)


def test_an_unexpected_error_tells_no_secrets() -> None:
    said = failure(RuntimeError("password=hunter2"), order(), Run(UUID(int=1), 1.0))
    assert (said.permanent, said.code) == (False, "internal")
    assert "hunter2" not in said.reason


async def test_a_deleted_export_takes_its_file_along_unless_another_has_it(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore
) -> None:
    items = await items_in(store)
    first, second = order(*items), order(*items)
    await build_export(first, exporter)
    await build_export(second, exporter)
    await delete_deliverable(DeleteDeliverable(export_id=first.export_id), exporter)
    assert len(await deliverables(store)) == 1
    await delete_deliverable(DeleteDeliverable(export_id=second.export_id), exporter)
    await delete_deliverable(DeleteDeliverable(export_id=second.export_id), exporter)
    await nothing_is_left(exporter, store)


async def test_an_export_that_is_deleted_while_it_is_built_leaves_nothing(
    exporter: Exporter, desk: ClaimsDesk, gate: Gated
) -> None:
    command = order(*await items_in(gate))
    running = await start(command, exporter, gate)
    await delete_deliverable(DeleteDeliverable(export_id=command.export_id), exporter)
    assert await rows(exporter) == 0
    gate.open_gate.set()
    await running
    await nothing_is_left(exporter, gate)
