"""The notification centre: each event once, read and unread, live, and forgotten after a while."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.gateway import examples
from services.gateway.housekeeping import sweep
from services.gateway.notice_handlers import batch_ended, export_ended, notice_raised
from services.scheduler.service import Scheduler
from shared.batches import BatchStatus, ExportStatus
from shared.messages import BatchEnded, ExportEnded, NoticeRaised
from shared.notices import NoticeKind
from shared.reports import BatchReport
from stack.local import LocalStack
from tests.gateway.conftest import House, Person, Start
from tests.gateway.test_events import watching


@pytest.fixture
async def house(start: Start) -> House:
    """A gateway alone."""
    return await start()


def ended(user_id: UUID, **different: Any) -> BatchEnded:
    """That a batch of somebody ended."""
    batch_id = uuid.uuid4()
    report: BatchReport = replace(examples.REPORT, batch_job_id=batch_id, **different)
    return BatchEnded(event_id=uuid.uuid4(), user_id=user_id, batch_id=batch_id, at=datetime.now(UTC), report=report)


async def told(person: Person, **query: Any) -> dict[str, Any]:
    answer = await person.client.get("/api/notices", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_event_makes_one_notice_however_often_it_arrives(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    event = ended(ada.user_id, warnings=2, highlights=1)
    for _ in range(3):
        await batch_ended(event, house.at)
    page = await told(ada)
    (notice,) = page["notices"]
    assert (page["total"], page["unread"]) == (1, 1)
    assert (notice["kind"], notice["title"]) == ("batch_completed", "Season 3 is finished")
    assert notice["text"] == "1 video done. 7 min 12 s saved, 1 highlight found, 2 warnings to look at."
    assert notice["link"] == f"/batches/{event.batch_id}/report"
    assert (await told(eve))["notices"] == []


async def test_what_a_person_cancelled_and_what_nobody_owns_makes_no_notice(house: House) -> None:
    ada = await house.person()
    await batch_ended(ended(ada.user_id, status=BatchStatus.CANCELLED), house.at)
    await batch_ended(ended(uuid.uuid4()), house.at)
    assert (await told(ada))["total"] == 0


async def test_an_export_is_told_of_with_its_size_or_with_its_reason(house: House) -> None:
    ada = await house.person()
    ready = ExportEnded(
        event_id=uuid.uuid4(),
        user_id=ada.user_id,
        batch_id=examples.BATCH,
        batch_name="Season 3",
        at=datetime.now(UTC),
        export=examples.BATCH_EXPORT,
    )
    broken = replace(
        ready,
        event_id=uuid.uuid4(),
        export=replace(examples.BATCH_EXPORT, status=ExportStatus.FAILED, error_message="The disk is full."),
    )
    await export_ended(ready, house.at)
    await export_ended(broken, house.at)
    kinds = {notice["kind"]: notice for notice in (await told(ada))["notices"]}
    assert kinds["export_ready"]["title"] == "The export of Season 3 is ready"
    assert kinds["export_failed"]["text"] == "The disk is full."


async def test_notices_are_read_one_by_one_or_all_together(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    for person in (ada, ada, ada, eve):
        await batch_ended(ended(person.user_id), house.at)
    first, second, _ = (await told(ada))["notices"]
    assert (await told(ada, limit=1, offset=1))["notices"] == [second]
    answer = await ada.client.post(f"/api/notices/{first['id']}/read")
    assert (answer.status_code, answer.json()) == (200, {"unread": 2})
    assert first["id"] not in [notice["id"] for notice in (await told(ada, unread=True))["notices"]]
    assert (await eve.client.post(f"/api/notices/{second['id']}/read")).json() == {"unread": 1}
    assert (await told(ada))["unread"] == 2
    assert (await ada.client.post("/api/notices/read")).json() == {"unread": 0}
    assert (await told(ada, unread=True))["notices"] == [] and (await told(eve))["unread"] == 1


async def test_whoever_watches_hears_of_a_notice_and_of_its_being_read(house: House, scheduler: Scheduler) -> None:
    ada = await house.person()
    event = NoticeRaised(
        event_id=uuid.uuid4(),
        user_id=ada.user_id,
        kind=NoticeKind.QUOTA,
        title="Nearly used up",
        text="340 of 360 minutes of this month are used.",
        link="/settings",
        at=datetime.now(UTC),
    )
    async with watching(ada, "/api/events") as events:
        assert (await events.next())["type"] == "snapshot"
        await notice_raised(event, house.at)
        heard = await events.next()
        assert (heard["type"], heard["unread"], heard["notice"]["title"]) == ("notices", 1, "Nearly used up")
        await ada.client.post("/api/notices/read")
        assert await events.next() == {"type": "notices", "unread": 0, "notice": None}


async def test_old_notices_are_forgotten(house: House, migrated: LocalStack) -> None:
    ada = await house.person()
    old, new = ended(ada.user_id), ended(ada.user_id)
    for event in (old, new):
        await batch_ended(event, house.at)
    migrated.sql(f"update gateway.notices set created_at = now() - interval '91 days' where id = '{old.event_id}'")
    await sweep(house.at)
    assert [notice["id"] for notice in (await told(ada))["notices"]] == [str(new.event_id)]
