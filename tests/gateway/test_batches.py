from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from services.scheduler.service import Scheduler
from services.uploader.service import Uploader
from services.uploader.settings import UploaderSettings
from shared.batches import Tier
from stack.local import LocalStack
from tests.gateway.conftest import House, Person, Start, running_uploader

FILES = [{"name": "one.mp4", "size": 2_000, "type": "video/mp4"}, {"name": "two.mov", "size": 3_000}]


def body(**fields: Any) -> dict[str, Any]:
    return {"name": "Season 3", "files": FILES, **fields}


def batches_in(migrated: LocalStack) -> int:
    return int(migrated.sql("select count(*) from scheduler.batch_jobs where deleted_at is null").strip())


def videos_in(migrated: LocalStack) -> int:
    return int(migrated.sql("select count(*) from uploader.videos").strip())


async def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"], problem["status"]) == (status, code, status), problem
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["detail"].endswith((".", ")"))
    return problem


async def test_a_batch_is_created_listed_and_shown(house: House) -> None:
    ada = await house.person()
    settings = {"remove_silence": True, "silence_threshold": -35, "export_quality": "720p"}
    made = await ada.client.post(
        "/api/batch-jobs", json=body(name=" Season\t3 ", description="all\nof it", settings=settings)
    )
    assert made.status_code == 201, made.text
    created = made.json()
    assert [video["name"] for video in created["videos"]] == ["one.mp4", "two.mov"]
    assert [upload["video_id"] for upload in created["uploads"]] == [video["video_id"] for video in created["videos"]]
    assert created["upload_urls"] == [upload["url"] for upload in created["uploads"]]
    job = created["batch_job"]
    assert (job["name"], job["description"], job["status"], job["priority"]) == ("Season 3", "all\nof it", "pending", 8)
    assert job["settings"]["silence_threshold"] == -35 and job["settings"]["min_silence_s"] == 0.5
    shown = (await ada.client.get(f"/api/batch-jobs/{created['batch_job_id']}")).json()
    assert shown["batch_job"]["id"] == created["batch_job_id"] and len(shown["videos"]) == 2
    page = (await ada.client.get("/api/batch-jobs")).json()
    assert page["total"] == 1 and page["by_status"] == {"pending": 1}
    assert [video["name"] for video in (await ada.client.get("/api/videos?sort=name")).json()["videos"]] == [
        "one.mp4",
        "two.mov",
    ]


async def test_a_batch_may_be_created_with_just_a_number_of_videos(house: House) -> None:
    ada = await house.person()
    created = (await ada.client.post("/api/batch-jobs", json={"name": "x", "settings": {}, "video_count": 3})).json()
    assert len(created["videos"]) == len(created["upload_urls"]) == 3


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"settings": {"silence_threshold": -10}}, "settings.silence_threshold"),
        ({"settings": {"highlight_sensitivity": "extreme"}}, "settings.highlight_sensitivity"),
        ({"settings": {"sharpen": True}}, "settings.sharpen"),
        ({"settings": {"resolution": "axb"}}, "settings.resolution"),
        ({"files": [{"name": "a.mp4", "size": 0}]}, "files[0].size"),
        ({"files": [FILES[0], {"name": "\u202e", "size": 5}]}, "files[1]"),
        ({"files": [{"name": "notes.txt", "size": 5}]}, "files[0]"),
        ({"priority": 11}, "priority"),
        ({"name": 5}, "name"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_left_behind(
    house: House, migrated: LocalStack, wrong: dict[str, Any], field: str
) -> None:
    ada = await house.person()
    problem = await refused(await ada.client.post("/api/batch-jobs", json=body(**wrong)), 422, "invalid")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert batches_in(migrated) == videos_in(migrated) == 0


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x" * 101}, {"files": []}, {"files": None}, {"video_count": 7}]
)
async def test_a_batch_needs_a_name_and_videos(house: House, wrong: dict[str, Any]) -> None:
    ada = await house.person()
    await refused(await ada.client.post("/api/batch-jobs", json=body(**wrong)), 422, "invalid")


@pytest.mark.parametrize(("tier", "most"), [(Tier.FREE, 3), (Tier.PRO, 50)])
async def test_more_videos_than_the_tier_allows_are_refused(
    house: House, migrated: LocalStack, tier: Tier, most: int
) -> None:
    ada = await house.person(tier)
    files = [{"name": f"{number}.mp4", "size": 5} for number in range(most + 1)]
    problem = await refused(await ada.client.post("/api/batch-jobs", json=body(files=files)), 403, "quota")
    assert f"allows {most} videos" in problem["detail"]
    assert batches_in(migrated) == 0
    assert (await ada.client.post("/api/batch-jobs", json=body(files=files[1:]))).status_code == 201


