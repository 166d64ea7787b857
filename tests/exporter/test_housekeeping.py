"""What nobody asks for any more goes, and what nobody knows of."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from services.exporter.handlers import build_export
from services.exporter.housekeeping import expire, remove_orphans
from services.exporter.service import Exporter
from services.exporter.tables import Deliverable
from shared.messages import ExportBuilt
from shared.storage import LocalStore
from tests.claims_desk import ClaimsDesk
from tests.exporter.evidence import built, deliverables, nothing_is_left, said, stored_item
from tests.exporter.gates import Gated
from tests.exporter.orders import USER, order


async def test_a_deliverable_goes_when_its_time_is_over(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore
) -> None:
    await build_export(order(await stored_item(store, 1, b"video")), exporter)
    assert await expire(exporter) == 0
    assert len(await deliverables(store)) == 1
    await Deliverable.raw("update deliverables set expires_at = now()")
    assert await expire(exporter) == 1
    await nothing_is_left(exporter, store)


async def test_an_expired_deliverable_is_not_handed_out_but_built_anew(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore
) -> None:
    item = await stored_item(store, 1, b"video")
    await build_export(order(item), exporter)
    old = (await built(exporter)).deliverable.key
    await Deliverable.raw("update deliverables set expires_at = now()")
    await build_export(order(item), exporter)
    new = (await said(exporter))[1]
    assert isinstance(new, ExportBuilt)
    assert new.deliverable.key != old
    assert await remove_orphans(exporter) == 1
    assert await deliverables(store) == [new.deliverable.key]


async def test_files_without_a_row_are_removed_and_others_stay(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore
) -> None:
    await build_export(order(await stored_item(store, 1, b"video")), exporter)
    kept = await deliverables(store)
    await store.put_bytes(f"deliverables/{USER}/{uuid4()}/{uuid4()}.zip", b"of a killed run")
    assert await remove_orphans(exporter) == 1
    assert await deliverables(store) == kept
    assert len([stored async for stored in store.list("runs/")]) == 1


async def test_a_deliverable_that_is_being_built_is_left_alone(
    exporter: Exporter, desk: ClaimsDesk, gate: Gated
) -> None:
    running = asyncio.create_task(build_export(order(await stored_item(gate, 1, b"video")), exporter))
    await asyncio.wait_for(gate.reached.wait(), 10)
    await remove_orphans(exporter)
    await expire(exporter)
    gate.open_gate.set()
    await running
    assert await deliverables(gate) == [(await built(exporter)).deliverable.key]
