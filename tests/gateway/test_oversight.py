"""The report of a batch, what was used of a month, who works on what, who waits, what failed, and preferences."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime

import pytest

from services.gateway.accounts import set_role, set_tier
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchVideos
from shared.batches import Tier
from shared.messages import WorkerSeen
from tests.gateway.conftest import House, Person, eventually


async def batch_of(person: Person, videos: int = 2) -> str:
    files = [{"name": f"{number}.mp4", "size": 1000} for number in range(videos)]
    made = await person.client.post("/api/batch-jobs", json={"name": "Hers", "files": files})
    assert made.status_code == 201, made.text
    return str(made.json()["batch_job_id"])


async def test_a_report_is_there_when_the_batch_has_ended(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    batch_id = await batch_of(ada)
    early = await ada.client.get(f"/api/batch-jobs/{batch_id}/report")
    assert (early.status_code, early.json()["code"]) == (409, "conflict")
    await ada.client.post(f"/api/batch-jobs/{batch_id}/cancel")
    report = (await ada.client.get(f"/api/batch-jobs/{batch_id}/report")).json()
    assert (report["status"], report["cancelled_videos"], len(report["videos"])) == ("cancelled", 2, 2)
    assert (await eve.client.get(f"/api/batch-jobs/{batch_id}/report")).status_code == 404


async def test_usage_tells_the_tier_and_what_is_left_of_the_month(house: House) -> None:
    ada = await house.person(Tier.CREATOR)
    usage = (await ada.client.get("/api/usage")).json()
    assert (usage["tier"], usage["minutes_limit"], usage["minutes_left"]) == ("creator", 3000, 3000)
    assert (usage["minutes_used"], usage["minutes_held"], usage["open_batches"], usage["concurrency"]) == (0, 0, 0, 3)
    assert usage["limits"]["videos_per_batch"] == 20
    assert usage["month"] <= datetime.now(UTC).date().isoformat() < usage["resets_at"]


async def test_only_operators_see_who_works_on_what(house: House, scheduler: Scheduler) -> None:
    ada = await house.person()
    refused = await ada.client.get("/api/admin/workers")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    await set_role(ada.email, "operator")
    assert (await ada.client.get("/api/admin/workers")).json() == {
        "workers": [],
        "waiting_videos": 0,
        "waiting_users": 0,
    }
    started = datetime.now(UTC)
    await scheduler.bus.publish(
        WorkerSeen(worker="processor-7", service="processor", slots=2, running=(uuid.uuid4(),), started_at=started)
    )
    await eventually(lambda: bool(scheduler.presence.workers()))
    (worker,) = (await ada.client.get("/api/admin/workers")).json()["workers"]
    assert (worker["worker"], worker["slots"], worker["alive"]) == ("processor-7", 2, True)
    assert datetime.fromisoformat(worker["started_at"]) == started
    await set_role(ada.email, "user")
    assert (await ada.client.get("/api/admin/workers")).status_code == 403


async def test_only_operators_see_what_waits_and_what_failed(house: House, scheduler: Scheduler) -> None:
    ada = await house.person()
    batch_id = await batch_of(ada)
    await BatchVideos.raw(
        "update batch_videos set status = 'failed', completed_at = now(), error_code = 'quota' where position = 1"
    )
    queue, failures = "/api/admin/queue", "/api/admin/failures"
    assert {(await ada.client.get(path)).status_code for path in (queue, failures)} == {403}
    await set_role(ada.email, "operator")
    shown = (await ada.client.get(queue)).json()
    assert (shown["waiting_videos"], shown["users"], shown["slots"]) == (0, [], 0)
    (failed,) = (await ada.client.get(failures)).json()["failures"]
    assert (failed["batch_job_id"], failed["error_code"]) == (batch_id, "quota")
    assert failed["user_id"] == str(ada.user_id)
    for params in ({"code": "unavailable"}, {"until": "2026-01-01"}):
        assert (await ada.client.get(failures, params=params)).json()["failures"] == [], params
    for wrong in ({"after": "x"}, {"since": "yesterday"}, {"limit": "201"}):
        assert (await ada.client.get(failures, params=wrong)).status_code == 422, wrong


async def test_a_user_may_want_fewer_videos_at_once_and_no_more_than_the_tier_allows(
    house: House, scheduler: Scheduler
) -> None:
    ada = await house.person(Tier.CREATOR)
    address = "/api/me/preferences"
    assert (await ada.client.get(address)).json() == {"concurrency": 3, "concurrency_limit": 3, "theme": None}
    assert (await ada.client.patch(address, json={"concurrency": 2})).json()["concurrency"] == 2
    assert (await ada.client.get(address)).json() == {"concurrency": 2, "concurrency_limit": 3, "theme": None}
    await batch_of(ada)
    assert (await ada.client.get("/api/usage")).json()["concurrency"] == 2, "creating a batch does not forget it"
    refused: list[dict[str, object]] = [{"concurrency": wrong} for wrong in (4, 0, 6, "2")]
    for body in (*refused, {}, {"theme": "sepia"}, {"theme": None}):
        answer = await ada.client.patch(address, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), body
    assert (await ada.client.patch(address, json={"theme": "dark"})).json()["concurrency"] == 2, (
        "what is left out stays"
    )
    assert (await ada.client.patch(address, json={"concurrency": 2})).json()["theme"] == "dark"
    assert (await ada.client.get("/api/me")).json()["theme"] == "dark"
    assert (await (await house.person()).client.get("/api/me")).json()["theme"] is None
    await set_tier(house.at.outbox, ada.email, Tier.FREE)
    assert (await ada.client.get(address)).json() == {"concurrency": 1, "concurrency_limit": 1, "theme": "dark"}
    await ada.client.patch(address, json={"concurrency": None})
    await set_tier(house.at.outbox, ada.email, Tier.PRO)
    assert (await ada.client.get(address)).json()["concurrency"] == 5


@pytest.mark.parametrize("sort", ["created_at", "-created_at", "priority", "-status", "progress", "-progress", "name"])
async def test_batches_are_sorted_by_every_column_that_is_offered_and_paged(house: House, sort: str) -> None:
    ada = await house.person()
    ids = [await batch_of(ada, 1) for _ in range(3)]
    await asyncio.gather(
        *(
            ada.client.patch(f"/api/batch-jobs/{batch_id}", json={"name": name, "priority": priority})
            for batch_id, name, priority in zip(ids, ("b", "c", "a"), (2, 1, 3), strict=True)
        )
    )
    await ada.client.post(f"/api/batch-jobs/{ids[1]}/cancel")
    column = {"progress": "progress_percentage"}.get(sort.lstrip("-"), sort.lstrip("-"))
    shown = []
    for offset in range(3):
        answer = await ada.client.get("/api/batch-jobs", params={"sort": sort, "limit": 1, "offset": offset})
        page = answer.json()
        assert (page["total"], page["by_status"]) == (3, {"pending": 2, "cancelled": 1})
        shown += [job[column] for job in page["batch_jobs"]]
    assert shown == sorted(shown, reverse=sort.startswith("-")) and len(shown) == 3
    only = (await ada.client.get("/api/batch-jobs", params={"status": "cancelled", "sort": sort})).json()
    assert (only["total"], [job["id"] for job in only["batch_jobs"]]) == (1, [ids[1]])