async def test_nobody_raises_the_priority_above_the_tier(house: House) -> None:
    ada = await house.person(Tier.FREE)
    await refused(await ada.client.post("/api/batch-jobs", json=body(priority=6)), 422, "invalid")
    made = await ada.client.post("/api/batch-jobs", json=body(priority=2))
    assert made.json()["batch_job"]["priority"] == 2


async def test_a_file_that_is_no_video_is_refused_and_nothing_is_left_behind(
    house: House, migrated: LocalStack
) -> None:
    ada = await house.person(Tier.FREE)
    files = [FILES[0], {"name": "notes.txt", "size": 10}]
    for _ in range(6):  # more often than there may be new batches: what was refused does not count
        problem = await refused(await ada.client.post("/api/batch-jobs", json=body(files=files)), 422, "invalid")
        assert "notes.txt" in problem["detail"]
    assert batches_in(migrated) == videos_in(migrated) == 0
    assert (await ada.client.get("/api/batch-jobs")).json()["total"] == 0
    assert (await ada.client.post("/api/batch-jobs", json=body())).status_code == 201


async def test_files_that_are_too_large_are_all_named(house: House, migrated: LocalStack) -> None:
    ada = await house.person()
    large = {"name": "long.mp4", "size": 3 * 1024**3}
    answer = await ada.client.post("/api/batch-jobs", json=body(files=[large, FILES[0], large]))
    problem = await refused(answer, 413, "too_large")
    assert [error["field"] for error in problem["errors"]] == ["files[0]", "files[2]"]
    assert batches_in(migrated) == videos_in(migrated) == 0


async def test_a_batch_whose_uploads_are_refused_is_taken_back(
    start: Start, house: House, migrated: LocalStack
) -> None:
    # This gateway thinks that files may be larger than the uploader takes.
    trusting = await start(store_max_object_bytes=10 * 1024**3)
    ada = await trusting.person(Tier.FREE)
    for _ in range(6):  # more often than there may be new batches: what was refused does not count
        answer = await create(ada, "same", files=[{"name": "long.mp4", "size": 3 * 1024**3}])
        await refused(answer, 413, "too_large")
    assert batches_in(migrated) == videos_in(migrated) == 0
    assert (await ada.client.post("/api/batch-jobs", json=body())).status_code == 201


async def test_new_batches_are_counted_within_any_hour(house: House, migrated: LocalStack) -> None:
    ada, bob = await house.person(Tier.FREE), await house.person(Tier.FREE)
    answers = await asyncio.gather(*(ada.client.post("/api/batch-jobs", json=body()) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [429] * 3
    refusal = next(answer for answer in answers if answer.status_code == 429)
    assert 3_500 < int(refusal.headers["retry-after"]) <= 3_600
    assert (await bob.client.post("/api/batch-jobs", json=body())).status_code == 201
    migrated.sql("update gateway.allowances set taken = array(select t - interval '30 minutes' from unnest(taken) t)")
    answer = await ada.client.post("/api/batch-jobs", json=body())
    assert answer.status_code == 429 and 1_700 < int(answer.headers["retry-after"]) <= 1_800
    migrated.sql("update gateway.allowances set taken = array(select t - interval '30 minutes' from unnest(taken) t)")
    assert (await ada.client.post("/api/batch-jobs", json=body())).status_code == 201


async def create(person: Person, key: str, **fields: Any) -> httpx.Response:
    return await person.client.post("/api/batch-jobs", json=body(**fields), headers={"Idempotency-Key": key})


async def test_a_repeat_under_the_same_key_makes_no_second_batch(house: House, migrated: LocalStack) -> None:
    ada = await house.person(Tier.FREE)
    answers = [await create(ada, "night-1") for _ in range(7)]
    answers += await asyncio.gather(*(create(ada, "night-1") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["batch_job_id"] for answer in answers}) == 1
    assert batches_in(migrated) == 1 and videos_in(migrated) == 2


async def test_first_requests_under_one_key_at_the_same_time_make_one_batch(house: House, migrated: LocalStack) -> None:
    ada = await house.person()
    answers = await asyncio.gather(*(create(ada, "same") for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["batch_job_id"] for answer in answers}) == 1
    assert batches_in(migrated) == 1


async def test_a_key_belongs_to_one_body_and_one_user(house: House, migrated: LocalStack) -> None:
    ada, bob = await house.person(), await house.person()
    await create(ada, "key")
    await refused(await create(ada, "key", name="Another"), 422, "invalid")
    assert (await create(bob, "key", name="Another")).status_code == 201
    assert batches_in(migrated) == 2


@pytest.mark.parametrize("key", ["x" * 201, "a b", "\u00fc"])
async def test_a_strange_key_is_refused(house: House, key: str) -> None:
    ada = await house.person()
    answer = await ada.client.post(
        "/api/batch-jobs", json=body(), headers=[(b"Idempotency-Key", key.encode("latin-1"))]
    )
    await refused(answer, 422, "invalid")


async def test_a_repeat_finishes_what_was_interrupted(
    start: Start, scheduler: Scheduler, migrated: LocalStack, settings_of: Callable[..., UploaderSettings]
) -> None:
    house = await start(patience_s=0.5)
    ada = await house.person()
    await refused(await create(ada, "night"), 503, "unavailable")
    assert batches_in(migrated) == 1, "the scheduler has it already"
    async with running_uploader(migrated, settings_of):
        answer = await create(ada, "night")
    assert answer.status_code == 201, answer.text
    assert batches_in(migrated) == 1 and videos_in(migrated) == 2


async def test_without_a_key_what_was_interrupted_is_undone(
    start: Start, scheduler: Scheduler, migrated: LocalStack
) -> None:
    house = await start(patience_s=0.5)
    ada = await house.person()
    await refused(await ada.client.post("/api/batch-jobs", json=body()), 503, "unavailable")
    assert batches_in(migrated) == 0


async def test_start_waits_for_the_uploads(house: House, uploader: Uploader) -> None:
    ada = await house.person()
    created = (await ada.client.post("/api/batch-jobs", json=body())).json()
    start = f"/api/batch-jobs/{created['batch_job_id']}/start"
    await refused(await ada.client.post(start), 409, "conflict")
    async with httpx.AsyncClient() as browser:
        for upload, file in zip(created["uploads"], FILES, strict=True):
            put = await browser.put(upload["url"], content=b"x" * int(str(file["size"])), headers=upload["headers"])
            assert put.status_code < 300, put.text
    for upload in created["uploads"]:
        complete = await ada.client.post(f"/api/videos/{upload['video_id']}/complete")
        assert complete.status_code == 200, complete.text
    started = await ada.client.post(start)
    assert started.status_code == 202, started.text
    assert started.json()["batch_job"]["status"] == "processing"
    await refused(await ada.client.post(start), 409, "conflict")
    paused = await ada.client.post(f"/api/batch-jobs/{created['batch_job_id']}/pause")
    assert paused.json()["status"] == "paused"
    resumed = await ada.client.post(f"/api/batch-jobs/{created['batch_job_id']}/resume")
    assert resumed.json()["status"] == "processing"
    await refused(await ada.client.delete(f"/api/batch-jobs/{created['batch_job_id']}"), 409, "conflict")
    cancelled = await ada.client.post(f"/api/batch-jobs/{created['batch_job_id']}/cancel")
    assert cancelled.json()["status"] == "cancelled"
    assert (await ada.client.delete(f"/api/batch-jobs/{created['batch_job_id']}")).status_code == 204
    await refused(await ada.client.get(f"/api/batch-jobs/{created['batch_job_id']}"), 404, "not_found")


async def test_only_own_and_inspected_videos_can_be_added(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    mine = (await ada.client.post("/api/batch-jobs", json=body())).json()
    hers = (await eve.client.post("/api/batch-jobs", json=body())).json()
    add = f"/api/batch-jobs/{mine['batch_job_id']}/videos"
    foreign = hers["videos"][0]["video_id"]
    await refused(await ada.client.post(add, json={"video_ids": [foreign]}), 404, "not_found")
    await refused(await ada.client.post(add, json={"video_ids": [mine["videos"][0]["video_id"]]}), 409, "conflict")
    await refused(await ada.client.post(add, json={"video_ids": []}), 422, "invalid")


async def test_a_part_of_the_house_that_is_away_is_said_to_be_unavailable(start: Start) -> None:
    house = await start(patience_s=0.5)
    ada = await house.person()
    problem = await refused(await ada.client.get("/api/batch-jobs"), 503, "unavailable")
    assert "scheduler does not answer" in problem["detail"]


async def test_retry_takes_no_body_or_names_videos(house: House) -> None:
    ada = await house.person()
    created = (await ada.client.post("/api/batch-jobs", json=body())).json()
    retry = f"/api/batch-jobs/{created['batch_job_id']}/retry-failed"
    await refused(await ada.client.post(retry), 409, "conflict")
    await refused(await ada.client.post(retry, json={"video_ids": ["nonsense"]}), 422, "invalid")
    await refused(await ada.client.post(retry, json={"video_ids": [str(uuid.uuid4())]}), 409, "conflict")
